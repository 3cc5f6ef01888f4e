"""What there is to know about a provider: where its API is, what it takes, what it does to a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailer.transport.esp.batch_form import BatchForm

LIST_UNSUBSCRIBE = "List-Unsubscribe"
LIST_UNSUBSCRIBE_POST = "List-Unsubscribe-Post"
LIST_ID = "List-Id"
FEEDBACK_ID = "Feedback-ID"
MESSAGE_ID = "Message-ID"

WATCHED = (LIST_UNSUBSCRIBE, LIST_UNSUBSCRIBE_POST, LIST_ID, FEEDBACK_ID, MESSAGE_ID)
"""The headers that a newsletter lives by."""


class Fate(StrEnum):
    """What becomes of one of our headers: in the request, replaced after it, or left out of it."""

    CARRIED = "carried"
    REPLACED = "replaced"
    LEFT_OUT = "left out"


class Tracking(StrEnum):
    """Where tracking of opens and clicks is switched off: in every request, or in the account alone."""

    REQUEST = "in every request"
    HEADER = "in every request, by a header of the message"
    ACCOUNT = "in the account"
    NONE = "the provider has none"


class Place(StrEnum):
    """Where an idempotency key stands: a header of the request, or one of the message."""

    REQUEST = "request"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What a provider takes, by its own page: `source`, as a copy of it said when `seen` (a date, empty: never).

    `requests` is a rate such as `2/s`, empty where none is known. `batch` is how many messages one
    request of ours carries, `size` how many bytes one message may have, `batch_size` how many one request.
    """

    source: str
    seen: str = ""
    requests: str = ""
    batch: int = 1
    size: int = 0
    batch_size: int = 0


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A key that lets a request be made again: its `name` and `place`, and how many `seconds` it holds."""

    name: str
    place: Place
    seconds: float


@dataclass(frozen=True, slots=True)
class Check:
    """
    A request that mails nobody and that needs a valid key.

    `vague` are the answers among 401 and 403 that a valid key may get, which may do nothing but send; `fine`
    the provider's own codes for the same. `watching` is what is true in the answer where readers are watched
    whatever a request says.
    """

    method: str
    path: str
    vague: frozenset[int] = frozenset()
    fine: frozenset[str] = frozenset()
    watching: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """
    One provider.

    `api` is the address of its API, empty where everybody has one of their own; `hosts` are the domains that
    `?api=` may name besides this machine, `*` any. `backend` is its module in django-anymail, `secret` what
    that calls the key, `key` the environment variable it is read from. `parts` maps what it calls other
    values to parts of our URL; those in `required` must be there. `extra` stands in every request as it is.
    `headers` are added to every message, `keys` are query keys of ours. `fates` tells of headers that are not
    simply carried. `pictures` says whether a message may hold any, `fills` is a pattern of what its own
    template language begins with (empty: it has none), `not_in_names` are the characters that no display name
    may hold. `broken` are the provider's own error codes that concern every message, `refused` those that
    concern one, `busy` those that ask to
    slow down, whatever their status. `batch` is how it takes many messages at once, None where each of ours
    is a request of its own. `library` is what has to be installed. Where `own_bytes` is true, it takes our
    finished messages; then `backend` and `secret` are empty, and `rewritten` are the headers that no
    signature of ours may cover. `forms` are patterns that parts of the URL match whole. `instead` are
    environment variables that say where a key is, in place of `key`.
    """

    scheme: str
    name: str
    backend: str
    secret: str
    key: str
    limits: Limits
    api: str = ""
    hosts: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    example: str = ""
    keys: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    fates: Mapping[str, Fate] = field(default_factory=dict)
    tracking: Tracking = Tracking.REQUEST
    pictures: bool = True
    fills: str = ""
    not_in_names: str = ""
    idempotency: Idempotency | None = None
    check: Check | None = None
    broken: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    batch: BatchForm | None = None
    busy: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    library: str = "anymail"
    own_bytes: bool = False
    rewritten: tuple[str, ...] = ()
    forms: Mapping[str, str] = field(default_factory=dict)
    instead: tuple[str, ...] = ()

    def fate(self, header: str) -> Fate:
        """Return what becomes of a header."""
        return self.fates.get(header, Fate.CARRIED)

    @property
    def rate(self) -> str:
        """Return how many messages may leave, like `10/s`; empty where no rate is known."""
        return self.rate_of(self.limits.batch)

    def rate_of(self, batch: int) -> str:
        """Return the rate where a request carries so many messages; without a known one, a batch a second."""
        requests = self.limits.requests or ("1/s" if self.batch and batch > 1 else "")
        count, slash, unit = requests.partition("/")
        return f"{int(count) * batch}/{unit}" if slash else ""

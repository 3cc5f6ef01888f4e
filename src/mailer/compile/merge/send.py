"""Self-contained Jinja source -> one recipient's text."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any

from jinja2 import StrictUndefined, Template, UndefinedError

from mailer.compile.liquid.filters import FILTERS
from mailer.compile.merge.addresses import SAFE_ADDRESS, safe_address
from mailer.compile.merge.cell import CELL, as_cell
from mailer.compile.merge.underline import UNDERLINE, underline
from mailer.errors import MessageError
from mailer.template.constants import constants_of
from mailer.template.sandbox import Sandbox
from mailer.template.source import Source

NO_COMMENT = ("{#\x00", "\x00#}")
"""Restored templates hold no comments, so nothing in them may begin one."""

NO_MORE: Mapping[str, Callable[..., Any]] = MappingProxyType({})


class _Missing(StrictUndefined):
    """A recipient's missing value: false, unequal to all, an empty list; an error where it is printed."""

    __slots__ = ()

    # Jinja types these as never returning: there they raise.
    def __bool__(self) -> bool:  # type: ignore[override]
        return False

    def __eq__(self, other: object) -> bool:  # type: ignore[override]
        return False

    def __ne__(self, other: object) -> bool:  # type: ignore[override]
        return True

    def __hash__(self) -> int:  # type: ignore[override]
        return id(type(self))

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        return iter(())

    def __len__(self) -> int:  # type: ignore[override]
        return 0

    def __contains__(self, item: object) -> bool:  # type: ignore[override]
        return False

    def __lt__(self, other: object) -> bool:  # type: ignore[override]
        return False

    __le__ = __gt__ = __ge__ = __lt__  # type: ignore[assignment]

    @property
    def field(self) -> str:
        """Return the name of the merge field."""
        return str(self._undefined_name)


class _Shown(_Missing):
    """The same in a sample: printed as its name in brackets, whatever was reckoned with it."""

    __slots__ = ()

    def __str__(self) -> str:  # type: ignore[override]
        return f"[{self.field}]"

    def _itself(self, *_others: object) -> "_Shown":
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = _itself  # type: ignore[assignment]
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _itself  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(str(self), name)


class SendTemplate:
    """A compiled template, to be rendered once per recipient; any number of threads may use it."""

    __slots__ = ("_sandbox", "_template", "constants")

    def __init__(self, sandbox: Sandbox, template: Template) -> None:
        self._sandbox = sandbox
        self._template = template
        self.constants = constants_of(template)
        """The texts that `chunks` may give as they stand in the template, and some that it never gives."""

    def render(self, recipient: Mapping[str, str], *, unsubscribe_url: str = "", view_url: str = "") -> str:
        """Return the chunks as one text."""
        return "".join(self.chunks(recipient, unsubscribe_url=unsubscribe_url, view_url=view_url))

    def chunks(
        self, recipient: Mapping[str, str], *, unsubscribe_url: str = "", view_url: str = ""
    ) -> list[str]:
        """
        Fill the merge fields; what stands between two tags and what a tag prints are chunks of their own.

        A missing value is false in a test, unequal to everything and an empty list; where it would be printed
        without a default, MessageError names the field (in a sample: its name in brackets is printed).
        """
        values = {"recipient": recipient, "unsubscribe_url": unsubscribe_url, "view_url": view_url}
        try:
            return self._sandbox.chunks(self._template, values)
        except UndefinedError as error:
            raise MessageError(_missing(error)) from None
        except Exception as error:  # noqa: BLE001 - a template can raise anything at all
            raise MessageError(f"the merge fields cannot be filled: {_one_line(error)}") from None


def compile_send_template(
    source: str, *, html: bool, sample: bool = False, filters: Mapping[str, Callable[..., Any]] = NO_MORE
) -> SendTemplate:
    """
    Compile `html`, `text` or `subject` of a compiled issue for sending; `html` escapes values.

    `sample` is the flavour for looking at: a missing value is printed as its name in brackets. Values are
    never compiled. `filters` are known besides the usual ones.
    """
    sandbox = Sandbox(autoescape=html, comment=NO_COMMENT, undefined=_Shown if sample else _Missing)
    sandbox.filters |= {**FILTERS, SAFE_ADDRESS: safe_address, CELL: as_cell, UNDERLINE: underline, **filters}
    if sample:
        sandbox.filters = {name: _never_failing(step) for name, step in sandbox.filters.items()}
    return SendTemplate(sandbox, sandbox.enter(Source(source, "compiled issue")))


def _never_failing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a filter that wants a number, say, give back what is missing in a sample."""

    @wraps(function)
    def step(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except Exception:
            for argument in arguments:
                if isinstance(argument, _Shown):
                    return argument
            raise

    return step


def _missing(error: UndefinedError) -> str:
    word = getattr(error.args[0] if error.args else "", "word", "")
    found = word or re.findall(r"'([^']+)'", str(error))[-1:]
    name = found if isinstance(found, str) else "".join(found)
    return f"recipient.{name} is missing and has no default"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__

"""
Message -> signed message (DKIM, RFC 6376): rsa-sha256, relaxed header, simple body.

Signing is the last step: nothing is added to a message after it.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from mailer.message.signing_key import SigningKey

COVERED = (
    "From:From:To:Cc:Subject:Date:Message-ID:Reply-To",
    "MIME-Version:Content-Type:Content-Transfer-Encoding",
    "List-Id:List-Unsubscribe:List-Unsubscribe",
    "List-Unsubscribe-Post:List-Unsubscribe-Post:Feedback-ID",
)
"""
The headers that a signature covers, in lines of `h=`.

Of a name that stands here once more than in the message, no header can be added afterwards (RFC 6376 §8.15).
Mail programs offer one click only where both List-Unsubscribe headers are covered (RFC 8058 §4).
"""

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r\n]+|\r\n(?=[ \t]))*)\r\n")
_SPACE = re.compile(rb"[ \t\r\n]+")
_LINE = 72
"""Letters of a signature on one line."""


@dataclass(frozen=True, slots=True)
class Signer:
    """
    Signs as `domain` with the key whose public half stands in DNS under `selector`.

    `left_out` are headers not to cover, because whoever carries the messages writes them anew.
    """

    domain: str
    selector: str
    key: SigningKey
    left_out: tuple[str, ...] = ()

    def __call__(self, data: bytes, date: datetime) -> bytes:
        """Return a whole message with its signature before it; `date` is the moment of signing."""
        return sign(data, self, date)


def sign(data: bytes, signer: Signer, date: datetime) -> bytes:
    """Return the message of these bytes, signed."""
    head, _, body = data.partition(b"\r\n\r\n")
    unsigned = _unsigned(signer, int(date.timestamp()), _body_hash(body))
    names = _lines(signer.left_out).replace("\r\n ", "").lower().encode().split(b":")
    covered = [*_covered(head + b"\r\n", names), b"dkim-signature:" + _relaxed(unsigned)]
    signature = base64.b64encode(signer.key.sign(b"\r\n".join(covered)))
    lines = [signature[start : start + _LINE] for start in range(0, len(signature), _LINE)]
    return b"DKIM-Signature:" + unsigned + b"\r\n ".join(lines) + b"\r\n" + data


def _unsigned(signer: Signer, moment: int, body_hash: str) -> bytes:
    """Return the value of DKIM-Signature up to `b=`, on short lines."""
    lines = [
        f" v=1; a=rsa-sha256; c=relaxed/simple; t={moment};",
        f" d={signer.domain}; s={signer.selector};",
        f" h={_lines(signer.left_out)};",
        f" bh={body_hash};",
        " b=",
    ]
    return "\r\n".join(lines).encode()


@cache
def _lines(left_out: tuple[str, ...]) -> str:
    """Return the value of `h=`, on short lines."""
    lines = (":".join(one for one in line.split(":") if one not in left_out) for line in COVERED)
    return ":\r\n ".join(lines)


def _body_hash(body: bytes) -> str:
    """Return the hash of a body without the empty lines at its end (RFC 6376 §3.4.3)."""
    if body.endswith(b"\r\n\r\n") or not body.endswith(b"\r\n"):
        body = body.rstrip(b"\r\n") + b"\r\n"
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _covered(head: bytes, names: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the headers of `h=` that are there, the last of each name first (RFC 6376 §5.4.2)."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in _FIELD.findall(head):
        found.setdefault(name.lower(), []).append(value)
    for name in names:
        if left := found.get(name):
            yield name + b":" + _relaxed(left.pop())


def _relaxed(value: bytes) -> bytes:
    """Return a header's value as relays may leave it: unfolded, single spaces (RFC 6376 §3.4.2)."""
    return _SPACE.sub(b" ", value).strip(b" ")

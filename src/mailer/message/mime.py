"""Text and HTML -> one MIME body (RFC 2045, 2046): 7-bit, the same bytes for the same content."""

import hashlib
import re
from collections.abc import Iterator

from mailer.errors import MessageError

LONGEST_LINE = 76
"""Octets of a quoted-printable line without its end (RFC 2045 §6.7)."""

_TO_ENCODE = re.compile(rb"[^\t -<>-~]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def boundary_for(seed: str) -> str:
    """Return a boundary fixed by `seed`; `=_` cannot occur in quoted-printable, so no part can hold it."""
    return "=_" + hashlib.sha256(seed.encode()).hexdigest()[:32]


def alternative(text: str, html: str, *, boundary: str) -> tuple[bytes, bytes]:
    """Return the MIME header lines and the body of a multipart/alternative: text first, HTML last."""
    head = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{boundary}"\r\n'
    parts = [_part("plain", text), _part("html", html)]
    if any(boundary.encode() in part for part in parts):
        raise MessageError("a part holds the boundary of the message")
    line = f"--{boundary}".encode()
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    return head.encode(), body + line + b"--\r\n"


def quoted_printable(text: str) -> bytes:
    """
    Return text as quoted-printable lines with CRLF ends, after the last one too.

    No line begins with a dot, which relays may double, or with `From `, which mailboxes quote; none ends in
    white space. Raises MessageError for control characters other than tab and line ends.
    """
    if found := _CONTROL.search(text):
        raise MessageError(f"the body holds the control character U+{ord(found[0]):04X}")
    lines = _LINE_END.split(text)
    if lines[-1] == "":
        lines.pop()
    return b"".join(line + b"\r\n" for raw in lines for line in _encode_line(raw.encode()))


def _part(subtype: str, content: str) -> bytes:
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + quoted_printable(content)


def _encode_line(raw: bytes) -> Iterator[bytes]:
    """Yield the lines that one line becomes, all but the last with a soft break."""
    line = _guard_start(_TO_ENCODE.sub(_escape, raw))
    if line[-1:] in (b" ", b"\t"):
        line = line[:-1] + b"=%02X" % line[-1]
    while len(line) > LONGEST_LINE:
        cut = _cut(line)
        yield line[:cut] + b"="
        line = _guard_start(line[cut:])
    yield line


def _escape(found: re.Match[bytes]) -> bytes:
    return b"=%02X" % found[0][0]


def _guard_start(line: bytes) -> bytes:
    return b"=%02X" % line[0] + line[1:] if line.startswith((b".", b"From ")) else line


def _cut(line: bytes) -> int:
    """Return where to break a line: before its end, and not inside `=XX`."""
    cut = LONGEST_LINE - 1
    escape = line.rfind(b"=", cut - 2, cut)
    return cut if escape < 0 else escape

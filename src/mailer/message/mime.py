"""
Chunks of text and HTML -> one MIME body (RFC 2045, 2046): 7-bit, the same bytes for the same content.

Every chunk becomes whole lines: the first begins at column 0, the last ends in a line break, which is a soft
one where the text goes on. So chunks can be encoded apart and joined in any order, and what is the same for
all recipients is encoded once.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from mailer.errors import MessageError
from mailer.message.related import Related

LONGEST_LINE = 76
"""Octets of a quoted-printable line without its end (RFC 2045 §6.7)."""

_HEAD = b"\r\nContent-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
_GUARDED = (b".", b"From ")
_TO_ENCODE = re.compile(rb"[^\t -<>-~]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# As much as fits a line beside the `=` of its end, not cut within `=XX`; a guarded start takes two more.
_PIECE = re.compile(
    rb"(?:\.|F(?=rom )).{0,%d}(?<!=)(?<!=.)|.{1,%d}(?<!=)(?<!=.)" % (LONGEST_LINE - 4, LONGEST_LINE - 1)
)


def boundary_for(seed: str) -> str:
    """Return a boundary fixed by `seed`; `=_` cannot occur in quoted-printable, so no part can hold it."""
    return "=_" + hashlib.sha256(seed.encode()).hexdigest()[:32]


def mime_headers(boundary: str) -> bytes:
    """Return the header lines of a multipart/alternative."""
    return (f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{boundary}"\r\n').encode()


def encode_constants(constants: Iterable[str]) -> dict[str, bytes]:
    """Return the quoted-printable of each constant but those that no body can hold."""
    return {text: quoted_printable(text) for text in constants if not _CONTROL.search(text)}


def alternative(
    text: Iterable[str],
    html: Iterable[str],
    *,
    constants: Mapping[str, bytes],
    boundary: str,
    related: Related | None = None,
) -> list[bytes]:
    """
    Return the body of a multipart/alternative, text first, HTML last, as pieces to be joined.

    The parts come in chunks; `constants` are those that are encoded already. What is `related` to the HTML
    goes with it into a part of its own. Raises MessageError for control
    characters other than tab and line ends.
    """
    line = f"--{boundary}".encode()
    page = _part(_HEAD % b"html", html, constants)
    return [
        line,
        *_part(_HEAD % b"plain", text, constants),
        line,
        *([related.before, *page, *related.after] if related else page),
        line,
        b"--\r\n",
    ]


def quoted_printable(text: str) -> bytes:
    """
    Return a chunk of text as quoted-printable lines with CRLF ends, the last one soft where no line ends.

    No line begins with a dot, which relays may double, or with `From `, which mailboxes quote; none ends in
    white space. Raises MessageError for control characters other than tab and line ends.
    """
    if text.isascii() and text.isprintable() and "=" not in text:  # it stands for itself
        return _soft_lines(text.encode()) + b"=\r\n"
    if found := _CONTROL.search(text):
        raise MessageError(f"the body holds the control character U+{ord(found[0]):04X}")
    *lines, rest = _LINE_END.split(text)
    encoded = [_encode_line(line.encode(), ended=True) for line in lines]
    if rest:
        encoded.append(_encode_line(rest.encode(), ended=False))
    return b"".join(encoded)


def _part(head: bytes, chunks: Iterable[str], constants: Mapping[str, bytes]) -> Sequence[bytes]:
    known = constants.get
    lines = [known(chunk) or quoted_printable(chunk) for chunk in chunks if chunk]
    # RFC 2045 §6.7: no part ends in a soft line break.
    end = b"\r\n" if lines and lines[-1].endswith(b"=\r\n") else b""
    return [head, *lines, end, b"\r\n"]


def _encode_line(raw: bytes, *, ended: bool) -> bytes:
    """Return the lines that one line, or the begin of one, becomes; all but its end are soft breaks."""
    line = _TO_ENCODE.sub(_escape, raw)
    if ended and line[-1:] in (b" ", b"\t"):
        line = line[:-1] + b"=%02X" % line[-1]
    return _soft_lines(line) + (b"\r\n" if ended else b"=\r\n")


def _soft_lines(line: bytes) -> bytes:
    """Return an encoded line of any length as lines that are short enough, without the end of the last."""
    if len(line) < LONGEST_LINE and not line.startswith(_GUARDED):
        return line
    return b"=\r\n".join(map(_guard_start, _PIECE.findall(line)))


def _escape(found: re.Match[bytes]) -> bytes:
    return ("=" + found[0].hex("=").upper()).encode()


def _guard_start(line: bytes) -> bytes:
    return b"=%02X" % line[0] + line[1:] if line.startswith(_GUARDED) else line

"""
Header values -> header lines in bytes (RFC 5322).

Written here and not by Python's email package, which folds a long List-Unsubscribe into encoded words and,
before 3.11.10, 3.12.5 and 3.13, writes the line ends hidden in an encoded word as they are.
"""

import re
from collections.abc import Sequence

from mailer.address import Address, Mailbox
from mailer.errors import MessageError
from mailer.message.encoded import decoded_words, encode_words, looks_encoded

LONGEST_LINE = 998
"""Octets of a line without its end (RFC 5322 §2.1.1)."""

GOOD_LINE = 78
"""Octets that a line should have at the most."""

LONGEST_ID = 255
"""Octets of a List-Id (RFC 2919 §3)."""

# The plain cases, decided by one look instead of ten: a test holds both ways against each other.
_PLAIN_TEXT = re.compile(r"[!-~]+(?: [!-~]+)*")
_PLAIN_ADDRESS = r"[A-Za-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*"
_PLAIN_MAILBOX = re.compile(rf"(?:[A-Za-z]{{1,30}} )+<{_PLAIN_ADDRESS}>|{_PLAIN_ADDRESS}")

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOT_ATOM = re.compile(r"[^\x00-\x20\x7f\"(),:;<>@\[\\\]]+")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
_LIST_ID = re.compile(r"(?P<phrase>[^<>]*)<(?P<id>[A-Za-z0-9._-]+)>")


def unstructured(name: str, text: str) -> bytes:
    """Return the lines of a header that is text for people, such as Subject; a literal `=?` stays literal."""
    if _PLAIN_TEXT.fullmatch(text) and "=?" not in text and len(name) + 2 + len(text) <= GOOD_LINE:
        return f"{_named(name)}: {text}\r\n".encode()
    check_value(name, text)
    if found := _TURNS.search(text):
        raise MessageError(
            f"{name} holds U+{ord(found[0]):04X}, which turns the reading direction", hint="remove it there"
        )
    text = text.strip()
    if not text:
        raise MessageError(f"{name} is empty")
    lines = _fold_text(f"{_named(name)}: {text}")
    plain = text.isascii() and not looks_encoded(text) and lines[0] != f"{name}:"
    if plain and all(len(line) <= GOOD_LINE for line in lines):
        return _join(lines)
    return _fold(name, encode_words(text, used=len(name) + 1))


def mailboxes(name: str, boxes: Sequence[Mailbox]) -> bytes:
    """Return the lines of a header of mailboxes, such as To; addresses stay verbatim."""
    if len(boxes) == 1:
        text = f"{boxes[0].name} <{boxes[0].address}>" if boxes[0].name else str(boxes[0].address)
        if _PLAIN_MAILBOX.fullmatch(text) and len(name) + 2 + len(text) <= GOOD_LINE:
            return f"{_named(name)}: {text}\r\n".encode()
    words: list[str] = []
    for number, box in enumerate(boxes, start=1):
        comma = "," if number < len(boxes) else ""
        words += [*phrase(name, box.name), _address(name, box.address, bare=not box.name.strip()) + comma]
    return _fold(name, words)


def structured(name: str, value: str) -> bytes:
    """
    Return the lines of a header that programs read, such as List-Unsubscribe or Message-ID.

    Its value stands verbatim, in ASCII, with line breaks only after commas.
    """
    check_value(name, value)
    if not value.isascii():
        raise MessageError(f"{name} can hold ASCII only: {value!r}")
    first, *rest = value.split(", ")
    lines = [f"{_named(name)}: {first}"]
    for part in rest:
        if len(lines[-1]) + len(", ,") + len(part) <= GOOD_LINE:
            lines[-1] += f", {part}"
        else:
            lines[-1] += ","
            lines.append(f" {part}")
    return _join(lines)


def list_id(name: str, value: str) -> bytes:
    """Return the lines of a List-Id, `Name <label.domain>`: only the name may become encoded words."""
    check_value(name, value)
    found = _LIST_ID.fullmatch(value.strip())
    if not found or len(found["id"]) > LONGEST_ID:
        raise MessageError(f"{name} is not of the form Name <label.domain>: {value!r}")
    return _fold(name, [*phrase(name, found["phrase"].strip().strip('"')), f"<{found['id']}>"])


def phrase(name: str, display: str) -> list[str]:
    """Return a display name as words: atoms, one quoted string, or encoded words."""
    check_value(name, display)
    if not display.strip():
        return []
    if display.isascii() and not looks_encoded(display):
        words = display.split(" ")
        if _ATOMS.fullmatch(display) and max(map(len, words)) < GOOD_LINE // 2:
            return words
        quoted = '"' + re.sub(r'(["\\])', r"\\\1", display) + '"'
        if len(quoted) < GOOD_LINE - len(name) - 2:
            return [quoted]
    return encode_words(display.strip(), used=len(name) + 1)


def check_value(name: str, value: str) -> None:
    """Refuse control characters in a value, plain or hidden in an encoded word; raises MessageError."""
    if any(_CONTROL.search(text) for text in (value, *decoded_words(value))):
        raise MessageError(
            f"{name} holds a line break or another control character: {value!r}", hint="remove it there"
        )


def _address(name: str, address: Address, *, bare: bool) -> str:
    if not _DOT_ATOM.fullmatch(address.local) or not _DOMAIN.fullmatch(address.domain):
        raise MessageError(f"{name} has an address that cannot be written: {str(address)!r}")
    check_value(name, address.local)
    return str(address) if bare else f"<{address}>"


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise MessageError(f"not a header's name: {name!r}")
    return name


def _fold(name: str, words: Sequence[str]) -> bytes:
    """Put words on lines: a line is broken before a word that does not fit."""
    lines = [f"{_named(name)}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > GOOD_LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return _join(lines)


def _fold_text(text: str) -> list[str]:
    """Break text before single spaces; runs of spaces stay together, as readers see them."""
    lines = [""]
    for part in re.split(r"(?<=\S)(?= \S)", text):
        if lines[-1] and len(lines[-1]) + len(part) > GOOD_LINE:
            lines.append("")
        lines[-1] += part
    return lines


def _join(lines: Sequence[str]) -> bytes:
    encoded = [line.encode() for line in lines]
    if any(len(line) > LONGEST_LINE for line in encoded):
        raise MessageError(f"{lines[0].partition(':')[0]} has a line over {LONGEST_LINE} octets")
    return b"".join(line + b"\r\n" for line in encoded)

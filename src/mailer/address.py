"""An email address: parsed strictly, compared canonically, written safely."""

import re
import unicodedata
from dataclasses import dataclass

from mailer.errors import MessageError

LONGEST_NAME = 100
"""Characters of a display name."""

_LONGEST_ADDRESS = 254
_LONGEST_LOCAL = 64
_SHOWN = 80
_LIKE = "write it like reader@example.com"

# The plain case, decided without email-validator, which takes 50 times as long. A test holds both against
# each other; whatever does not match here, or ends in a reserved name, is left to email-validator.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+[A-Za-z]{{2,63}})")
_RESERVED = (".arpa", ".invalid", ".local", ".localhost", ".onion")

_MAILBOX = re.compile(r'(?P<name>"(?:[^"\\]|\\.)*"|[^"<>]*?) *<(?P<address>[^<>]*)>', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_FAULTS = (
    (re.compile(r"^$"), "it is empty"),
    (re.compile(r"(?i)^mailto:"), "leave out 'mailto:'"),
    (re.compile(r"@.*[,;\s].*@"), "it holds more than one address"),
    (re.compile(r"[<>]"), "leave out the name and the angle brackets"),
    (re.compile(r"[.,;]$"), "leave out the mark at its end"),
    (re.compile(r"@test$"), "its domain has no dot"),
)

# Words of Latin and Cyrillic letters, which hide nothing and are in NFC.
_WORD = "[A-Za-z\u00c0-\u024f\u0400-\u0481\u048a-\u052f]+"
_EASY_NAME = re.compile(f"{_WORD}(?:[ '-]{_WORD})*")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
# A joiner belongs to emoji and to some scripts (Sinhala, Persian); beside ASCII or at an edge it only hides.
_STRAY_JOINER = re.compile(
    r"(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f\u200c\u200d])"
)
_LINK = re.compile(r"(?i:\S@\S|://|\bwww\.|\w\.(?:com|net|org|info|biz)\b)|\w\.[a-z]{2,}\b")


@dataclass(frozen=True, slots=True)
class Address:
    """
    One address.

    `local` is spelled as its owner spells it, `domain` is in A-label form, lower case (RFC 5890), so that
    `local@domain` can stand in an envelope. `canonical` is equal for two spellings of one person: local part
    case-folded and NFC, domain as above.
    """

    local: str
    domain: str

    def __str__(self) -> str:
        """Return `local@domain`, as it stands in an envelope."""
        return f"{self.local}@{self.domain}"

    @property
    def canonical(self) -> str:
        """Return the spelling that is equal for every spelling of one person."""
        if self.local.isascii():
            return f"{self.local.lower()}@{self.domain}"
        folded = unicodedata.normalize("NFD", self.local).casefold()
        return f"{unicodedata.normalize('NFC', folded)}@{self.domain}"

    @property
    def is_ascii(self) -> bool:
        """Return whether any relay can carry it; otherwise it needs SMTPUTF8 (RFC 6531)."""
        return self.local.isascii()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name it is shown under, or with an empty one."""

    name: str
    address: Address


def parse_address(text: str) -> Address:
    """
    Return the address that `text` is, spaces around it aside.

    Refused by MessageError, whose message fits after `line 12: `: quoted local parts, domain literals,
    domains without a dot, reserved ones but `.test`, and domains that only normalisation makes sound, because
    then mail would go to another domain than the one that is written.
    """
    text = text.strip(" ")
    plain = _PLAIN.fullmatch(text) if len(text) <= _LONGEST_ADDRESS else None
    if plain:
        local, domain = plain.groups()
        domain = domain.lower()
        if len(local) <= _LONGEST_LOCAL and "--" not in domain and not domain.endswith(_RESERVED):
            return Address(local, domain)
    return _parse_carefully(text)


def is_address(text: str) -> bool:
    """Return whether `parse_address` takes this text."""
    try:
        parse_address(text)
    except MessageError:
        return False
    return True


def parse_mailbox(text: str) -> Mailbox:
    """
    Return the mailbox that `Name <address>`, `"Name, Inc." <address>` or a bare address stands for.

    Raises MessageError. The name is kept even where it looks like a link: a newsletter may be called so.
    """
    text = text.strip(" ")
    found = _MAILBOX.fullmatch(text)
    if found is None:
        return Mailbox("", parse_address(text))
    name = found["name"]
    if name.startswith('"'):
        name = re.sub(r"\\(.)", r"\1", name[1:-1], flags=re.DOTALL)
    return Mailbox(_safe_name(name), parse_address(found["address"]))


def clean_name(text: str) -> str:
    """
    Return a display name that is safe beside an address, or an empty string where none is better.

    Bidirectional controls and invisible characters are removed. A name that looks like an address or a link
    is no name: mail clients would make it clickable. Raises MessageError for line breaks, other control
    characters, encoded words (RFC 2047) and more than 100 characters.
    """
    if len(text) <= LONGEST_NAME and _EASY_NAME.fullmatch(text):
        return text
    name = _safe_name(text)
    return "" if _LINK.search(name) else name


def _parse_carefully(text: str) -> Address:
    from email_validator import EmailSyntaxError, validate_email  # noqa: PLC0415 - slow, and rarely needed

    if reason := _plain_fault(text):
        raise MessageError(f"{_shown(text)} is not an email address: {reason}", hint=_LIKE)
    try:
        found = validate_email(text, strict=True, check_deliverability=False, test_environment=True)
    except EmailSyntaxError as error:
        reason = str(error).rstrip(".").replace(". It ", ": it ")
        raise MessageError(
            f"{_shown(text)} is not an email address: {reason[:1].lower()}{reason[1:]}", hint=_LIKE
        ) from None
    local, _, domain = text.rpartition("@")
    assert found.ascii_domain is not None
    _refuse_changed_domain(text, domain, found.domain, found.ascii_domain)
    # The library lowers `Info@` to `info@`; mail goes to the spelling its owner uses.
    return Address(unicodedata.normalize("NFC", local), found.ascii_domain)


def _plain_fault(text: str) -> str:
    """Return in plain words what is wrong in the ways that lists often are, or an empty string."""
    if len(text) > _LONGEST_ADDRESS:
        return f"it has {len(text)} characters, more than {_LONGEST_ADDRESS}"
    if control := _control(text):
        return f"it holds {control}"
    return next((reason for fault, reason in _FAULTS if fault.search(text)), "")


def _refuse_changed_domain(text: str, written: str, unicode_form: str, ascii_form: str) -> None:
    """Refuse a domain such as `ⓔxample.com`, which is another one once normalised (UTS #46)."""
    # Letter by letter: Python lowers a final capital sigma differently from the rest of a word.
    lowered = unicodedata.normalize("NFC", "".join(character.lower() for character in written))
    labels = zip(lowered.split("."), unicode_form.split("."), ascii_form.split("."), strict=False)
    if lowered.count(".") != ascii_form.count(".") or any(label not in forms for label, *forms in labels):
        raise MessageError(
            f"{_shown(text)} is not an email address: its domain is written with characters that stand for "
            f"others; if {unicode_form} is meant, write that"
        )


def _safe_name(text: str) -> str:
    if control := _control(text):
        raise MessageError(f"the name {_shown(text)} holds {control}")
    if "=?" in text:
        raise MessageError(
            f"the name {_shown(text)} holds an encoded word (=?…?=), which could hide a header"
        )
    if len(text) > LONGEST_NAME:
        raise MessageError(f"the name {_shown(text)} has {len(text)} characters, more than {LONGEST_NAME}")
    if text.isascii():
        return " ".join(text.split())
    visible = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def _control(text: str) -> str:
    """Return what to call the first control character of `text`, or an empty string."""
    found = _CONTROL.search(text)
    if found is None:
        return ""
    return "a line break" if found[0] in "\r\n" else f"the control character U+{ord(found[0]):04X}"


def _shown(text: str) -> str:
    """Return the text as people can read it in one line, whatever it holds."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")

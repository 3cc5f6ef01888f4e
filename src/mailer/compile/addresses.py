"""Addresses in a fragment -> absolute ones, which lead somewhere from within a mail."""

import re
from collections.abc import Callable
from urllib.parse import urljoin

from mailer.compile.fragment import Element
from mailer.compile.marker import CONTROL, MARKER
from mailer.compile.written import Markdown
from mailer.finding import Finding, Severity

RELATIVE = "LINK-01"
"""Rule: a relative address, and no `newsletter.url` to complete it."""

LOCAL = "LINK-02"
"""Rule: an address on the author's own machine."""

UNSAFE = "LINK-03"
"""Rule: an address that is a program or a document in itself, which mail programs refuse."""

_ADDRESSES = {"a": "href", "area": "href", "img": "src"}
_LEAVE = re.compile(r"\s*(?:#|zxq|[a-z][a-z0-9+.-]+:|\Z)", re.IGNORECASE)
_ON_THIS_MACHINE = re.compile(r"\s*(?:file:|[a-z]:[\\/]|\\)", re.IGNORECASE)
_UNSAFE = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x20]")
_WITHOUT_SCHEME = re.compile(r"www\.[^/]+\.", re.IGNORECASE)
_TAGS = re.compile(f"({CONTROL.pattern})")


def is_of_the_project(address: str) -> bool:
    """Tell whether an address may be that of a file in the project."""
    elsewhere = any(pattern.match(address) for pattern in (_LEAVE, _ON_THIS_MACHINE, _WITHOUT_SCHEME))
    return not (elsewhere or address.startswith("//"))


def changed(address: str, change: Callable[[str], str]) -> str:
    """Return the address after a change, made to each of those that a condition around them chooses from."""
    first, *parts = _TAGS.split(address.strip())
    roles = "".join(role for tag in MARKER.finditer("".join(parts[::2])) for role in tag["role"])
    if first or not re.fullmatch("om*e", roles) or parts[-1]:
        return change(address)
    return "".join(change(part) if place % 2 and part else part for place, part in enumerate(parts))


def complete_addresses(root: Element, base_url: str, source: Markdown) -> list[Finding]:
    """
    Complete relative addresses against `base_url`.

    Without it they stay and each is a warning at its place in `source`; an address on the author's own
    machine is an error, and so is one like `javascript:`.
    """
    found: dict[str, Finding] = {}

    def completed(address: str) -> str:
        if _ON_THIS_MACHINE.match(address):
            found[address] = _local(address, source)
        elif _UNSAFE.match(_INVISIBLE.sub("", address)):
            found[address] = _unsafe(address, source)
        elif not _LEAVE.match(address):
            if complete := _complete(address.strip(), base_url):
                return complete
            found[address] = _relative(address, source)
        return address

    for element in root.iter(*_ADDRESSES):
        name = _ADDRESSES[str(element.tag)]
        if address := element.get(name, ""):
            element.set(name, changed(address, completed))
    return list(found.values())


def _complete(address: str, base_url: str) -> str:
    """Return the absolute address, or an empty string where none can be made."""
    if _WITHOUT_SCHEME.match(address):
        return f"https://{address}"
    if not base_url and not address.startswith("//"):
        return ""
    try:
        return urljoin(f"{base_url.rstrip('/')}/" if base_url else "https:", address)
    except ValueError:
        return ""


def _relative(address: str, source: Markdown) -> Finding:
    return Finding(
        RELATIVE,
        Severity.WARNING,
        f"'{source.shown(address)}' is relative: in an email it leads nowhere",
        "set newsletter.url in mailer.toml, or write the whole address",
        source.find(address),
    )


def _local(address: str, source: Markdown) -> Finding:
    return Finding(
        LOCAL,
        Severity.ERROR,
        f"'{address}' is on your own machine: nobody else can open it",
        "write the address on the web",
        source.find(address),
    )


def _unsafe(address: str, source: Markdown) -> Finding:
    scheme, _, rest = address.strip().partition(":")
    is_picture = rest.lower().startswith("image/")
    return Finding(
        UNSAFE,
        Severity.ERROR,
        f"'{scheme}:…' leads nowhere: mail programs take such an address out",
        "save the picture as a file beside the issue"
        if is_picture
        else "write the address of a page on the web",
        source.find(address),
    )

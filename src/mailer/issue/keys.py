"""Front matter entries -> the fields of an issue, each with its type, and what is odd about the keys."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from mailer.address import parse_mailbox
from mailer.errors import IssueError, MessageError, nearest
from mailer.finding import Finding, Severity
from mailer.issue.date import read_date
from mailer.issue.entry import Entry
from mailer.position import Position

NEAR_KEY = "FM-01"
"""Rule: a key is spelled almost like one that means something."""

KNOWN = frozenset(
    "subject title slug date layout preheader lang dir from reply_to tags draft".split()  # noqa: SIM905 (one word a key)
)

FOREIGN = frozenset(
    """
    aliases author authors bookcomments build cascade categories category classes collection comments
    copyright cover coverimage css cssclass description disqus email excerpt excerpt_separator
    expirydate extra_css extracomments featured featured_image featuredimage header headless hero id
    image image_alt images index iscjklanguage issue keywords last_modified_at lastmod license linktitle
    locale markup math menu menus mermaid meta_description modified name nav_order number og_image
    outputs pagination params parent permalink picture pin post_excerpt private publication publishdate
    published redirect_from redirect_to related render resources robots save_as search sections series
    series_index share sidebar sitemap source status stream subtitle summary tag taxonomies teaser
    template theme thumbnail toc translation translationkey translations type uid unlisted updated url
    uuid version video videos weight words
    """.split()  # noqa: SIM905 (one word a key)
)
"""Keys, in small letters, that issues carry for Jekyll, Hugo or Pelican: kept for `{{ issue.… }}`."""

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
"""What a language tag looks like (RFC 5646), whether or not the language exists."""

_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}
_NEAR = 0.8
_BREAK = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def fault(entry: Entry, path: str, message: str, hint: str) -> IssueError:
    """Return the error for an entry's value."""
    return IssueError(message, Position(path, entry.line), hint=hint)


def read_text(entries: Mapping[str, Entry], key: str, path: str) -> str:
    """Return a key's text on one line, as it was written (`1984`, `no`); empty where it is absent."""
    entry = entries.get(key)
    if entry is None or entry.value is None:
        return ""
    if entry.text is None:
        kind = "a list" if isinstance(entry.value, list) else "a mapping"
        raise fault(entry, path, f"'{key}' must be text, not {kind}", f"write {key}: followed by its text")
    return " ".join(entry.text.split())


def read_header(entries: Mapping[str, Entry], key: str, path: str) -> str:
    """Return a key's text; raise IssueError where it holds a line break, which no header may."""
    text = read_text(entries, key, path)
    if text and _BREAK.search((entries[key].text or "").strip()):
        raise fault(entries[key], path, f"'{key}' holds a line break", "write it on one line")
    return text


def read_mailbox(entries: Mapping[str, Entry], key: str, path: str) -> str:
    """Return a key's `Name <address>` as it is written, or an empty string."""
    text = read_header(entries, key, path)
    try:
        if text:
            parse_mailbox(text)
    except MessageError as error:
        hint = error.hint or "write it like Field Notes <news@example.com>"
        raise fault(entries[key], path, f"'{key}': {error.message}", hint) from None
    return text


def read_choice(entries: Mapping[str, Entry], key: str, path: str, choices: tuple[str, ...]) -> str:
    """Return a key's text, in small letters, which must be empty or one of the choices."""
    text = read_text(entries, key, path).lower()
    if text and text not in choices:
        raise fault(entries[key], path, f"'{key}' is '{text}'", f"write one of {', '.join(choices)}")
    return text


def read_lang(entries: Mapping[str, Entry], path: str) -> str:
    """Return the language tag (`de`, `pt-BR`; `pt_BR` is mended), or an empty string."""
    text = read_text(entries, "lang", path).replace("_", "-")
    if text and not LANGUAGE_TAG.fullmatch(text):
        raise fault(
            entries["lang"],
            path,
            f"'lang' is '{text}', no language tag",
            "write a tag such as en, de or pt-BR",
        )
    return text


def read_flag(entries: Mapping[str, Entry], key: str, path: str) -> bool:
    """Return whether a key is set to true; absent and empty are false."""
    text = read_text(entries, key, path).lower()
    if text and text not in _TRUE | _FALSE:
        raise fault(entries[key], path, f"'{key}' must be true or false, not '{text}'", f"write {key}: true")
    return text in _TRUE


def read_day(entries: Mapping[str, Entry], path: str) -> datetime | None:
    """Return the date as a datetime, at midnight where only a day is written."""
    entry = entries.get("date")
    if entry is None or entry.value in (None, ""):
        return None
    value = read_date(entry.value) if isinstance(entry.value, str) else entry.value
    if not isinstance(value, date):
        shown = entry.text if entry.text is not None else "no text"
        raise fault(entry, path, f"'date' is {shown}, no date", "write YYYY-MM-DD or YYYY-MM-DD HH:MM +0000")
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def read_tags(entries: Mapping[str, Entry], path: str) -> tuple[str, ...]:
    """Return the tags of a list, or of a text with commas."""
    entry = entries.get("tags")
    if entry is None or entry.value is None:
        return ()
    if entry.text is not None:
        return tuple(tag for part in entry.text.split(",") if (tag := part.strip()))
    if not isinstance(entry.value, list) or any(isinstance(tag, list | dict) for tag in entry.value):
        raise fault(entry, path, "'tags' must be a list of words", "write tags: [one, two]")
    return tuple(str(tag) for tag in entry.value if tag is not None)


def key_findings(entries: Mapping[str, Entry], path: str) -> tuple[Finding, ...]:
    """Return a warning for each key that looks like a slip of the pen."""
    unknown = [key for key in entries if key not in KNOWN and key.lower() not in FOREIGN]
    return tuple(_slip(key, near, entries[key], path) for key in unknown if (near := _near_key(key)))


def _near_key(key: str) -> str:
    plain = key.lower().replace("-", "_").replace(" ", "_")
    if plain in KNOWN:
        return plain
    swapped = next((known for known in sorted(KNOWN) if sorted(known) == sorted(plain)), "")
    return swapped or nearest(plain, sorted(KNOWN), cutoff=_NEAR)


def _slip(key: str, near: str, entry: Entry, path: str) -> Finding:
    return Finding(
        NEAR_KEY,
        Severity.WARNING,
        f"the front matter key '{key}' means nothing to mailer; '{near}' would",
        f"write {near}: or, if you meant your own key, name it otherwise",
        Position(path, entry.line, 1),
    )


def as_read(entries: Mapping[str, Entry]) -> dict[str, Any]:
    """Return every key's value."""
    return {key: entry.value for key, entry in entries.items()}

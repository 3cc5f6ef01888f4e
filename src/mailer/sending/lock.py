"""
The file beside an issue that says it was tested <-> Lock.

It is committed with the issue, so that whoever sends may rely on a test that was made on another machine. Its
digest decides; subject and text are there to show what has changed since.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailer import __version__
from mailer.errors import MailerError
from mailer.sending.difference import Readable

FORMAT = 1
"""The form of the file; a later one may hold what this version cannot judge."""


@dataclass(frozen=True, slots=True)
class Lock:
    """
    A test of one content: who sent it when to whom (the list of the staff) through which transport.

    `version` is that of the mailer which compiled it. A test that was a `rehearsal` unlocks only rehearsals.
    """

    issue: str
    digest: str
    at: datetime
    who: str
    to: str
    transport: str
    rehearsal: bool
    seen: Readable
    version: str = __version__


def lock_text(lock: Lock) -> str:
    """Return the file: JSON with the text part line by line, so that its history shows what changed."""
    document = {
        "format": FORMAT,
        "issue": lock.issue,
        "digest": lock.digest,
        "tested_at": lock.at.isoformat(timespec="seconds"),
        "tested_by": lock.who,
        "to": lock.to,
        "transport": lock.transport,
        "rehearsal": lock.rehearsal,
        "mailer": lock.version,
        "subject": lock.seen.subject,
        "text": lock.seen.text.split("\n"),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def parse_lock(data: bytes, *, shown: str, issue: str) -> Lock:
    """Return the lock of an issue; MailerError, with the path `shown`, where the file is none of it."""
    try:
        document = json.loads(data.decode("utf-8"))
        lock = _lock(document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _unreadable(f"{shown} is no lock of mailer", issue) from None
    if document["format"] != FORMAT:
        raise _unreadable(f"{shown} was written by another version of mailer ({lock.version})", issue)
    if lock.issue != issue:
        raise _unreadable(f"{shown} is the lock of another issue, {lock.issue}", issue)
    return lock


def _lock(document: Any) -> Lock:
    lock = Lock(
        issue=document["issue"],
        digest=document["digest"],
        at=datetime.fromisoformat(document["tested_at"]),
        who=document["tested_by"],
        to=document["to"],
        transport=document["transport"],
        rehearsal=document["rehearsal"],
        seen=Readable(document["subject"], "\n".join(document["text"])),
        version=document["mailer"],
    )
    texts = (lock.issue, lock.digest, lock.who, lock.to, lock.transport, lock.seen.subject, lock.version)
    if lock.at.tzinfo is None or lock.rehearsal not in (True, False) or not all(map(_is_text, texts)):
        raise ValueError
    return lock


def _is_text(value: Any) -> bool:
    """Say whether a value is text that can be shown: whoever wrote it, it stays on its line."""
    return isinstance(value, str) and (value.isprintable() or not value)


def _unreadable(message: str, issue: str) -> MailerError:
    return MailerError(message, hint=f"write it anew: mailer test {issue} --lock; or remove it")

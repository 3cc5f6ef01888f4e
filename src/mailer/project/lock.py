"""Issue -> the lock beside it, if there is one."""

import os
from pathlib import Path

from mailer.errors import MailerError
from mailer.issue.document import Issue
from mailer.sending.lock import Lock, parse_lock


def lock_path(issue: Issue) -> Path:
    """Return where the lock of an issue stands: beside it, called after its slug."""
    return Path(issue.path).parent / f"{issue.slug}.lock"


def read_lock(issue: Issue) -> Lock | None:
    """Return the lock of an issue, None where it has none; MailerError where it cannot be read."""
    path = lock_path(issue)
    shown = os.path.relpath(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MailerError(f"{shown} cannot be read: {error.strerror}") from None
    return parse_lock(data, shown=shown, issue=issue.slug)

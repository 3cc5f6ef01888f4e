"""ISSUE or SEND, as the user names it -> which of the two it is."""

from contextlib import closing, suppress

from mailer.errors import LedgerError, MailerError
from mailer.issue.document import Issue
from mailer.ledger.delivery import Send
from mailer.project import Project


def issue_or_send(project: Project, name: str) -> Issue | Send:
    """Return the issue of this name, else the send; MailerError, about the issue, where there is neither."""
    try:
        return project.issue(name)
    except MailerError:
        with closing(project.ledger(read_only=True)) as ledger, suppress(LedgerError):
            return ledger.find_send(name)
        raise

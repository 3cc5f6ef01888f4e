"""The table of settings: one entry each, and the tables whose names are the user's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailer.config import values

MISSING = object()
"""The default of what has none, and what stands for a key that is not there."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One scalar setting: its key, how its value is read, its default as it would stand in the file."""

    key: str
    parse: values.Parser
    default: Any = ""

    @property
    def variable(self) -> str:
        """Return the environment variable that sets it: `sending.rate` is MAILER_SENDING_RATE."""
        return "MAILER_" + self.key.replace(".", "_").upper()

    @property
    def default_shown(self) -> str:
        """Return the default as people read it; empty where there is none."""
        return "" if self.default is MISSING else shown_value(self.default)


SETTINGS = (
    Setting("ledger", values.ledger_url, "sqlite:.mailer/ledger.sqlite3"),
    Setting("ledger_id", values.text),
    Setting("ledger_backup", values.folder),
    Setting("ledger_backups_kept", values.positive, 10),
    Setting("newsletter.name", values.text, MISSING),
    Setting("newsletter.from", values.mailbox, MISSING),
    Setting("newsletter.reply_to", values.mailbox),
    Setting("newsletter.return_path", values.mailbox),
    Setting("newsletter.url", values.web_address),
    Setting("newsletter.view_url", values.view_address),
    Setting("newsletter.postal_address", values.text),
    Setting("newsletter.unsubscribe_url", values.endpoint_address),
    Setting("newsletter.unsubscribe_mailto", values.mailbox),
    Setting("newsletter.list_id", values.text),
    Setting("newsletter.feedback_id", values.text),
    Setting("newsletter.lang", values.language, "en"),
    Setting("newsletter.timezone", values.timezone, "UTC"),
    Setting("issues.folders", values.texts, ["issues"]),
    Setting("images.publish", values.publish, None),
    Setting("images.ask", values.yes_or_no, True),
    Setting("images.carry_limit", values.size, "2 MB"),
    Setting("sending.rate", values.rate, None),
    Setting("sending.connections", values.positive, 4),
    Setting("sending.test_limit", values.positive, 25),
    Setting("sending.refused_ok", values.share, "2%"),
    Setting("sending.wait", values.duration, "60s"),
    Setting("sending.seeds", values.text),
    Setting("sending.hold", values.duration, "2m"),
)
FREE_TABLES = ("layouts", "site", "lists", "transports", "sending.domains", "checks")
LIST_KEYS = ("file", "where")
TRANSPORT_KEYS: Mapping[str, values.Parser] = {
    "url": values.transport_url,
    "password": values.secret,
    "rate": values.rate,
    "connections": values.positive,
    "timeout": values.duration,
    "dkim": values.dkim,
}


def shown_value(value: Any) -> str:
    """Return a value of mailer.toml as people read it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)

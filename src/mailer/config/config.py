"""Every setting of a project, in one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailer.config.dkim import DkimConfig
from mailer.config.secret import Secret
from mailer.position import Position
from mailer.sending.pace import Rates


@dataclass(frozen=True, slots=True)
class NewsletterConfig:
    """`[newsletter]`; an empty string means not set."""

    name: str
    sender: str
    reply_to: str = ""
    return_path: str = ""
    url: str = ""
    view_url: str = ""
    postal_address: str = ""
    unsubscribe_url: str = ""
    unsubscribe_mailto: str = ""
    list_id: str = ""
    feedback_id: str = ""
    lang: str = "en"
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True)
class ListConfig:
    """
    One name of `[lists]`: a CSV file with an optional selection, or the names of other lists.

    `where_place` is where the selection stands in mailer.toml.
    """

    name: str
    file: str = ""
    where: str = ""
    members: tuple[str, ...] = ()
    where_place: Position = field(default_factory=lambda: Position("mailer.toml"))


@dataclass(frozen=True, slots=True)
class TransportConfig:
    """One name of `[transports]`; the options here win over those in the URL."""

    name: str
    url: str
    password: Secret | None = None
    rate: Rates | None = None
    connections: int | None = None
    timeout: float | None = None
    dkim: DkimConfig | None = None


@dataclass(frozen=True, slots=True)
class SendingConfig:
    """
    `[sending]`.

    `rate` is None where it depends on the transport. `refused_ok` is a share (0.02 is 2 %). `wait` is how
    many seconds a run waits at the most for the next deferred delivery. `seeds` names the list that gets
    every send first, which is then held for `hold` seconds. `domains` has the rates for single domains of
    recipients, `*` those for each domain that is not named.
    """

    rate: Rates | None = None
    connections: int = 4
    test_limit: int = 25
    refused_ok: float = 0.02
    wait: float = 60.0
    seeds: str = ""
    hold: float = 120.0
    domains: Mapping[str, Rates] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublishConfig:
    """`images.publish`: the command's words, `{file}` and `{name}` in them, and what its names are below."""

    command: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a setting's value comes from, for `mailer config`: `value` is fit to be shown."""

    key: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Config:
    """
    `mailer.toml` after environment and defaults; `folder` is the project folder.

    `carry_limit` is how many bytes of pictures a message may carry.
    """

    folder: Path
    newsletter: NewsletterConfig
    ledger: str = "sqlite:.mailer/ledger.sqlite3"
    ledger_id: str = ""
    ledger_backup: str = ""
    ledger_backups_kept: int = 10
    issue_folders: tuple[str, ...] = ("issues",)
    layout_aliases: Mapping[str, str] = field(default_factory=dict)
    site: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, ListConfig] = field(default_factory=dict)
    transports: Mapping[str, TransportConfig] = field(default_factory=dict)
    publish: PublishConfig | None = None
    ask_images: bool = True
    carry_limit: int = 2_000_000
    sending: SendingConfig = field(default_factory=SendingConfig)
    checks: Mapping[str, str] = field(default_factory=dict)
    origins: tuple[Origin, ...] = ()

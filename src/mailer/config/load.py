"""Read mailer.toml and the environment, and report every fault at once."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from mailer.config import values
from mailer.config.config import (
    Config,
    ListConfig,
    NewsletterConfig,
    Origin,
    PublishConfig,
    SendingConfig,
    TransportConfig,
)
from mailer.config.reading import Reading, read_document
from mailer.config.settings import (
    FREE_TABLES,
    LIST_KEYS,
    MISSING,
    SETTINGS,
    TRANSPORT_KEYS,
    Setting,
    shown_value,
)
from mailer.errors import ConfigError, did_you_mean
from mailer.sending.pace import Rates

Value = TypeVar("Value")

CONFIG_NAME = "mailer.toml"


def load_config(path: Path, *, environment: Mapping[str, str] | None = None) -> Config:
    """
    Return the checked configuration of the project that holds `path`.

    `environment` stands for os.environ. Raises ConfigError with every fault of the file.
    """
    reading, document = read_document(path)
    _refuse_unknown(reading, document)
    settings = _settings(reading, document, os.environ if environment is None else environment)
    lists = {name: _list(reading, name, value) for name, value in _table(reading, document, "lists").items()}
    transports = {
        name: _transport(reading, name, value)
        for name, value in _table(reading, document, "transports").items()
    }
    _refuse_unknown_members(reading, lists)
    _refuse_backup_inside(reading, path.parent, settings["ledger_backup"])
    _refuse_unknown_seeds(reading, settings["sending.seeds"], lists)
    aliases = _parsed_table(reading, document, "layouts", values.text)
    checks = _parsed_table(reading, document, "checks", values.severity)
    site = _table(reading, document, "site")
    domains = _domains(reading, document)
    if reading.problems:
        count = len(reading.problems)
        raise ConfigError(
            f"{reading.shown} has {count} fault{'s' if count > 1 else ''}",
            hint="see `mailer config --help` for every setting",
            problems=reading.problems,
        )
    return Config(
        folder=path.parent,
        newsletter=_newsletter(settings),
        ledger=settings["ledger"],
        ledger_id=settings["ledger_id"],
        ledger_backup=settings["ledger_backup"],
        ledger_backups_kept=settings["ledger_backups_kept"],
        issue_folders=settings["issues.folders"],
        layout_aliases=aliases,
        site=site,
        lists=lists,
        transports=transports,
        publish=_publish(settings["images.publish"]),
        ask_images=settings["images.ask"],
        carry_limit=settings["images.carry_limit"],
        sending=_sending(settings, domains),
        checks=checks,
        origins=tuple(reading.origins),
    )


def _refuse_unknown(reading: Reading, document: Mapping[str, Any]) -> None:
    known = {setting.key for setting in SETTINGS}
    tables = {key.partition(".")[0] for key in known if "." in key}
    for name, value in document.items():
        if name in FREE_TABLES or name in known:
            continue
        if name not in tables:
            suggestion = did_you_mean(name, {*FREE_TABLES, *tables, *known})
            reading.blame(name, f"unknown setting{suggestion}")
        elif not isinstance(value, dict):
            reading.blame(name, f"expected a table [{name}]")
        else:
            _refuse_unknown_keys(reading, name, value, known)


def _refuse_unknown_keys(reading: Reading, table: str, found: Mapping[str, Any], known: set[str]) -> None:
    siblings = [key.partition(".")[2] for key in known if key.startswith(f"{table}.")]
    for name in found:
        if name not in siblings and f"{table}.{name}" not in FREE_TABLES:
            reading.blame(f"{table}.{name}", f"unknown setting{did_you_mean(name, siblings)}")


def _settings(
    reading: Reading, document: Mapping[str, Any], environment: Mapping[str, str]
) -> dict[str, Any]:
    return {setting.key: _setting(reading, setting, document, environment) for setting in SETTINGS}


def _setting(
    reading: Reading, setting: Setting, document: Mapping[str, Any], environment: Mapping[str, str]
) -> Any:
    found = _look_up(document, setting.key)
    source = reading.shown
    if setting.variable in environment:
        found, source = environment[setting.variable], setting.variable
        if setting.parse is values.texts:
            found = [part for part in found.split(os.pathsep) if part]
    if found is MISSING:
        if setting.default is MISSING:
            reading.blame(setting.key, "missing: every newsletter needs it")
            return None
        found, source = setting.default, "default"
    reading.origins.append(Origin(setting.key, shown_value(found), source))
    if source == "default" and found in ("", None):
        return found
    variable = setting.variable if source == setting.variable else ""
    return reading.parse(setting.key, setting.parse, found, variable=variable)


def _look_up(document: Mapping[str, Any], key: str) -> Any:
    table, _, name = key.rpartition(".")
    inside = document.get(table, {}) if table else document
    return inside.get(name, MISSING) if isinstance(inside, dict) else MISSING


def _table(reading: Reading, document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = _look_up(document, name)
    if found is MISSING:
        return {}
    if not isinstance(found, dict):
        reading.blame(name, f"expected a table [{name}]")
        return {}
    reading.origins.extend(_origins_of(name, found, reading.shown))
    return found


def _origins_of(prefix: str, table: Mapping[str, Any], source: str) -> Iterator[Origin]:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if name == "password":
            yield Origin(key, "•••", f"{source}: {_place_of(value)}")
        elif isinstance(value, dict):
            yield from _origins_of(key, value, source)
        else:
            yield Origin(key, shown_value(value), source)


def _place_of(value: Any) -> str:
    return (
        ", ".join(f"{kind} {name}" for kind, name in value.items()) if isinstance(value, dict) else "a text"
    )


def _parsed_table(
    reading: Reading, document: Mapping[str, Any], name: str, parser: Callable[[Any], Value]
) -> dict[str, Value]:
    found = _table(reading, document, name)
    return {key: reading.parse(f"{name}.{key}", parser, value) for key, value in found.items()}


def _list(reading: Reading, name: str, value: Any) -> ListConfig:
    key = f"lists.{name}"
    if isinstance(value, str):
        return ListConfig(name, file=value)
    if isinstance(value, list):
        return ListConfig(name, members=reading.parse(key, values.texts, value) or ())
    if not isinstance(value, dict) or "file" not in value:
        reading.blame(key, 'expected a CSV file, { file = "…", where = "…" } or a list of list names')
        return ListConfig(name)
    for unknown in value.keys() - set(LIST_KEYS):
        reading.blame(f"{key}.{unknown}", f"unknown setting{did_you_mean(unknown, LIST_KEYS)}")
    file, where = (reading.parse(f"{key}.{part}", values.text, value.get(part, "")) for part in LIST_KEYS)
    return ListConfig(
        name, file=file or "", where=where or "", where_place=reading.place(f"{key}.where", where)
    )


def _refuse_unknown_members(reading: Reading, lists: Mapping[str, ListConfig]) -> None:
    for one in lists.values():
        for member in one.members:
            if member not in lists:
                reading.blame(f"lists.{one.name}", f"no list '{member}'{did_you_mean(member, lists)}")
            elif lists[member].members:
                reading.blame(f"lists.{one.name}", f"'{member}' is itself made of lists; name those here")


def _refuse_unknown_seeds(reading: Reading, seeds: str, lists: Mapping[str, ListConfig]) -> None:
    if seeds and seeds not in lists:
        reading.blame("sending.seeds", f"no list '{seeds}'{did_you_mean(seeds, lists)}")


def _refuse_backup_inside(reading: Reading, project: Path, folder: str) -> None:
    if folder and (project / folder).resolve().is_relative_to(project.resolve()):
        reading.blame("ledger_backup", "a backup inside the project is lost with it: name another folder")


def _transport(reading: Reading, name: str, value: Any) -> TransportConfig:
    key = f"transports.{name}"
    if isinstance(value, str):
        return TransportConfig(name, url=reading.parse(key, values.transport_url, value) or "")
    if not isinstance(value, dict) or "url" not in value:
        reading.blame(key, 'expected a transport URL or { url = "…", password = { env = "…" } }')
        return TransportConfig(name, url="")
    for unknown in value.keys() - TRANSPORT_KEYS.keys():
        reading.blame(f"{key}.{unknown}", f"unknown setting{did_you_mean(unknown, TRANSPORT_KEYS)}")
    parsed = {
        part: reading.parse(f"{key}.{part}", parser, value[part])
        for part, parser in TRANSPORT_KEYS.items()
        if part in value
    }
    return TransportConfig(name, **parsed)


def _newsletter(settings: Mapping[str, Any]) -> NewsletterConfig:
    table = {key.partition(".")[2]: value for key, value in settings.items() if key.startswith("newsletter.")}
    table["sender"] = table.pop("from")
    return NewsletterConfig(**table)


def _publish(found: tuple[tuple[str, ...], str] | None) -> PublishConfig | None:
    return PublishConfig(*found) if found else None


def _domains(reading: Reading, document: Mapping[str, Any]) -> dict[str, Rates]:
    """Return the rates of `[sending.domains]`, under the names that domains have in addresses."""
    rates = _parsed_table(reading, document, "sending.domains", values.rate)
    names = {name: reading.parse(f"sending.domains.{name}", values.recipients_domain, name) for name in rates}
    return {names[name]: rate for name, rate in rates.items()}


def _sending(settings: Mapping[str, Any], domains: Mapping[str, Rates]) -> SendingConfig:
    prefix = "sending."
    table = {key[len(prefix) :]: value for key, value in settings.items() if key.startswith(prefix)}
    return SendingConfig(**table, domains=domains)

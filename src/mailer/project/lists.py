"""LIST, as the user names it -> sources of recipients."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailer.address import Address
from mailer.config import Config, ListConfig
from mailer.errors import MailerError, did_you_mean
from mailer.ledger.base import Ledger
from mailer.position import Position
from mailer.recipients.csvfile import RecipientFile, open_list
from mailer.recipients.recipient import Recipient
from mailer.recipients.single import single_address
from mailer.sending.audience import Source
from mailer.sending.earlier import PREFIX, earlier_recipients, find_earlier
from mailer.template.expression import WHERE, compile_expression

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Selection:
    """An expression that selects recipients, and where it is written; an empty one selects all."""

    where: str
    position: Position = WHERE


@dataclass(frozen=True, slots=True)
class RecipientList:
    """
    A list that the user named.

    `name` stands for it in the ledger. `scopes` are the lists whose suppressions hold: the list itself, those
    it is made of, those made of it, and its file, for whoever left a list has left it by every name.
    `sources` opens and reads it, anew at each call.
    """

    name: str
    scopes: tuple[str, ...]
    sources: Callable[[], Iterator[Source]]


def find_list(text: str, config: Config, ledger: Ledger, *, where: str = "", name: str = "") -> RecipientList:
    """
    Return the list that `text` names: of `[lists]`, a CSV file, `-`, one address or `send:SEND[:STATE,…]`.

    `where` selects further; `name` is what standard input is called. Raises MailerError where there is no
    such list, with the nearest name.
    """
    if text in config.lists:
        return _configured(config, text, where)
    if text == STANDARD_INPUT:
        if not name:
            raise MailerError("a list from standard input needs a name", hint="add --name NAME")
        return RecipientList(name, (name,), lambda: _standard_input(name, where))
    if text.startswith(PREFIX):
        return _earlier(ledger, text, where)
    path = Path(text)
    if path.is_file():
        shown = _name_of(path, config.folder)
        scopes = (shown, *_lists_of_file(config, shown))
        return RecipientList(shown, scopes, lambda: _file(path, text, [Selection(where)]))
    if "@" in text and path.suffix.lower() != ".csv":
        return RecipientList(text, (), lambda: _single(text, where))
    known = ", ".join(config.lists) or "none"
    raise MailerError(
        f"there is no list and no file '{text}'{did_you_mean(text, config.lists)}",
        hint=f"[lists] in mailer.toml has: {known}; or name a CSV file or one address",
    )


def find_recipient(people: RecipientList, address: Address) -> Recipient:
    """Return the recipient with this address; MailerError where the list has none."""
    for source in people.sources():
        for row in source.rows:
            if isinstance(row, Recipient) and row.address.canonical == address.canonical:
                return row
    raise MailerError(
        f"{address} is not on the list {people.name}", hint="check the address, or name another list"
    )


def _configured(config: Config, name: str, where: str) -> RecipientList:
    one = config.lists[name]
    members = [config.lists[member] for member in one.members] or [one]
    containers = [other.name for other in config.lists.values() if name in other.members]
    files = {_name_of(config.folder / member.file, config.folder) for member in members}
    scopes = (name, *one.members, *containers, *sorted(files))

    def sources() -> Iterator[Source]:
        for member in members:
            selections = (Selection(member.where, member.where_place), Selection(where))
            yield from _file(config.folder / member.file, _shown(config, member), selections)

    return RecipientList(name, scopes, sources)


def _lists_of_file(config: Config, shown: str) -> Iterator[str]:
    """Yield the lists of `[lists]` that read the file of this name, and those made of them."""
    lists = config.lists.values()
    own = [
        one.name for one in lists if one.file and _name_of(config.folder / one.file, config.folder) == shown
    ]
    yield from own
    yield from (one.name for one in lists if not set(own).isdisjoint(one.members))


def _shown(config: Config, member: ListConfig) -> str:
    return os.path.relpath(config.folder / member.file)


def _name_of(path: Path, folder: Path) -> str:
    """Return the one name of a file in the ledger, wherever the command was called."""
    real, root = path.resolve(), folder.resolve()
    return (real.relative_to(root) if real.is_relative_to(root) else real).as_posix()


def _file(path: Path, shown: str, selections: Iterable[Selection]) -> Iterator[Source]:
    with open_list(path, name=shown) as opened:
        yield _selected(opened, selections)


def _standard_input(name: str, where: str) -> Iterator[Source]:
    with open_list(sys.stdin.buffer, name=name) as opened:
        yield _selected(opened, [Selection(where)])


def _single(text: str, where: str) -> Iterator[Source]:
    yield _selected(single_address(text), [Selection(where)])


def _selected(opened: RecipientFile, selections: Iterable[Selection]) -> Source:
    tests = [
        compile_expression(one.where, opened.columns, position=one.position)
        for one in selections
        if one.where
    ]
    columns = opened.columns if opened.email_column else None
    if not tests:
        return Source(opened.rows, columns=columns)

    def selects(recipient: Recipient) -> bool:
        return all(test(recipient.values) for test in tests)

    return Source(opened.rows, selects, columns)


def _earlier(ledger: Ledger, text: str, where: str) -> RecipientList:
    earlier = find_earlier(ledger, text)
    name = PREFIX + ":".join([earlier.send.id, *([",".join(earlier.states)] if earlier.states else [])])

    def sources() -> Iterator[Source]:
        columns = {column for row in earlier_recipients(ledger, earlier) for column in row.values}
        rows = earlier_recipients(ledger, earlier)
        yield _selected(RecipientFile(name, tuple(columns), "", rows), [Selection(where)])

    return RecipientList(name, (*earlier.scopes, name), sources)

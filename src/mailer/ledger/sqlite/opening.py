"""Path -> the open book: made where missing, brought to this version's schema, or read as it is."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailer.errors import LedgerError, SchemaMismatch
from mailer.ledger.sqlite.book import Book
from mailer.ledger.sqlite.fault import FAULTS, require_file, require_writable, told
from mailer.ledger.sqlite.statement import migrations, split

APPLICATION = int.from_bytes(b"mail", "big")
"""Marks the file as ours (`PRAGMA application_id`): a database of another program is never touched."""

PATIENCE = 30.0
"""Seconds to wait for another process's transaction; freezing a big list is the longest there is."""

CACHE = 4096
"""KiB of pages kept in memory: a freeze of a million takes a tenth more than with ten times as much."""


def open_to_write(path: Path, *, patience: float = PATIENCE) -> Book:
    """Open a ledger, making it and its folder where missing. Raises LedgerError."""
    require_file(path)
    require_writable(path)
    _make(path)
    with told(path), _connected(str(path), patience) as connection:
        version = _checked_version(path, connection)
        (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
        if journal != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 16777216")
        if version < len(migrations()):
            _migrate(connection)
        book = Book(path, connection)
        # Only where it has no name yet: opening must not wait for another process that writes.
        if book.row("book") is None:
            book.change("name_book", id=secrets.token_hex(8))
        return book


def open_to_read(path: Path, *, patience: float = PATIENCE) -> Book:
    """Open a ledger for reading only; one that is missing reads as an empty one. Raises LedgerError."""
    require_file(path)
    if not path.exists():
        return _copy(path, None, patience)
    address = f"{path.absolute().as_uri()}?{_reading(path)}"
    with told(path), _connected(address, patience) as connection:
        if _checked_version(path, connection) < len(migrations()):
            return _copy(path, connection, patience)
        return Book(path, connection, read_only=True)


def _make(path: Path) -> None:
    """Make the file, for its owner only: it holds addresses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        message = f"ledger {path}: it cannot be made: {os.strerror(error.errno or 0)}"
        raise LedgerError(message, hint=FAULTS["SQLITE_READONLY"][1]) from error


@contextmanager
def _connected(database: str, patience: float) -> Iterator[sqlite3.Connection]:
    """Connect, and close again where anything inside goes wrong."""
    connection = sqlite3.connect(
        database,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
        uri=database.startswith("file:"),
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        yield connection
    except BaseException:
        connection.close()
        raise


def _reading(path: Path) -> str:
    """Return the URI parameters: a file alone in a read-only folder can only be read as it lies."""
    beside = path.with_name(f"{path.name}-wal")
    alone = not beside.exists() and not os.access(path.parent, os.W_OK)
    return "mode=ro&immutable=1" if alone else "mode=ro"


def _checked_version(path: Path, connection: sqlite3.Connection) -> int:
    """Return the schema's version, 0 for an empty file. Raises LedgerError where the file is not ours."""
    # In one transaction: another process may be making the ledger at this moment.
    connection.execute("BEGIN")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    connection.execute("COMMIT")
    if application != APPLICATION and tables:
        raise LedgerError(
            f"ledger {path}: the file is the database of another program",
            hint="name another file as `ledger`",
        )
    if version > len(migrations()):
        raise SchemaMismatch(
            f"ledger {path}: written by a newer mailer (schema {version}, known {len(migrations())})",
            hint="use the newer mailer, or name another file as `ledger`",
        )
    return int(version)


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to this version's in one transaction; another process may have been faster."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for script in migrations()[version:]:
            for statement in split(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(migrations())}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _copy(path: Path, connection: sqlite3.Connection | None, patience: float) -> Book:
    """Return a copy in memory with this version's schema: reading must not change the file."""
    with _connected(":memory:", patience) as copy:
        if connection is not None:
            connection.backup(copy)
            connection.close()
        _migrate(copy)
        return Book(path, copy, read_only=True)

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.ledger.base import Ledger
from mailer.ledger.registry import open_ledger
from mailer.transport.esp import replay, transport


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger("sqlite:ledger.sqlite3", base=tmp_path)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no replay wait, and no key be known from another test."""
    monkeypatch.setattr(replay, "WAITS", (0.0, 0.0))
    monkeypatch.setattr(transport, "_checked", set())


@pytest.fixture(autouse=True)
def _no_keys_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let boto3 find nothing but the name of a key."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")

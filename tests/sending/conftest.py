from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailer.ledger.base import Ledger
from mailer.ledger.registry import open_ledger
from mailer.sending.audience import Audience


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger("sqlite:ledger.sqlite3", base=tmp_path)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _close_audiences(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what a test leaves open: a plan that is only looked at holds its audience."""
    opened: list[Audience] = []
    start = Audience.__init__

    def noted(self: Audience, **arguments: Any) -> None:
        start(self, **arguments)
        opened.append(self)

    monkeypatch.setattr(Audience, "__init__", noted)
    yield
    for audience in opened:
        audience.close()

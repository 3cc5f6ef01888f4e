from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.ledger.base import Ledger
from mailer.ledger.registry import open_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger("sqlite:ledger.sqlite3", base=tmp_path)
    yield opened
    opened.close()

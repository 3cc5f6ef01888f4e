from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.ledger.base import Ledger
from mailer.ledger.registry import open_ledger

# The spec's asserts tell both sides, as those of a test file do.
pytest.register_assert_rewrite(
    "tests.ledger.given",
    "tests.ledger.spec_delivery",
    "tests.ledger.spec_freezing",
    "tests.ledger.spec_key",
    "tests.ledger.spec_records",
    "tests.ledger.spec_state",
)

URL = "sqlite:.mailer/ledger.sqlite3"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the ledger of the project in `tmp_path` lies."""
    return tmp_path / ".mailer" / "ledger.sqlite3"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(URL, base=tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def beside(ledger: Ledger, tmp_path: Path) -> Iterator[Ledger]:
    """Return the same ledger opened once more, as another process would."""
    opened = open_ledger(URL, base=tmp_path)
    yield opened
    opened.close()

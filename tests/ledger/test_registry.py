from pathlib import Path

import pytest

from mailer.errors import ConfigError
from mailer.ledger.registry import open_ledger


def test_a_path_is_relative_to_the_project_folder(tmp_path: Path) -> None:
    open_ledger("sqlite:deep/er/book.db", base=tmp_path).close()
    assert (tmp_path / "deep" / "er" / "book.db").is_file()


def test_an_absolute_path_stays_as_it_is(tmp_path: Path) -> None:
    open_ledger(f"sqlite:{tmp_path / 'book.db'}", base=tmp_path / "project").close()
    assert (tmp_path / "book.db").is_file()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqllite:book.db", "unknown scheme 'sqllite' (did you mean 'sqlite'?)"),
        ("mysql://me:secret@host/book", "unknown scheme 'mysql'"),
        ("book.db", "no scheme"),
        ("", "no scheme"),
        ("sqlite:", "sqlite:PATH"),
        ("sqlite:///book.db", "sqlite:PATH"),
    ],
)
def test_a_url_that_names_no_ledger_is_told_with_what_is_known(tmp_path: Path, url: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_ledger(url, base=tmp_path)
    assert told in str(caught.value)
    assert "sqlite:" in caught.value.hint
    assert "secret" not in f"{caught.value} {caught.value.hint}"
    assert str(caught.value).startswith("`ledger` in mailer.toml: ")
    with pytest.raises(ConfigError, match=r"^MAILER_LEDGER: "):
        open_ledger(url, base=tmp_path, named="MAILER_LEDGER")

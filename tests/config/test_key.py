import os
import stat
from pathlib import Path

import pytest

from mailer.config.key import load_key
from mailer.errors import ConfigError


def test_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = load_key(tmp_path, environment={})
    assert len(first) >= 32
    assert load_key(tmp_path, environment={}) == first
    path = tmp_path / ".mailer" / "key"
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["key"]


def test_environment_wins(tmp_path: Path) -> None:
    assert load_key(tmp_path, environment={"MAILER_KEY": "k" * 32}) == b"k" * 32
    assert not (tmp_path / ".mailer").exists()


@pytest.mark.parametrize("weak", ["", "short", "changeme" * 8])
def test_weak_key_is_refused_without_repeating_it(tmp_path: Path, weak: str) -> None:
    with pytest.raises(ConfigError, match="too weak") as caught:
        load_key(tmp_path, environment={"MAILER_KEY": weak})
    assert not weak or weak not in str(caught.value)

"""Kills at random instants and at every named point; `./run crash` does more of the same."""

import os
from pathlib import Path

import pytest
from tests.sending.crash import kill_at_points, kill_at_random
from tests.sending.crash_driver import POINTS

from mailer.ledger.base import Ledger

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="senders are hatched by fork")


@pytest.mark.parametrize("connections", [1, 4, 16])
def test_killed_at_any_instant_it_writes_to_nobody_twice_and_loses_nobody(
    ledger: Ledger, tmp_path: Path, connections: int
) -> None:
    tale = kill_at_random(ledger, tmp_path, messages=400, kills=8, connections=connections, seed=7)
    assert tale.kills >= 4


@pytest.mark.parametrize("connections", [1, 4])
def test_killed_at_any_point_it_writes_to_nobody_twice_and_loses_nobody(
    ledger: Ledger, tmp_path: Path, connections: int
) -> None:
    points = [f"{name} 5" for name in POINTS]
    tale = kill_at_points(ledger, tmp_path, messages=250, points=points, connections=connections)
    assert tale.kills >= len(points) - 1

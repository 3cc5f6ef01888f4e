"""A sender that is killed loses nobody and sends to nobody twice."""

import random
from collections import Counter
from pathlib import Path

import pytest
from tests.ledger.given import begin, frozen, people, send_of, sending, states
from tests.ledger.processes import child, heard, said

from mailer.ledger.base import Ledger
from mailer.ledger.delivery import Figures


def killed_at(folder: Path, action: str, line: str) -> None:
    """Run an action and kill it with SIGKILL where it says `line`."""
    with child(folder, action) as process:
        assert heard(process) == line
        process.kill()
        process.wait()


def test_killed_while_freezing_leaves_nothing(ledger: Ledger, tmp_path: Path) -> None:
    killed_at(tmp_path, "freeze", "freezing")
    assert ledger.sends() == []
    assert ledger.elsewhere("spring", ["key-1"], rehearsal=False) == frozenset()
    assert ledger.freeze(send_of(5000), people(f"key-{number}" for number in range(5000))).planned == 5000


def test_killed_while_writing_intents_leaves_those_before(ledger: Ledger, tmp_path: Path) -> None:
    send = sending(ledger, "abcd")
    killed_at(tmp_path, "begin_slowly", "in the transaction")
    assert states(ledger, send) == {"a": "sending", "b": "planned", "c": "planned", "d": "planned"}
    with ledger.sender() as doubtful:
        assert doubtful == 1
        assert states(ledger, send)["a"] == "in_doubt"
        assert begin(ledger, send, "abcd") == ["b", "c", "d"]


def test_killed_while_writing_outcomes_leaves_doubt(ledger: Ledger, tmp_path: Path) -> None:
    send = sending(ledger, "abcd")
    killed_at(tmp_path, "settle_slowly", "in the transaction")
    with ledger.sender() as doubtful:
        assert doubtful == 3
    assert states(ledger, send) == {"a": "accepted", **dict.fromkeys("bcd", "in_doubt")}
    (after,) = {one.reply for one in ledger.deliveries(send) if one.key == "b"}
    assert "stopped before" in after


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_nobody_is_lost_and_nobody_gets_it_twice(
    ledger: Ledger, tmp_path: Path, seed: int
) -> None:
    keys = "".join(chr(0x4E00 + number) for number in range(60))
    send = frozen(ledger, keys)
    chance = random.Random(seed)
    handed: Counter[str] = Counter()
    while ledger.figures(send).remaining:
        with child(tmp_path, "send_all") as process:
            for _ in range(chance.randrange(5, 40)):
                handed[heard(process)] += 1
            process.kill()
            handed.update(said(process))
        with ledger.sender():
            pass
    figures = ledger.figures(send)
    assert figures == Figures(accepted=figures.accepted, in_doubt=60 - figures.accepted)
    assert {line: times for line, times in handed.items() if line.startswith("handed") and times > 1} == {}
    told = {line.removeprefix("settled ") for line in handed if line.startswith("settled")}
    assert told <= {key for key, state in states(ledger, send).items() if state == "accepted"}

import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.sending.refusals import SHOWN, Group, advice_for, group_answers, reason_of

NO_USER = "5.1.1 <{}>: Recipient address rejected: User unknown"


def test_answers_that_differ_in_addresses_are_one_group_with_its_domains() -> None:
    names = ["ada@one.test", "bob@two.test", "cleo@one.test"]
    (group,) = group_answers((name, 550, NO_USER.format(name)) for name in names)
    assert group == Group(
        reason="550 5.1.1 <…>: Recipient address rejected: User unknown",
        count=3,
        domains=(("one.test", 2), ("two.test", 1)),
        advice="the mailbox does not exist any more: take the address off the list",
    )


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [
        (550, "5.1.1 jo@x.test does not exist", "550 5.1.1 … does not exist"),
        (452, "4.2.2 out of storage space. 41be03b00d2f7-5e4b1f9", "452 4.2.2 out of storage space. …"),
        (421, "4.7.28 [203.0.113.7 15] unusual rate", "421 4.7.28 … unusual rate"),
        (550, "5.7.1 from 203.0.113.7 or 2001:db8:0::1", "550 5.7.1 from … or …"),
        (552, "5.3.4 size 31457281 exceeds 10240000", "552 5.3.4 size … exceeds …"),
        (550, "5.7.26 see https://help.test/a?p=x1y2z3 now", "550 5.7.26 see https://help.test/a now"),
        (554, "5.7.1 rejected, id=20a05600c4e4900b003f1234si12wmq.123", "554 5.7.1 rejected, …"),
        (0, "unclear answer to the final dot", "unclear answer to the final dot"),
    ],
)
def test_what_is_different_for_each_message_is_left_out(code: int, text: str, reason: str) -> None:
    assert reason_of(code, text) == reason


@pytest.mark.parametrize(
    ("code", "text", "word"),
    [
        (421, "4.7.23 no PTR record", "PTR"),
        (550, "5.7.25 no PTR record", "PTR"),
        (421, "4.7.26 unauthenticated", "neither SPF nor DKIM"),
        (550, "5.7.26 unauthenticated", "neither SPF nor DKIM"),
        (421, "4.7.27 x", "SPF record"),
        (550, "5.7.27 x", "SPF record"),
        (421, "4.7.28 x", "too much mail"),
        (550, "5.7.28 x", "too much mail"),
        (421, "4.7.29 x", "TLS"),
        (550, "5.7.29 x", "TLS"),
        (421, "4.7.30 x", "DKIM does not pass"),
        (550, "5.7.30 x", "DKIM does not pass"),
        (421, "4.7.31 x", "DMARC record"),
        (550, "5.7.40 x", "DMARC record"),
        (421, "4.7.32 x", "the domain in From is neither"),
        (550, "5.7.32 x", "the domain in From is neither"),
        (550, "5.7.515 Access denied", "Microsoft"),
        (550, "5.1.1 x", "take the address off"),
        (550, "No such user here", "take the address off"),
        (552, "5.2.2 over quota", "full"),
        (552, "message too large", "too large"),
        (554, "5.7.1 blocked using zen.spamhaus.org", "blocklist"),
        (450, "4.2.0 Greylisted, try later", "by itself"),
        (554, "5.7.1 Relay access denied", "login"),
        (421, "closing", "--rate"),
    ],
)
def test_each_answer_has_its_advice(code: int, text: str, word: str) -> None:
    assert word in advice_for(code, text)


def test_an_unknown_answer_has_none() -> None:
    assert advice_for(550, "x") == ""
    # Codes that only look alike.
    assert advice_for(550, "15.1.1 x 5.1.10.4") == ""


def test_the_largest_groups_come_first_and_the_rest_is_put_together() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    answers = [("jo@x.test", 550, f"reason {letter}") for letter in letters] + [
        ("jo@x.test", 550, "often")
    ] * 2
    groups = group_answers(answers)
    assert (groups[0].reason, groups[0].count) == ("550 often", 2)
    assert len(groups) == SHOWN + 1
    assert (groups[-1].reason, groups[-1].count) == ("other answers", 27 - SHOWN)


def test_the_table_is_sound() -> None:
    entries = tomllib.loads((files("mailer.sending") / "advice.toml").read_text("utf-8"))["advice"]
    for entry in entries:
        assert set(entry) <= {"codes", "replies", "says", "advice"}
        assert {"codes", "replies", "says"} & set(entry)
        assert all(re.fullmatch(r"[45]\.\d+\.\d+", code) for code in entry.get("codes", ()))
        assert not entry["advice"].endswith(".")


@given(st.integers(0, 599), st.text())
def test_whatever_a_relay_says_becomes_one_line(code: int, text: str) -> None:
    line = " ".join(text.split())
    assert len(reason_of(code, line).splitlines()) <= 1
    assert isinstance(advice_for(code, line), str)

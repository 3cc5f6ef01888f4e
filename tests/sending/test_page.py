import re
from dataclasses import replace
from datetime import UTC
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sending.scripted import START
from tests.sending.test_timeline import STATES, moment

from mailer.ledger.delivery import Counts, Delivery, DeliveryState, Figures, Send, SendIdentity, SendState
from mailer.sending import plot
from mailer.sending.approval import Approval
from mailer.sending.brake import SlowDown
from mailer.sending.pace import Rate
from mailer.sending.page import report_page
from mailer.sending.plot import plot_of
from mailer.sending.refusals import group_answers
from mailer.sending.report import Report
from mailer.sending.timeline import Moment, timeline_of

EVIL = "</title></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>&amp;"
SEND = Send(
    id="a1b2",
    identity=SendIdentity("spring", "subscribers", where="segment == 'client'"),
    digest="sha256:0123",
    transport="smtp://127.0.0.1:2525",
    created=START,
    state=SendState.FINISHED,
    counts=Counts(listed=12950, duplicates=20, not_selected=500, elsewhere=28),
    tested=True,
    approval=Approval("ledger", "Ann", START, "staff", "smtp://relay.test").to_json(),
    seconds=8.06,
)
REPORT = Report(SEND, Figures(accepted=12380, refused=12, in_doubt=10))
MOMENTS = [moment(second, 100) for second in range(60)] + [moment(60, 1, DeliveryState.REFUSED)]


class Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.text += " "
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def test_the_page_tells_all_there_is() -> None:
    text = " ".join(read(report_page(REPORT, MOMENTS, UTC)).text.split())
    for told in (
        "spring to subscribers",
        "12,380 accepted",
        "listed 12,950",
        "duplicates, folded \N{MINUS SIGN}20",
        "planned 12,402",
        "smtp://127.0.0.1:2525",
        "sha256:0123",
        "by Ann, 2024-05-01 12:00 UTC, to staff, through smtp://relay.test",
        "segment == 'client'",
        "8.1 seconds",
    ):
        assert told in text


def test_domains_that_were_slowed_down_are_told() -> None:
    slowed = [SlowDown("gmail.test", Rate(5, 1.0), START, "421 4.7.28 unusual rate")] * 21
    text = " ".join(read(report_page(replace(REPORT, slowed=slowed), [], UTC)).text.split())
    assert "gmail.test 5/s 421 4.7.28 unusual rate" in text
    assert "and 1 more" in text


def test_whoever_is_untested_is_told_with_the_reason() -> None:
    untested = replace(SEND, tested=False, approval={}, untested="the editor is ill")
    assert "not: the editor is ill" in read(report_page(replace(REPORT, send=untested), [], UTC)).text


def test_the_page_needs_nothing_else() -> None:
    page = report_page(REPORT, MOMENTS, UTC)
    assert "script" not in read(page).tags
    assert not re.search(r"https?://|src=|href=|url\(|@import", page)
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page


def test_hostile_words_stay_words() -> None:
    evil = replace(
        SEND,
        identity=SendIdentity(EVIL, EVIL, where=EVIL),
        transport=EVIL,
        reason=EVIL,
        state=SendState.PAUSED,
        untested=EVIL,
        approval=Approval("lock", EVIL, START, EVIL, EVIL).to_json(),
    )
    report = Report(
        evil,
        Figures(refused=1, deferred=1, in_doubt=1),
        refusals=group_answers([(f"x@{EVIL}", 550, EVIL)]),
        deferrals=group_answers([(f"x@{EVIL}", 450, EVIL)]),
        slowed=[SlowDown(EVIL, Rate(5, 1.0), START, EVIL)],
        in_doubt=[Delivery("s", "k", EVIL, EVIL, {}, DeliveryState.IN_DOUBT, message_id=EVIL)],
    )
    usual = read(report_page(replace(REPORT, figures=Figures(accepted=1)), MOMENTS, UTC))
    found = read(report_page(report, MOMENTS, UTC))
    assert set(found.tags) <= {*usual.tags, "thead", "th"}
    assert not [name for name in found.attributes if name.startswith("on")]
    assert "onload=alert(3)" in found.text


def test_times_are_those_of_the_newsletter() -> None:
    page = report_page(REPORT, MOMENTS, ZoneInfo("Asia/Tokyo"))
    assert "2024-05-01 21:00:00 JST" in page
    assert "in the time of Asia/Tokyo" in page


def test_a_rehearsal_and_a_dry_run_say_so() -> None:
    rehearsal = replace(SEND, identity=replace(SEND.identity, rehearsal=True))
    assert "A rehearsal: nobody was mailed." in report_page(Report(rehearsal, Figures()), [], UTC)
    dry = report_page(Report(replace(SEND, id=""), Figures(), dry_run=True), [], UTC)
    assert "Dry run: nothing was handed over." in dry
    assert "<svg" not in dry


def test_a_few_refusals_among_thousands_are_seen() -> None:
    moments = [moment(0, 5000), moment(0, 1, DeliveryState.REFUSED)]
    (_, refused) = plot_of(timeline_of(moments), UTC).paths[1]
    high = re.search(r"v-([\d.]+)", refused)
    assert high
    assert float(high[1]) >= plot.THINNEST


@pytest.mark.parametrize(
    ("moments", "unit"),
    [
        ([moment(0, 90)], "second"),
        ([moment(0), moment(30)], "second"),
        ([moment(second) for second in range(0, 4000, 40)], "minute"),
        ([moment(second) for second in range(0, 90_000, 1000)], "hour"),
    ],
)
def test_the_rate_has_a_unit_that_makes_it_a_number(moments: list[Moment], unit: str) -> None:
    assert plot_of(timeline_of(moments), UTC).unit == unit


def test_a_pause_is_marked_with_its_length() -> None:
    (gap,) = plot_of(timeline_of([moment(0), moment(7200)]), UTC).breaks
    assert gap.label == "2 h"


@given(st.lists(st.tuples(st.integers(0, 900_000), st.integers(1, 10_000), STATES), min_size=1, max_size=30))
def test_everything_stands_within_the_frame(given_: list[tuple[int, int, DeliveryState]]) -> None:
    found = plot_of(timeline_of([moment(*one) for one in sorted(given_)]), UTC)
    assert all(plot.LEFT <= one.left <= plot.WIDTH - plot.RIGHT + 1 for one in found.columns)
    assert all(one.left + one.width <= plot.WIDTH - plot.RIGHT + 1 for one in found.columns)
    assert all(plot.TOP - 0.1 <= one.at <= plot.HEIGHT - plot.BOTTOM for one in found.rates)
    assert all(plot.LEFT <= one.at <= plot.WIDTH for one in found.times)
    assert 1 <= len(found.times) <= 30

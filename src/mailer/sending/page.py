"""Report -> one HTML page that needs nothing else: no script, no network."""

from collections.abc import Sequence
from datetime import tzinfo
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from mailer import __version__
from mailer.sending import plot
from mailer.sending.report import Report
from mailer.sending.timeline import Moment, timeline_of


def report_page(report: Report, moments: Sequence[Moment], zone: tzinfo) -> str:
    """
    Return the page of a report; `moments` are the send's timeline, times are those of `zone`.

    Whatever relays, lists and people wrote is escaped: it may be hostile.
    """
    return _template().render(
        report=report,
        send=report.send,
        figures=report.figures,
        tiles=_tiles(report),
        rows=_rows(report),
        plot=plot.plot_of(timeline_of(moments), zone) if moments else None,
        size=plot,
        zone=zone,
        version=__version__,
    )


def _tiles(report: Report) -> list[tuple[str, str, int]]:
    """Return the large figures: class, word, number; without those that are nothing."""
    figures = report.figures
    tiles = [
        ("accepted", "accepted", figures.accepted),
        ("deferred", "deferred", figures.deferred),
        ("refused", "refused", figures.refused),
        ("in_doubt", "in doubt", figures.in_doubt),
        ("other", "suppressed", figures.suppressed),
        ("other", "cancelled", figures.cancelled),
        ("other", "remaining", figures.remaining),
    ]
    return [tile for tile in tiles if tile[2] or tile[0] == "accepted"]


def _rows(report: Report) -> list[tuple[str, int]]:
    """Return the plan: what was listed, what fell away, what was planned."""
    counts = report.send.counts
    away = [
        ("duplicates, folded", counts.duplicates),
        ("invalid rows", counts.invalid),
        ("not selected", counts.not_selected),
        ("have it from another send", counts.elsewhere),
    ]
    fell = [(word, -number) for word, number in away if number]
    return [("listed", counts.listed), *fell, ("planned", report.figures.planned)]


@cache
def _template() -> Template:
    environment: Any = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = lambda value: f"{value:,}".replace("-", "\N{MINUS SIGN}")
    source = (files("mailer.sending") / "report.html.jinja").read_text("utf-8")
    template: Template = environment.from_string(source)
    return template

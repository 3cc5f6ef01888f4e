"""Text -> date, as front matter writes it."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

DATE = re.compile(
    r"(?P<year>\d{4})[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)"
    r"(?:(?:[Tt]|[ \t]+)(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?)?"
    r"[ \t]*(?P<zone>[Zz]|UTC|(?P<sign>[-+])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?)?)?"
)
"""ISO 8601 with the freedoms of Jekyll, Hugo and Pelican: slashes, a space before the offset, no seconds."""


def read_date(text: str) -> date | None:
    """Return a date, or a datetime where a time of day is written, or None for any other text."""
    found = DATE.fullmatch(text.strip())
    if not found:
        return None
    part = found.groupdict(default="0")
    try:
        day = date(int(part["year"]), int(part["month"]), int(part["day"]))
        return _with_time(day, found, part) if found["hour"] else day
    except ValueError:
        return None


def _with_time(day: date, found: re.Match[str], part: dict[str, str]) -> datetime:
    fraction = int(part["fraction"].ljust(6, "0")[:6])
    clock = (int(part["hour"]), int(part["minute"]), int(part["second"]), fraction)
    return datetime(day.year, day.month, day.day, *clock, tzinfo=_zone(found, part))


def _zone(found: re.Match[str], part: dict[str, str]) -> timezone | None:
    if not found["zone"]:
        return None
    if not found["sign"]:
        return UTC
    offset = timedelta(hours=int(part["hours"]), minutes=int(part["minutes"]))
    return timezone(-offset if found["sign"] == "-" else offset)

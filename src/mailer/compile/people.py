"""
Filters for people: `date` and `plural`, in the language of the issue.

They run while an issue is compiled, where its language is at hand as `lang`, and for each recipient, where it
stands beside the filter: `{{ recipient.joined | date("long", lang="de") }}` (see `language_for`).
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context

from mailer.errors import did_you_mean
from mailer.issue.date import read_date
from mailer.template.budget import paid
from mailer.template.source import Refused

ENGLISH = "en"
LANGUAGE_FOR = "zxlanguage"
"""The function that gives a deferred filter its language, once what stands in its brackets is checked."""

_STYLES = ("short", "medium", "long", "full", "month", "day")
_KNOWN_PATTERN = re.compile(r"(?:[^%]|%-?[A-Za-z%])*")
_MOST_PATTERN = 200
_PART = re.compile(r"%(?P<bare>-)?(?P<letter>[A-Za-z%])")
_DAY = re.compile(r"%-?[de]")
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})")
_A_DATE = "write a date like 2026-03-14; there is no 'now': an issue stays the same on every day"
_A_STYLE = f"write one of {', '.join(_STYLES)}, or a pattern such as '%d %B %Y'"


@pass_context
def shown_date(context: Context, value: Any, style: Any = "long", lang: str = "") -> Any:
    """
    Return a date in a style or a pattern of `strftime`; `%-d` is a day without a leading zero.

    What is missing or empty stays so, that a default may follow. Raises Refused for what is no date.
    """
    _check_style(style)
    if isinstance(value, Undefined) or value is None or value == "":
        return value
    lang = lang or str(context.get("lang") or ENGLISH)
    return paid(_patterned(_date(value), style, lang) if "%" in style else _styled(_date(value), style, lang))


@pass_context
def plural(context: Context, value: Any, *forms: Any, lang: str = "") -> Any:
    """
    Return the form of a word that a number takes, of as many forms as the language has.

    What is missing stays missing. Raises Refused for what is no number.
    """
    lang = lang or str(context.get("lang") or ENGLISH)
    names = _check_forms(forms, lang)
    if isinstance(value, Undefined):
        return value
    name = _cldr().plural_form(_number(value), lang)
    return paid(dict(zip(names, forms, strict=False)).get(name, forms[-1]))


@pass_context
def language_for(context: Context, name: str, *arguments: Any, **_named: Any) -> str:
    """Return the language of an issue for a filter that waits; raises Refused for what it cannot be given."""
    lang = str(context.get("lang") or ENGLISH)
    if name == "plural":
        _check_forms(arguments, lang)
    elif arguments:
        _check_style(arguments[0])
    return lang


FILTERS: Mapping[str, Callable[..., Any]] = {"date": shown_date, "plural": plural}
"""The filters, by the name that authors write."""


def _cldr() -> Any:
    from mailer.compile import cldr  # noqa: PLC0415 - a tenth of a second, and few issues ask for it

    return cldr


def _check_style(style: Any) -> None:
    if not isinstance(style, str):
        raise Refused("this style of a date is no text", name="date", hint=_A_STYLE)
    if "%" not in style and style not in _STYLES:
        message = f"there is no style of a date '{style}'{did_you_mean(style, _STYLES)}"
        raise Refused(message, name=style, hint=_A_STYLE)
    if len(style) > _MOST_PATTERN or not _KNOWN_PATTERN.fullmatch(style):
        raise Refused("this pattern of a date cannot be used", name="date", hint="write it like '%d %B %Y'")


def _check_forms(forms: tuple[Any, ...], lang: str) -> tuple[str, ...]:
    """Return the names of the forms in their order; more may be given than a language has."""
    names: tuple[str, ...] = _cldr().plural_forms(lang)
    if len(forms) < len(names):
        hint = f"write plural({', '.join(f'{chr(34)}…{chr(34)}' for _ in names)}): {', '.join(names)}"
        raise Refused(f"'{lang}' counts in {len(names)} forms, not {len(forms)}", name="plural", hint=hint)
    return names


def _date(value: Any) -> date:
    if isinstance(value, date):
        return value
    text = str(value).strip()
    if dotted := _DOTTED.fullmatch(text):
        text = f"{dotted['year']}-{dotted['month']}-{dotted['day']}"
    found = read_date(text)
    if found is None:
        raise Refused(f"'{text[:40]}' is no date", name="date", hint=_A_DATE)
    return found


def _number(value: Any) -> int | float:
    if isinstance(value, (int, float)):
        return value
    try:
        return float(value) if "." in str(value) else int(value)
    except (TypeError, ValueError):
        hint = "write digits, such as 12"
        raise Refused(f"'{str(value)[:40]}' is no number", name="plural", hint=hint) from None


def _styled(day: date, style: str, lang: str) -> str:
    return str(_cldr().shown_date(day, style, lang))


def _patterned(day: date, pattern: str, lang: str) -> str:
    """Return a date by a pattern; the names of months and days are those of the language."""
    moment = day if isinstance(day, datetime) else datetime.combine(day, time())
    alone = not _DAY.search(pattern)

    def part(found: re.Match[str]) -> str:
        letter = found["letter"]
        if lang.partition("-")[0] != ENGLISH and letter in "BbhAa":
            return _name(moment, letter, lang, alone=alone)
        shown = moment.strftime(f"%{letter}")
        return (shown.lstrip("0 ") or "0") if found["bare"] else shown

    return _PART.sub(part, pattern)


def _name(day: date, letter: str, lang: str, *, alone: bool) -> str:
    if letter in "Aa":
        return str(_cldr().weekday_name(day, lang, short=letter == "a"))
    return str(_cldr().month_name(day.month, lang, short=letter != "B", alone=alone))

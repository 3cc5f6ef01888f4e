"""Dates and plurals in the words of a language: what Babel has of the Unicode CLDR."""

from copy import deepcopy
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError, localedata
from babel.dates import format_date

_SKELETONS = {"month": "yMMMM", "day": "MMMMd"}
_ORDER = ("zero", "one", "two", "few", "many", "other")
_SMALL = range(200)
"""Numbers among which every form occurs that a language has for whole things."""

_NAMES = ("days", "months")
_FALLBACK = "en"


def shown_date(day: date, style: str, lang: str) -> str:
    """Return a date that is `short`, `medium`, `long` or `full`, its `month` with the year, or its `day`."""
    locale = _locale(lang)
    if style in _SKELETONS:
        style = str(locale.datetime_skeletons[_SKELETONS[style]].pattern)
    return format_date(day, style, locale=locale)


def month_name(month: int, lang: str, *, short: bool, alone: bool) -> str:
    """Return a month's name (1 is January); `alone` it may be another form than beside a day."""
    names = _locale(lang).months["stand-alone" if alone else "format"]
    return str(names["abbreviated" if short else "wide"][month])


def weekday_name(day: date, lang: str, *, short: bool) -> str:
    """Return the name of a day of the week."""
    return str(_locale(lang).days["format"]["abbreviated" if short else "wide"][day.weekday()])


def plural_forms(lang: str) -> tuple[str, ...]:
    """Return the names of the forms that a language has for whole numbers, in CLDR's order."""
    form = _locale(lang).plural_form
    found = {form(number) for number in _SMALL}
    return tuple(name for name in _ORDER if name in found)


def plural_form(number: float, lang: str) -> str:
    """Return the name of the form that a number takes; for a large or a broken one it may be another."""
    return _locale(lang).plural_form(number)


@lru_cache
def _locale(lang: str) -> Locale:
    """Return what is known of a language tag, of its language alone, or of English."""
    for tag in (lang, lang.partition("-")[0]):
        try:
            return _apart(Locale.parse(tag, sep="-"))
        except (UnknownLocaleError, ValueError):
            continue
    return _apart(Locale.parse(_FALLBACK))


def _apart(locale: Locale) -> Locale:
    """
    Give a locale names of its own.

    Locales share what they inherit, and Babel (2.18) writes into it the names that one was asked for: another
    would show Chinese months.
    """
    data = localedata.load(str(locale))
    data.update(deepcopy({name: data[name] for name in _NAMES}))
    return locale

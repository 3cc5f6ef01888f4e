"""A real validator's parser, html5lib, and what it cannot see: comments that mean something to Outlook."""

import re

import html5lib

_CONDITION = re.compile(r"<!--\[if (?P<condition>[^\]]*)\]>(?P<shown><!-->)?|(?P<end><!--)?<!\[endif\]-->")


def errors(html: str, *, fragment: bool = False) -> list[str]:
    """Return all that html5lib calls a parse error: none of its codes is let pass."""
    parser = html5lib.HTMLParser()
    (parser.parseFragment if fragment else parser.parse)(html)
    return [f"line {line}: {code} {values}" for (line, _), code, values in parser.errors]


def torn_conditions(html: str) -> list[str]:
    """Return what is wrong with the comments that mean something to Outlook: they stand one after another."""
    faults = []
    begun: re.Match[str] | None = None
    for one in _CONDITION.finditer(html):
        if (one["condition"] is None) == (begun is None):
            faults.append(f"{one[0]} after {begun and begun[0]}")
        elif begun and bool(begun["shown"]) != bool(one["end"]):
            faults.append(f"{begun[0]} is ended by {one[0]}")
        begun = one if one["condition"] is not None else None
    return faults + ([f"{begun[0]} has no end"] if begun else [])

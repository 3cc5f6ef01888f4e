"""`{% for x in xs limit:3 offset:1 reversed %}` -> Jinja's loop."""

import re

from mailer.compile.liquid.expression import to_jinja
from mailer.compile.liquid.tag import Tag

_LOOP = re.compile(
    r"(?P<names>[\w\s,]+?\sin\s)(?P<values>.+?)"
    r"(?P<settings>(?:\s+(?:reversed|limit\s*:\s*[\w.]+|offset\s*:\s*[\w.]+))*)\s*",
    re.DOTALL,
)
_RANGE = re.compile(r"\(\s*(?P<first>[\w.]+?)\s*\.\.\s*(?P<last>[\w.]+?)\s*\)")
_SETTING = re.compile(r"(?P<name>limit|offset)\s*:\s*(?P<value>[\w.]+)")


def loop(tag: Tag) -> str:
    """Return the tag in Jinja's terms; what is no Liquid stays as it is."""
    found = _LOOP.fullmatch(tag.arguments)
    if not found:
        return f"{tag.opening}{tag.inside}{tag.closing}"
    values, settings = found["values"], found["settings"]
    counted = _RANGE.fullmatch(values)
    if not (counted or settings):
        translated = to_jinja(values)
        return f"{tag.opening}{tag.inside.replace(values, translated)}{tag.closing}"
    if counted:
        values = f"range({counted['first']}, {counted['last']} + 1)"
    given = {setting["name"]: setting["value"] for setting in _SETTING.finditer(settings)}
    turns = f"{to_jinja(values)}{_part(given)}{' | reverse' if 'reversed' in settings.split() else ''}"
    return tag.holding(f"for{found['names']}{turns}")


def _part(given: dict[str, str]) -> str:
    if not given:
        return ""
    start = given.get("offset", "0")
    end = f"{start} + {given['limit']}" if "limit" in given else ""
    return f"[{start}:{end}]"

"""The value of an MJML attribute -> what is wrong with it."""

import re

_LENGTH = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:px|%)")
_PLACEHOLDER = "zxq"
"""A value with a merge field in it is known only later."""

_ONE_OF: dict[str, frozenset[str]] = {
    "align": frozenset({"left", "center", "right", "justify"}),
    "direction": frozenset({"ltr", "rtl"}),
    "dir": frozenset({"ltr", "rtl", "auto"}),
    "text-align": frozenset({"left", "center", "right", "justify", "start", "end"}),
    "vertical-align": frozenset({"top", "middle", "bottom", "baseline"}),
    "full-width": frozenset({"full-width", "false"}),
}
_WRITTEN: dict[str, tuple[re.Pattern[str], str]] = {
    "color": (
        re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})|[a-zA-Z]+|rgba?\([^()]+\)"),
        'a colour is written "#1a56c4"',
    ),
    "letter-spacing": (
        re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:px|em)|normal"),
        'a spacing is written with its unit, "1px"',
    ),
    "line-height": (re.compile(r"[0-9]+(?:\.[0-9]+)?(?:px|%)?"), 'write "1.5" or "24px"'),
}
"""How values are written, by the end of the attribute's name."""

_LENGTHS = frozenset(
    """
    width height font-size icon-size icon-height border-width border-radius inner-border-radius
    background-height background-width
    """.split()  # noqa: SIM905 - read as words
)
_SHORTHANDS = frozenset({"padding", "inner-padding", "icon-padding", "text-padding"})
_MOST_LENGTHS = 4


def fault_of_value(name: str, value: str) -> str:
    """Return what is wrong with an attribute's value and how to write it, or an empty string."""
    if _PLACEHOLDER in value:
        return ""
    if "padding" in name:
        return _fault_of_padding(value, most=_MOST_LENGTHS if name in _SHORTHANDS else 1)
    if name in _LENGTHS:
        return _fault_of_length(value, name)
    if name in _ONE_OF:
        return "" if value in _ONE_OF[name] else f"write one of {', '.join(sorted(_ONE_OF[name]))}"
    pattern, hint = next((known for end, known in _WRITTEN.items() if name.endswith(end)), (None, ""))
    return hint if pattern and not pattern.fullmatch(value) else ""


def _fault_of_padding(value: str, *, most: int) -> str:
    lengths = value.split()
    if "0" in lengths:
        return "a bare 0 makes the column too wide: write 0px"
    if not 1 <= len(lengths) <= most or not all(_LENGTH.fullmatch(length) for length in lengths):
        return 'a padding is written with its unit, "16px"' + (' or "0px 16px"' if most > 1 else "")
    return ""


def _fault_of_length(value: str, name: str) -> str:
    if value == "auto" and name == "height":
        return ""
    lengths = value.split() if name.endswith("radius") else [value]
    if all(_LENGTH.fullmatch(length) for length in lengths) and 1 <= len(lengths) <= _MOST_LENGTHS:
        return ""
    return 'a length is written with its unit, "16px"'

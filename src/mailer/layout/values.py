"""The value of an MJML attribute -> what is wrong with it."""

import re
from collections.abc import Callable
from functools import partial

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
    "font-style": frozenset({"normal", "italic", "oblique"}),
    "font-weight": frozenset({"normal", "bold", *(str(weight) for weight in range(100, 1000, 100))}),
    "text-transform": frozenset({"none", "uppercase", "lowercase", "capitalize"}),
    "text-decoration": frozenset({"none", "underline", "overline", "line-through"}),
    "border-style": frozenset({"none", "solid", "dashed", "dotted", "double"}),
    "background-repeat": frozenset({"repeat", "no-repeat", "repeat-x", "repeat-y"}),
    "table-layout": frozenset({"auto", "fixed", "initial", "inherit"}),
    "fluid-on-mobile": frozenset({"true", "false"}),
    "icon-position": frozenset({"left", "right"}),
    "mode": frozenset({"fixed-height", "fluid-height", "horizontal", "vertical"}),
    "target": frozenset({"_blank", "_self", "_parent", "_top"}),
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
    "cellpadding": (re.compile(r"[0-9]+"), 'a number of pixels is written "4"'),
    "cellspacing": (re.compile(r"[0-9]+"), 'a number of pixels is written "4"'),
    "line-height": (re.compile(r"[0-9]+(?:\.[0-9]+)?(?:px|%)?"), 'write "1.5" or "24px"'),
}
"""How values are written, by the end of the attribute's name."""

_BORDER = re.compile(
    r"none|0(?:px)?"
    r"|[0-9.]+px (?:none|solid|dashed|dotted|double) (?:#[0-9a-fA-F]{3,6}|[a-zA-Z]+|rgba?\([^()]+\))"
)
_BORDER_NAME = re.compile(r"(?:inner-)?border(?:-(?:top|right|bottom|left))?")
_ADDRESSES = frozenset({"href", "src", "srcset", "background-url", "base-url", "background", "action"})
_RUNS_OR_HOLDS = re.compile(r"\s*(?:javascript|vbscript|data|file):", re.IGNORECASE)
_PIXELS_ONLY = frozenset(
    {("mj-body", "width"), ("mj-breakpoint", "width"), ("mj-image", "width"), ("mj-hero", "height")}
)

_LENGTHS = frozenset(
    """
    width height font-size icon-size icon-height border-width border-radius inner-border-radius
    background-height background-width
    """.split()  # noqa: SIM905 - read as words
)
_SHORTHANDS = frozenset({"padding", "inner-padding", "icon-padding", "text-padding"})
_MOST_LENGTHS = 4


def fault_of_value(name: str, value: str, element: str = "") -> str:
    """Return what is wrong with an attribute's value and how to write it, or an empty string."""
    return "" if _PLACEHOLDER in value else _judge(name, element)(value)


def _judge(name: str, element: str) -> Callable[[str], str]:
    if name in _ADDRESSES:
        return fault_of_address
    if _BORDER_NAME.fullmatch(name):
        return _fault_of_border
    if "padding" in name:
        return partial(_fault_of_padding, most=_MOST_LENGTHS if name in _SHORTHANDS else 1)
    if name in _LENGTHS:
        return partial(_fault_of_length, name=name, only_pixels=(element, name) in _PIXELS_ONLY)
    if name in _ONE_OF:
        return partial(_fault_of_choice, choices=_ONE_OF[name])
    return partial(_fault_of_writing, name=name)


def fault_of_address(value: str) -> str:
    """Return what is wrong with an address, or an empty string."""
    return "mail programs follow no such address: write https://…" if _RUNS_OR_HOLDS.match(value) else ""


def _fault_of_border(value: str) -> str:
    return "" if _BORDER.fullmatch(value) else 'a border is written "1px solid #dddddd", or "none"'


def _fault_of_choice(value: str, *, choices: frozenset[str]) -> str:
    return "" if value in choices else f"write one of {', '.join(sorted(choices))}"


def _fault_of_writing(value: str, *, name: str) -> str:
    pattern, hint = next((known for end, known in _WRITTEN.items() if name.endswith(end)), (None, ""))
    return hint if pattern and not pattern.fullmatch(value) else ""


def _fault_of_padding(value: str, *, most: int) -> str:
    lengths = value.split()
    if "0" in lengths:
        return "a bare 0 makes the column too wide: write 0px"
    if not 1 <= len(lengths) <= most or not all(_LENGTH.fullmatch(length) for length in lengths):
        return 'a padding is written with its unit, "16px"' + (' or "0px 16px"' if most > 1 else "")
    return ""


def _fault_of_length(value: str, *, name: str, only_pixels: bool) -> str:
    if only_pixels and value.endswith("%"):
        return 'this length is in pixels, "600px"'
    if value == "auto" and name == "height":
        return ""
    lengths = value.split() if name.endswith("radius") else [value]
    if all(_LENGTH.fullmatch(length) for length in lengths) and 1 <= len(lengths) <= _MOST_LENGTHS:
        return ""
    return 'a length is written with its unit, "16px"'

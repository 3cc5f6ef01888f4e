"""theme.toml -> the values that templates see as `theme`."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mailer.errors import LayoutError, did_you_mean
from mailer.finding import Finding, Severity
from mailer.layout.contrast import ENOUGH
from mailer.layout.palette import FaintPair, faint_pairs, lost_in_the_dark
from mailer.position import Position

KeyPath = tuple[str, ...]
"""Keys from the outermost table inwards: `("light", "text")`."""

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_FONT_FAMILY = re.compile(r"-?[A-Za-z][A-Za-z0-9_-]*(?: [A-Za-z][A-Za-z0-9_-]*)*")
_PICTURE = re.compile(r"https?://[^\s\"'<>]+|[^\s\"'<>:\\]+\.(?:png|jpe?g|gif)", re.IGNORECASE)
_PIXELS = re.compile(r"([0-9]{1,4})px")
_TABLE_LINE = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.\"' -]+?)\s*\]\]?")
_KEY_LINE = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?((?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=")
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)|\(at end of document\)")
_MONTHS = 12
_REMEMBERED = 8
"""Theme files that are kept as read."""


@dataclass(frozen=True, slots=True)
class ThemeFile:
    """The text of one theme.toml and what its author calls it."""

    path: str
    text: str

    def error(self, message: str, at: KeyPath = (), *, hint: str = "") -> LayoutError:
        """Return the error that points to the line of the key `at`."""
        place = self.place(at)
        shown = self.text.splitlines()[place.line - 1] if place.line else ""
        return LayoutError(message, place, hint=hint, source_line=shown)

    def place(self, at: KeyPath) -> Position:
        """Return the line of the key `at`, or the file alone where it is not written on a line of its own."""
        return Position(self.path, _lines_of_keys(self.text).get(at, 0))


def read_theme(builtin: ThemeFile, own: ThemeFile | None) -> tuple[Mapping[str, Any], tuple[Finding, ...]]:
    """
    Return the built-in theme with the project's own values over it, and what the author should know.

    Colours are `#rrggbb`, lengths whole pixels, font families without quotes.
    Raises LayoutError with the line for broken TOML, an unknown key, a value of the wrong kind, and colours
    that are hard to read on one another.
    """
    defaults = parse_theme(builtin)
    theme = _checked(defaults, defaults, builtin, ())
    if own is None:
        return theme, ()
    changed = _checked(parse_theme(own), defaults, own, ())
    merged = _merged(theme, changed)
    _refuse_faint(tuple(faint_pairs(merged, changed)), own)
    return merged, tuple(_darkened(pair, own) for pair in lost_in_the_dark(merged, changed))


@lru_cache(maxsize=_REMEMBERED)
def parse_theme(file: ThemeFile) -> Mapping[str, Any]:
    """Return what a theme file says, unchecked; raise LayoutError for broken TOML."""
    try:
        return tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line, column = (int(number or 0) for number in place.groups()) if place else (0, 0)
        line = line or len(file.text.splitlines())
        what = _TOML_PLACE.sub("", str(error)).strip()
        raise LayoutError(
            f"this is not TOML: {what}", Position(file.path, line, column), hint="see https://toml.io"
        ) from None


def _checked(
    values: Mapping[str, Any], known: Mapping[str, Any], file: ThemeFile, at: KeyPath
) -> dict[str, Any]:
    return {key: _checked_value(value, known, file, (*at, key)) for key, value in values.items()}


def _checked_value(value: Any, known: Mapping[str, Any], file: ThemeFile, at: KeyPath) -> Any:
    key = at[-1]
    if _is_of_language(at, value):
        return _checked(value, known, file, at)
    if key not in known:
        where = f"[{'.'.join(at[:-1])}]" if at[:-1] else "the theme"
        raise file.error(
            f"unknown key '{key}' in {where}{did_you_mean(key, known)}",
            at,
            hint=f"known keys: {', '.join(known)}",
        )
    if isinstance(known[key], dict):
        if not isinstance(value, dict):
            raise file.error(f"'{key}' is a table: write [{key}] on a line of its own", at)
        return _checked(value, known[key], file, at)
    try:
        return _kind(at, known[key])(value)
    except ValueError as error:
        raise file.error(f"'{'.'.join(at)}' must be {error}, not {value!r}", at) from None


def _is_of_language(at: KeyPath, value: Any) -> bool:
    """Tell whether a table holds the words of one language: `[words.de]`."""
    return len(at) == len(("words", "de")) and at[0] == "words" and isinstance(value, dict)


def _kind(at: KeyPath, default: Any) -> Callable[[Any], Any]:
    """Return the function that checks the value at a key; its ValueError says what the value must be."""
    if at[0] in {"light", "dark"}:
        return _colour
    kinds: dict[str, Callable[[Any], Any]] = {
        "font": _font,
        "code_font": _font,
        "src": _address,
        "dark": _address,
        "social": _social,
        "months": _months,
        "width": _width if len(at) == 1 else _pixels,
    }
    return kinds.get(at[-1], _pixels if isinstance(default, int) else _text)


def _colour(value: Any) -> str:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise ValueError('a colour such as "#1a56c4"')
    digits = value[1:] if len(value) == len("#rrggbb") else "".join(2 * digit for digit in value[1:])
    return f"#{digits.lower()}"


def _pixels(value: Any) -> int:
    written = _PIXELS.fullmatch(value) if isinstance(value, str) else None
    number = int(written[1]) if written else value
    if type(number) is not int or not 0 <= number <= 2000:  # noqa: PLR2004 - wider than any mail
        raise ValueError("a number of pixels such as 16")
    return number


def _width(value: Any) -> int:
    try:
        width = _pixels(value)
    except ValueError:
        width = 0
    if not 320 <= width <= 900:  # noqa: PLR2004 - narrower is no column, wider fits no reading pane
        raise ValueError("a width from 320 to 900 pixels such as 640")
    return width


def _font(value: Any) -> str:
    families = [family.strip(" \"'") for family in value.split(",")] if isinstance(value, str) else [""]
    if not all(_FONT_FAMILY.fullmatch(family) for family in families):
        raise ValueError('font families such as "Georgia, Times New Roman, serif"')
    return ", ".join(families)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("text in quotes")  # noqa: TRY004 - every wrong value takes one road
    return value


def _address(value: Any) -> str:
    if not isinstance(value, str) or (value and not _PICTURE.fullmatch(value)):
        raise ValueError('an address such as "https://example.com/logo.png", or a picture of the project')
    return value


def _social(value: Any) -> list[dict[str, str]]:
    wanted = 'a list such as [{ name = "GitHub", url = "https://github.com/example" }]'
    if not isinstance(value, list):
        raise ValueError(wanted)  # noqa: TRY004 - every wrong value takes one road
    for link in value:
        if not isinstance(link, dict) or set(link) != {"name", "url"} or not _text(link["name"]):
            raise ValueError(wanted)
        if not re.fullmatch(r"(?:https?://|mailto:)[^\s\"'<>]+", _text(link["url"])):
            raise ValueError(wanted)
    return value


def _months(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) != _MONTHS or not all(isinstance(one, str) for one in value):
        raise ValueError("the names of the twelve months")
    return value


def _merged(theme: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(theme)
    for key, value in changed.items():
        merged[key] = _merged(theme.get(key, {}), value) if isinstance(value, dict) else value
    return merged


def _refuse_faint(faint: Sequence[FaintPair], file: ThemeFile) -> None:
    """Raise LayoutError for the first pair of colours that is hard to read; the hint tells the others."""
    if not faint:
        return
    worst, *others = faint
    hint = f"make '{worst.front}' and '{worst.back}' differ more in lightness"
    if worst.nearest:
        hint = f'the nearest colour that passes: {worst.key} = "{worst.nearest}"'
    if others:
        hint += f"; these fail too: {', '.join(f'{pair} ({pair.ratio:.1f})' for pair in others)}"
    message = f"{worst} has a contrast of {worst.ratio:.1f}, text needs {ENOUGH}"
    raise file.error(message, (worst.palette, worst.key), hint=hint)


def _darkened(pair: FaintPair, file: ThemeFile) -> Finding:
    return Finding(
        "A11Y-18",
        Severity.WARNING,
        f"{pair} has a contrast of {pair.ratio:.1f} where a mail program darkens the page by force",
        f"take '{pair.key}' out of the middle: clearly light or clearly dark",
        file.place((pair.palette, pair.key)),
    )


def _lines_of_keys(text: str) -> dict[KeyPath, int]:
    """Return the line of each key and table, as far as they are written one a line."""
    lines: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if key := _KEY_LINE.match(line):
            lines.setdefault((*table, *_dotted(key[1] + key[2])), number)
        elif header := _TABLE_LINE.match(line):
            table = _dotted(header[1])
            lines.setdefault(table, number)
    return lines


def _dotted(name: str) -> KeyPath:
    return tuple(part.strip(" \"'") for part in name.split("."))

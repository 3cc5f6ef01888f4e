"""Two colours -> how well one is read on the other, and the nearest colour that is read well."""

from collections.abc import Iterator, Sequence

ENOUGH = 4.5
"""The ratio that running text needs (WCAG 2.2, success criterion 1.4.3)."""

_ON_PANELS = ("card", "background", "panel", "note_background", "warning_background", "table_head")
_ON_CODE = ("code", "link", "code_comment", "code_keyword", "code_name", "code_number", "code_string")

READ_ON: tuple[tuple[str, str], ...] = (
    *((front, back) for back in _ON_PANELS for front in ("text", "heading", "muted", "link")),
    *((front, "code_background") for front in _ON_CODE),
    ("heading", "mark"),
    ("button_text", "accent"),
)
"""The pairs of theme colours (foreground, background) that meet in the built-in layouts."""

_STEPS = 256


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def nearest_readable(colour: str, others: Sequence[str]) -> str:
    """Return `colour` with as much black or white as makes it ENOUGH apart from all others, or nothing."""
    for step in range(_STEPS + 1):
        for mixed in _mixes(colour, step / _STEPS):
            if all(contrast(mixed, other) >= ENOUGH for other in others):
                return mixed
    return ""


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of a `#rrggbb` colour, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mixes(colour: str, share: float) -> Iterator[str]:
    """Yield the colours at most `share` of the way from black to white away from `colour`."""
    for end in (0, 255):
        whole = max(abs(end - channel) for channel in channels(colour)) or 1
        part = min(1.0, share * 255 / whole)
        mixed = (round(channel + (end - channel) * part) for channel in channels(colour))
        yield "#" + "".join(f"{channel:02x}" for channel in mixed)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    dark = 0.04045
    return channel / 12.92 if channel <= dark else ((channel + 0.055) / 1.055) ** 2.4

"""Two colours -> how well one is read on the other."""

ENOUGH = 4.5
"""The ratio that running text needs (WCAG 2.2, success criterion 1.4.3)."""

READ_ON: tuple[tuple[str, str], ...] = (
    ("text", "card"),
    ("heading", "card"),
    ("muted", "card"),
    ("link", "card"),
    ("code", "code_background"),
    ("link", "code_background"),
    ("heading", "table_head"),
    ("link", "table_head"),
    ("button_text", "accent"),
    ("text", "background"),
    ("muted", "background"),
    ("link", "background"),
)
"""The pairs of theme colours (foreground, background) that meet in the built-in layout."""


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    dark = 0.04045
    return channel / 12.92 if channel <= dark else ((channel + 0.055) / 1.055) ** 2.4

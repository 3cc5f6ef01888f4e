"""Names of emoji between colons, as on GitHub: `:tada:`."""

from importlib import import_module

from mailer.compile.marker import MARKER

SHORTCODE = r":(?:(?<=[0-9]zx:)|(?<![A-Za-z0-9_]:))[a-z0-9_+-]{1,60}:(?=[^A-Za-z0-9_]|zxq|\Z)"
"""It begins with a plain character: patterns are looked for faster that do."""


def find_emoji(shortcode: str) -> str:
    """Return the emoji of a name, colons around it; of an unknown name the shortcode itself."""
    if MARKER.search(shortcode):
        return shortcode
    emojize = import_module("emoji").emojize  # its table takes long to load, and few texts need it
    shown: str = emojize(shortcode, language="alias")
    return shown

"""
A pair of light colours -> what a mail program makes of it that darkens mails by force.

Programs that ignore the dark palette (Gmail's, Outlook's) do one of two things, each with its own arithmetic;
these are their common core.
"""

import colorsys

from mailer.layout.contrast import channels

_MIDDLE = 0.5


def inverted(colour: str) -> str:
    """Return the colour with its lightness turned over: hue and saturation stay."""
    hue, lightness, saturation = _to_hls(colour)
    turned = colorsys.hls_to_rgb(hue, 1 - lightness, saturation)
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in turned)


def fully_inverted(front: str, back: str) -> tuple[str, str]:
    """Return text and background where both are turned over, whatever they are (Gmail on iPhones)."""
    return inverted(front), inverted(back)


def partly_inverted(front: str, back: str) -> tuple[str, str]:
    """Return text and background where only light backgrounds and dark text are (Android, Outlook)."""
    light_ground, dark_text = _lightness(back) > _MIDDLE, _lightness(front) < _MIDDLE
    return inverted(front) if dark_text else front, inverted(back) if light_ground else back


def _to_hls(colour: str) -> tuple[float, float, float]:
    red, green, blue = (channel / 255 for channel in channels(colour))
    return colorsys.rgb_to_hls(red, green, blue)


def _lightness(colour: str) -> float:
    return _to_hls(colour)[1]

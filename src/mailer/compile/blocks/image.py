"""Images whose natural size is known -> images that say how large they are shown."""

import re

from mailer.compile.blocks.element import width_at
from mailer.compile.fragment import Element

NATURAL = "data-natural"
"""On an image, its size in pixels as `800x600`, a height not known as 0; taken away when it is sized."""

_SIZE = re.compile(r"([1-9]\d{0,4})x(\d{1,5})")
_PIXELS = re.compile(r"([1-9]\d{0,4})(?:px)?")


def size_images(root: Element, outermost: int) -> None:
    """
    Give images a width, no wider than what is around them, and the height that belongs to it.

    `outermost` is the width of the content. A width that is given already is kept while there is room.
    """
    for image in root.iter("img"):
        natural = _SIZE.fullmatch(image.attrib.pop(NATURAL, ""))
        if natural and "width" not in image.get("style", ""):
            _size(image, (int(natural[1]), int(natural[2])), width_at(image, outermost))


def _size(image: Element, natural: tuple[int, int], room: int) -> None:
    """Write the attributes: Outlook knows no other size."""
    width, height = natural
    told, high = (_PIXELS.fullmatch(image.get(name, "")) for name in ("width", "height"))
    if told is None and image.get("width"):
        return  # a share such as 50%
    if told and high and int(told[1]) <= room:
        return
    wanted = int(told[1]) if told else round(int(high[1]) * width / height) if high and height else width
    shown = max(1, min(wanted, room))
    image.set("width", str(shown))
    if height:
        image.set("height", str(max(1, round(shown * height / width))))

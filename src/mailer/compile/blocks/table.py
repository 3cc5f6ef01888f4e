"""Every block by its name."""

from collections.abc import Mapping

from mailer.compile.blocks import (
    audience,
    button,
    callout,
    card,
    columns,
    divider,
    hero,
    image_row,
    include,
    only,
    social,
    spacer,
    text,
    video,
)
from mailer.compile.blocks.block import Block

BLOCKS: Mapping[str, Block] = {
    "audience": audience.BLOCK,
    "button": button.BLOCK,
    "callout": callout.BLOCK,
    "card": card.BLOCK,
    "column": columns.COLUMN,
    "columns": columns.BLOCK,
    "divider": divider.BLOCK,
    "hero": hero.BLOCK,
    "image-row": image_row.BLOCK,
    "include": include.BLOCK,
    "only": only.BLOCK,
    "social": social.BLOCK,
    "spacer": spacer.BLOCK,
    text.NAME: text.BLOCK,
    "video": video.BLOCK,
}

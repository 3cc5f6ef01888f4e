"""`only`: for the email's page, the page on the web or the text part."""

from mailer.compile.blocks.block import Block, Values
from mailer.compile.blocks.setting import Setting
from mailer.compile.blocks.values import required, some_of
from mailer.compile.fragment import Element, drop, unwrap


def keep_or_drop(element: Element, values: Values, setting: Setting) -> None:
    """Keep what is meant for the page that is made."""
    if setting.target in values["for"].split():
        unwrap(element)
    else:
        drop(element)


BLOCK = Block(
    html=keep_or_drop,
    text=keep_or_drop,
    keys={"for": required(some_of("email", "web", "text"))},
    word="for",
)

"""
Building blocks: `::: name {key=value}` … `:::` -> plain elements.

Four steps, for a block is read where it was written and made where the page is:

    source = read_fences(source, places)      # before templates run: names and values, each fault at its line
    shape_blocks(root, setting)               # in polish: links and images in place of values
    bind_texts(root)                          # in polish, once figures are made
    fragment = expand(fragment, setting)      # after settle: tables for mail programs, or lines of text
"""

from mailer.compile.blocks.expand import bind_texts, buttons_in_text, expand, shape_blocks
from mailer.compile.blocks.fences import read_fences
from mailer.compile.blocks.setting import Form, Place, Setting

__all__ = [
    "Form",
    "Place",
    "Setting",
    "bind_texts",
    "buttons_in_text",
    "expand",
    "read_fences",
    "shape_blocks",
]

"""
Liquid (Jekyll) and Hugo's shortcodes in an issue: turned into Jinja before any template runs.

Tags that are Jinja already stay to the letter, so both may stand in one file. Each tag is one line of a table
(`block.BLOCKS`, `shortcode`), each filter one of `filters.PLAIN` and `filters.WITH_ARGUMENTS`.
"""

from mailer.compile.liquid.filters import FILTERS
from mailer.compile.liquid.more import without_more
from mailer.compile.liquid.site import Site, site_of
from mailer.compile.liquid.translate import read_liquid

__all__ = ["FILTERS", "Site", "read_liquid", "site_of", "without_more"]

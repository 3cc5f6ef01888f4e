"""Finished page or text with markers -> self-contained Jinja source."""

from collections.abc import Mapping

from mailer.compile.merge.render import Tag


def restore(html: str, tags: Mapping[str, Tag]) -> str:
    """
    Put the tags back in place of their markers, words and comments alike; literal braces stay literal.

    A value at the start of a link or image address may only bring http, https, mailto or tel.
    """
    raise NotImplementedError


def restore_text(text: str, tags: Mapping[str, Tag]) -> str:
    """As `restore`, for plain text: a line of nothing but control markers leaves no blank line."""
    raise NotImplementedError

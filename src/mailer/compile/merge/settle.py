"""HTML with marker words -> HTML in which control markers are comments at places where they do no harm."""

from collections.abc import Mapping

from mailer.compile.merge.render import Tag


def settle(fragment: str, tags: Mapping[str, Tag]) -> str:
    """
    Turn the control markers in the text of `fragment` into comments and move them where they keep it whole.

    Everything else stays byte for byte. Markers in attributes, and values, stay words; comments that hold a
    marker are taken as markers. Works on MJML too. Raises CompileError (stage `merge`) for a block that opens
    in one element and closes in another, and for a control tag inside an HTML tag.
    """
    raise NotImplementedError

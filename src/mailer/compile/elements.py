"""What HTML in an issue cannot hold: each is refused at its line, because mail programs would lose it."""

from collections.abc import Mapping

from mailer.compile.fragment import Comment, Element
from mailer.compile.written import Markdown
from mailer.errors import IssueError
from mailer.position import Position

_PAGE = ("belongs to the head of a page", "remove it; the layout writes the head")
_SWALLOWS = ("takes the text after it out of the page", "write a fenced code block: ```")
_REFUSED: Mapping[str, tuple[str, str]] = {
    "base": _PAGE,
    "link": ("would be fetched", "move the rules to layouts/content.css"),
    "meta": _PAGE,
    "plaintext": _SWALLOWS,
    "script": ("is run by no mail program", "remove it, and write a link to the page that has it"),
    "style": ("belongs to the layout", "move the rules to layouts/content.css"),
    "textarea": ("shows nothing in an email", "write a link to a page with a form"),
    "title": ("belongs to the head of a page", "write `title: …` or `subject: …` in the front matter"),
    "xmp": _SWALLOWS,
}
_MJML = ("is MJML, which an issue cannot hold", "write it in a layout")
_END_OF_PAGE = "</body></html>"


def refuse_elements(root: Element, source: Markdown) -> None:
    """Raise IssueError for the first element, or comment without an end, that would lose or spoil text."""
    for node in root.iter():
        if isinstance(node, Comment):
            _refuse_open_comment(node.text or "", source)
        elif isinstance(node.tag, str) and (reason := _reason(node.tag)):
            position = source.find_markup(f"<{node.tag}")
            raise _refusal(f"<{node.tag}> {reason[0]}", position, reason[1], source)


def _reason(tag: str) -> tuple[str, str] | None:
    return _MJML if tag == "mjml" or tag.startswith("mj-") else _REFUSED.get(tag)


def _refuse_open_comment(text: str, source: Markdown) -> None:
    if text.endswith(_END_OF_PAGE):
        first_line = text.removesuffix(_END_OF_PAGE).split("\n")[0]
        position = source.find_markup(f"<!--{first_line}")
        raise _refusal("<!-- begins a comment that never ends", position, "close it with -->", source)


def _refusal(message: str, position: Position, advice: str, source: Markdown) -> IssueError:
    hint = f"{advice}; to show it, put it between backquotes"
    return IssueError(message, position, hint=hint, source_line=source.line(position))

"""What HTML in an issue cannot hold: each is refused at its line, because mail programs would lose it."""

from collections.abc import Mapping

from lxml import etree

from mailer.compile.fragment import Comment, Element
from mailer.compile.written import Markdown
from mailer.errors import IssueError
from mailer.position import Position

_PAGE = ("belongs to the head of a page", "remove it; the layout writes the head")
_PLAYS = ("is shown by no mail program", "write ::: video, or a link to the page that has it")
_ASKS = ("works in no mail program", "write a link to a page with the form")
_SWALLOWS = ("takes the text after it out of the page", "write a fenced code block: ```")
_REFUSED: Mapping[str, tuple[str, str]] = {
    "audio": _PLAYS,
    "base": _PAGE,
    "button": ("works in no mail program", "write [text](https://…){.button}"),
    "embed": _PLAYS,
    "form": _ASKS,
    "iframe": _PLAYS,
    "input": _ASKS,
    "link": ("would be fetched", "move the rules to layouts/content.css"),
    "meta": _PAGE,
    "object": _PLAYS,
    "plaintext": _SWALLOWS,
    "script": ("is run by no mail program", "remove it, and write a link to the page that has it"),
    "select": _ASKS,
    "style": ("belongs to the layout", "move the rules to layouts/content.css"),
    "svg": ("is shown by few mail programs", "save it as a PNG"),
    "textarea": _ASKS,
    "title": ("belongs to the head of a page", "write `title: …` or `subject: …` in the front matter"),
    "video": _PLAYS,
    "xmp": _SWALLOWS,
}
_MJML = ("is MJML, which an issue cannot hold", "write it in a layout")
_END_OF_PAGE = "</body></html>"
_WITH_PROGRAMS = etree.XPath(".//*[@*[starts-with(name(), 'on')]]")


def refuse_elements(root: Element, source: Markdown) -> None:
    """Raise IssueError for the first element, comment or attribute that mails lose or that spoils text."""
    for node in root.iter():
        if isinstance(node, Comment):
            _refuse_open_comment(node.text or "", source)
        elif isinstance(node.tag, str) and (reason := _reason(node.tag)):
            position = source.find_markup(f"<{node.tag}")
            raise _refusal(f"<{node.tag}> {reason[0]}", position, reason[1], source)
    for element in _WITH_PROGRAMS(root):
        _refuse_program(element, source)


def _reason(tag: str) -> tuple[str, str] | None:
    return _MJML if tag == "mjml" or tag.startswith("mj-") else _REFUSED.get(tag)


def _refuse_program(element: Element, source: Markdown) -> None:
    name = next(name for name in element.keys() if name.startswith("on"))  # noqa: SIM118 - no table
    raise _refusal(f"'{name}' is run by no mail program", source.find_markup(name), "take it out", source)


def _refuse_open_comment(text: str, source: Markdown) -> None:
    if text.endswith(_END_OF_PAGE):
        first_line = text.removesuffix(_END_OF_PAGE).split("\n")[0]
        position = source.find_markup(f"<!--{first_line}")
        raise _refusal("<!-- begins a comment that never ends", position, "close it with -->", source)


def _refusal(message: str, position: Position, advice: str, source: Markdown) -> IssueError:
    hint = f"{advice}; to show it, put it between backquotes"
    return IssueError(message, position, hint=hint, source_line=source.line(position))

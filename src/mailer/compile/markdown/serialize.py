"""Element tree -> HTML, each block on a line of its own, code and text byte for byte."""

from xml.etree.ElementTree import Element

from mailer.compile.markdown.spans import COMMENT, RAW, RAW_BLOCK

LEAVES = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "li", "dt", "dd", "th", "td"))
CONTAINERS = frozenset(("blockquote", "ul", "ol", "dl", "table", "thead", "tbody", "tr", "div"))
VOID = frozenset(("br", "hr", "img"))
SPECIAL = {RAW_BLOCK: "%s\n", COMMENT: "<!--%s-->\n"}
BLOCKS = LEAVES | CONTAINERS | SPECIAL.keys()


def write_html(root: Element) -> str:
    """Return the HTML of a tree, its root included."""
    out: list[str] = []
    # Blocks and inline elements both have bounded depth, so recursion is safe.
    _write(out, root)
    return "".join(out)


def _write(out: list[str], element: Element) -> None:
    tag = element.tag
    if tag == RAW:
        out.append(element.text or "")
    elif tag in SPECIAL:
        _new_line(out)
        out.append(SPECIAL[tag] % (element.text or ""))
    elif tag in CONTAINERS:
        _write_block(out, element, newline="\n")
    elif tag in LEAVES:
        _write_block(out, element, newline="")
    elif tag == "hr":
        _new_line(out)
        out.append(f"{_start(element)}\n")
    elif tag in VOID:
        out.append(_start(element))
    else:
        out.append(_start(element))
        _write_content(out, element)
        out.append(f"</{tag}>")
    if element.tail:
        out.append(escape(element.tail))


def _write_block(out: list[str], element: Element, newline: str) -> None:
    _new_line(out)
    out.append(_start(element) + newline)
    _write_content(out, element)
    if newline or (len(element) and _ends_block(element[-1])):
        _new_line(out)
    out.append(f"</{element.tag}>\n")


def _ends_block(last: Element) -> bool:
    return not last.tail and last.tag in BLOCKS


def _write_content(out: list[str], element: Element) -> None:
    if element.text:
        out.append(escape(element.text))
    for child in element:
        _write(out, child)


def _new_line(out: list[str]) -> None:
    if out and not out[-1].endswith("\n"):
        out.append("\n")


def _start(element: Element) -> str:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.items())
    return f"<{element.tag}{attributes}>"


def escape(text: str) -> str:
    """Escape what means something in HTML."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text.replace('"', "&quot;") if '"' in text else text

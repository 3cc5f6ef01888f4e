"""A page read strictly: every element closed by its own tag, in order."""

from html.parser import HTMLParser

VOID = frozenset(["br", "col", "hr", "img", "input", "link", "meta", "wbr"])
BLOCKS = frozenset(["blockquote", "div", "figure", "h1", "h2", "h3", "ol", "p", "pre", "table", "ul"])
"""What ends a paragraph that is still open (HTML, section 13.1.2.4)."""


class StrictReader(HTMLParser):
    """Reads a page; `faults` are what a browser would have to guess about."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.open: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            self.faults.append(f"line {self.getpos()[0]}: <{tag}> has an attribute twice")
        if "p" in self.open and tag in BLOCKS:
            self.faults.append(f"line {self.getpos()[0]}: <{tag}> inside a paragraph")
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.faults.append(f"line {self.getpos()[0]}: <{tag} /> is no empty element")
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"line {self.getpos()[0]}: </{tag}> closes {self.open[-1:] or 'nothing'}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def read_page(html: str) -> StrictReader:
    reader = StrictReader()
    reader.feed(html)
    reader.close()
    reader.faults += [f"<{tag}> is never closed" for tag in reader.open]
    return reader

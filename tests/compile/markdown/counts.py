"""How many of each element a fragment holds, so that two converters can be compared."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import unquote

COUNTED = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "li", "img", "table", "pre", "em", "strong"))


class Counts(HTMLParser):
    """
    Counts elements, and links but for those that show their own address.

    A bare address is a link for one converter and text for the other.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: Counter[str] = Counter()
        self.target = ""
        self.shown = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.target, self.shown = dict(attrs).get("href") or "", ""
        self.found[tag] += tag in COUNTED

    def handle_data(self, data: str) -> None:
        self.shown += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            bare = self.shown and unquote(self.target).endswith(unquote(self.shown))
            self.found["a"] += bool(self.target) and not bare
            self.target = ""


def count(html: str) -> Counter[str]:
    """Return how often each element occurs."""
    counts = Counts()
    counts.feed(html)
    counts.close()
    return +counts.found

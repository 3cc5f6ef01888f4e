"""Tags of other systems that Markdown files carry: Liquid (Jekyll) and Hugo's shortcodes."""

import re
from dataclasses import dataclass

_ADVICE = {
    "assign": "write {% set name = value %}",
    "capture": "write {% set name %}…{% endset %}",
    "case": "write {% if … %}{% elif … %}{% endif %}",
    "comment": "write {#* … *#}",
    "cycle": "write {{ loop.cycle('a', 'b') }}",
    "decrement": "",
    "echo": "write {{ value }}",
    "elsif": "write {% elif … %}",
    "feed_meta": "",
    "gist": "write a link",
    "highlight": "write a fenced code block: ```python",
    "include_cached": "write {% include 'file' %}",
    "include_relative": "write {% include 'file' %}",
    "increment": "",
    "link": "write the page's address",
    "liquid": "write each tag by itself",
    "post_url": "write the post's address",
    "render": "write {% include 'file' %}",
    "seo": "",
    "tablerow": "write {% for … %} around the row",
    "unless": "write {% if not … %}…{% endif %}",
    "when": "write {% elif … %}",
    "youtube": "write a link, with a picture",
}
_BLANKET = "to show it as it stands, put it between {% raw %} and {% endraw %}"

_RAW = re.compile(r"\{%[-+]?\s*raw\s*-?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}", re.DOTALL)
_FOREIGN = re.compile(
    r"""\{\{[<%]\s*/?\s*(?P<shortcode>[\w./-]+)
      | \{\{-?\s*(?P<hugo>[.$][A-Za-z]\w*(?:\.\w+)*)
      | \{%[-+]?\s*(?P<liquid>(?:end)?[a-z_]+)\b
        (?P<rest>[^%]*)""",
    re.VERBOSE,
)
_BARE_FILE = re.compile(r"\s+(?P<file>[\w./-]+\.[a-z]+)(?=[\s-]|$)(?P<arguments>.*)", re.DOTALL)
_LIQUID_ARGUMENT = re.compile(r"\|\s*(?P<filter>[a-z_]+)\s*:")


@dataclass(frozen=True, slots=True)
class ForeignTag:
    """A tag of another system: where it begins, what is wrong and what to write instead."""

    offset: int
    message: str
    hint: str


def find_foreign(text: str) -> ForeignTag | None:
    """Return the first tag of another system outside `{% raw %}`, or None."""
    visible = _RAW.sub(lambda raw: re.sub(r"[^\n]", " ", raw[0]), text)
    return next((found for match in _FOREIGN.finditer(visible) if (found := _named(match))), None)


def _named(match: re.Match[str]) -> ForeignTag | None:
    if match["shortcode"]:
        message, advice = f"Hugo shortcode '{match['shortcode']}' is not supported here", "write Markdown"
    elif match["hugo"]:
        message, advice = f"Hugo's '{match['hugo']}' is not known here", "write {{ site.… }} or {{ issue.… }}"
    else:
        message, advice = _liquid(match["liquid"], match["rest"])
    hint = "; ".join(filter(None, (advice, _BLANKET)))
    return ForeignTag(match.start(), message, hint) if message else None


def _liquid(word: str, rest: str) -> tuple[str, str]:
    plain = word.removeprefix("end")
    if plain in _ADVICE:
        return f"Liquid tag '{word}' is not supported here", _ADVICE[plain]
    bare = _BARE_FILE.match(rest) if word == "include" else None
    if not bare:
        return "", ""
    return (
        f"Liquid's include of '{bare['file']}' is not supported here",
        f"write {{% include '{bare['file']}' %}}",
    )


def liquid_argument(line: str) -> str:
    """Return how to write the first Liquid filter with an argument in the line, or an empty string."""
    found = _LIQUID_ARGUMENT.search(line)
    return f"a filter's argument stands in brackets: {found['filter']}(…)" if found else ""

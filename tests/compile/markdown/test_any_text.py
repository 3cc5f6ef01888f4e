"""Any text converts, and what an author wrote comes through."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from mailer.compile.markdown import to_html
from mailer.compile.marker import MARKER, marker

TAG = re.compile(r"<[^>]*>")

# fmt: off
PIECES = st.sampled_from([
    "\n", "\n\n", "  \n", "\\", "*", "**", "***", "_", "__", "~~", "==", "`", "``", "```\n", "~~~\n",
    "# ", "## ", "===", "---", "***\n", "- ", "+ ", "1. ", "2) ", "> ", ">", "    ", "\t", "|", "[",
    "]", "(", ")", "!", "[](u)", '](<u> "t")', "[a]: /u\n", "[^1]", "[^1]: ", "*[A]: b\n", ": ", "<",
    ">", "<b>", "</b>", "<div>", "</div>", '<div markdown="1">', "<!--", "-->", "<?", "<![CDATA[",
    "&", "&amp;", "&#0;", "&#x110000;", '"', "'", "--", "...", "{", "}", "{: .a}", "{#b}", "https://",
    "www.", "a@b.cd", "word", "A", "|a|b|\n", "|-|-|\n", "[ ] ", "\u00e4", "\u5b57", "\xa0", "\x00",
    "\x02", "\x03", "\r", "\x0c", "\x1b", "\ud800",
])
# fmt: on
MARKERS = st.builds(marker, st.just("abcd"), st.integers(0, 9), st.sampled_from("vomes"), st.integers(0, 3))
SOURCES = st.lists(PIECES | MARKERS | st.text(max_size=3), max_size=60).map("".join)


@given(SOURCES)
def test_any_text_converts(source: str) -> None:
    html = to_html(source)

    assert "\x02" not in html
    assert "\x03" not in html


# fmt: off
VISIBLE = st.sampled_from([
    "\n", "\n\n", "  \n", "\\", "*", "**", "***", "_", "__", "~~", "==", "^", "`", "``", "# ", "## ",
    "\n===\n", "\n---\n", "- ", "+ ", "1. ", "2) ", "> ", "    ", "\t", "!", "(", ")", ": ", "&",
    "&amp;", '"', "'", "--", "...", "{", "}", " {: .word}", "\n{#word .b}\n", "www.word.org",
    "a@word.org", "https://example.org/word", "word", "word ", "[ ] ", "|word|b|\n", "|-|-|\n", "|",
])
# fmt: on


@given(st.lists(VISIBLE, max_size=60).map("".join))
def test_every_word_comes_through(source: str) -> None:
    assert to_html(source).count("word") >= source.count("word")


SLIPPED = st.sampled_from([
    "[word]((http://a.word)", "[word]( http://a.word)", "[word] (http://a.word)", "[word](www.word.de)",
    "[word](a@word.de)", "** word **", "**word: **", "##word", "$word_1 = word^2$", "$$word = 1$$",
    "\\(word^2\\)", ":tada:", ":word:", "~~~ python\nword = 'word'\n~~~\n", "[^word]\n\n[^word]: word\n",
])  # fmt: skip


@given(st.lists(VISIBLE | SLIPPED, max_size=40).map("".join), st.sampled_from(["en", "fr", "ja"]))
def test_no_word_is_lost_or_doubled_beside_slips(source: str, lang: str) -> None:
    shown = unescape(TAG.sub("", to_html(source, lang=lang)))

    assert shown.count("word") <= source.count("word")
    assert to_html(source, lang=lang).count("word") >= source.count("word") - source.count("[^word]")


@given(st.lists(VISIBLE | MARKERS, max_size=60).map("".join))
def test_every_marker_comes_through(source: str) -> None:
    found = [word[0] for word in MARKER.finditer(to_html(source))]

    assert {word[0] for word in MARKER.finditer(source)} <= set(found)

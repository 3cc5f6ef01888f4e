"""Fences in any order: an issue is refused at a line of its own, or becomes a whole page."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compile.blocks.stages import balanced, compiled, page, plain

from mailer.compile.blocks.arguments import UNKNOWN
from mailer.compile.markdown.directive import NUMBER
from mailer.errors import CompileError, IssueError

LINES = st.sampled_from(
    [
        "::: card",
        ":::: columns",
        "::: column",
        "::: callout warning",
        "::: button /a",
        "::: divider :::",
        "::: spacer 9",
        "::: audience x == 'y'",
        "::: only email text",
        ":::",
        "::::",
        "text",
        "- item",
        "1. item",
        "# Head",
        "```",
        "",
        "",
        "<div>",
        "</div>",
        "| a | b |",
        "|---|---|",
        "{% if recipient.x %}",
        "{% endif %}",
        "{% if true %}",
        "{{ recipient.x | default('z') }}",
        "[go](/b){.button}",
        "![x](/x.jpg)",
        "[^1]: note",
    ]
)
PREFIXES = st.sampled_from(["", "", "", "  ", "    ", "> ", ">", "- ", "   "])
SOURCES = st.lists(st.builds(str.__add__, PREFIXES, LINES), min_size=1, max_size=14).map("\n".join)


def fault_of(source: str) -> CompileError | IssueError | None:
    try:
        compiled(source)
    except (CompileError, IssueError) as fault:
        return fault
    return None


@settings(max_examples=300, deadline=None)
@given(SOURCES)
def test_it_is_refused_at_a_line_or_becomes_a_page(source: str) -> None:
    fault = fault_of(source)
    if fault:
        assert fault.position
        assert fault.position.line in range(1, source.count("\n") + 2)
        return
    for made in (page(source), page(source, x="y"), plain(source), plain(source, x="y")):
        assert NUMBER not in made
        assert UNKNOWN not in made
        assert "data-block" not in made


BLOCKS = st.recursive(
    st.sampled_from(
        [
            "text",
            "- a\n- b",
            "[go](/b){.button}",
            "::: divider :::",
            "{% if recipient.x %}\nmaybe\n{% endif %}",
        ]
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("\n\n".join),
        inner.map(lambda text: f"::: card\n{text}\n:::"),
        inner.map(lambda text: f"::: callout note\n{text}\n:::"),
        inner.map(lambda text: f"::: audience x == 'y'\n{text}\n:::"),
        inner.map(lambda text: "\n".join(f"> {line}" for line in text.split("\n"))),
        inner.map(lambda text: "- item\n\n" + "\n".join(f"  {line}" for line in text.split("\n"))),
        st.tuples(inner, inner).map(
            lambda two: "::: columns\n" + "\n".join(f"::: column\n{one}\n:::" for one in two) + "\n:::"
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(BLOCKS)
def test_whatever_is_nested_rightly_is_whole_for_all(source: str) -> None:
    for made in (page(source), page(source, x="y")):
        assert balanced(made), source
        assert ":::" not in made
    assert source.count("text") == plain(source, x="y").count("text")

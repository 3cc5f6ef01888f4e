"""A text falls into passages at blank lines that nothing reaches across."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.compile.markdown.passages import passages

WHOLE = [
    "- one\n\n- two\n\n  more of two",
    "1. one\n\n   ```\n   code\n\n   more\n   ```",
    "```\none\n\ntwo\n```",
    "~~~~ text\n\n~~~\n\n~~~~",
    "::: card\none\n\n:::: callout note\ntwo\n\n::::\n\nthree\n:::",
    "<div>\n<p>one</p>\n</div>",
    "<!-- one\n\ntwo -->",
    "[^1]: one\n\n    two",
    "{% if a %}\n\none\n\n{% if b %}two{% endif %}\n\n{% endif %}",
    "{%- raw %}\n\n{{ one }}\n\n{% endraw -%}",
    "## Heading\n_by one_",
    "[one]: https://example.com",
]


@pytest.mark.parametrize("whole", WHOLE)
def test_nothing_whole_is_torn(whole: str) -> None:
    text = f"before\n\n{whole}\n\nafter\n\n"
    assert passages(text) == ["before\n\n", f"{whole}\n\n", "after\n\n"]


@given(st.lists(st.sampled_from([*WHOLE, "", " ", "text", "```", ":::", "{% endif %}"])).map("\n".join))
def test_passages_are_the_text(text: str) -> None:
    assert "".join(passages(text)) == text

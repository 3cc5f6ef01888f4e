"""A link to the issue on the web, where it has no place there."""

from pathlib import Path

import pytest
from tests.compile.newsletter import SETTINGS, compile_in, make_newsletter

WITHOUT_A_PAGE = SETTINGS.replace('view_url = "https://example.com/news/{slug}/"\n', "")


@pytest.mark.parametrize(
    ("body", "settings", "lines"),
    [
        ("Text\n\n[web]({{ view_url }})", WITHOUT_A_PAGE, [6]),
        ("{% if view_url %}[web]({{ view_url }}){% endif %}", WITHOUT_A_PAGE, []),
        ("{{ recipient.view_url }}", WITHOUT_A_PAGE, []),
        ("[web]({{ view_url }})", SETTINGS, []),
    ],
)
def test_one_that_leads_nowhere_is_told_of(
    tmp_path: Path, body: str, settings: str, lines: list[int]
) -> None:
    make_newsletter(tmp_path, settings=settings, issue=f"---\nsubject: Owls\n---\n{body}")
    found = [one for one in compile_in(tmp_path).findings if one.rule == "LINK-04"]

    assert [one.position.line for one in found] == lines

"""The example issues of the repository."""

from pathlib import Path

import pytest

from mailer.issue.read import read_issue

FOLDER = Path(__file__).parents[2] / "issues"


@pytest.mark.parametrize("name", ["2026-10-05-client", "2026-11-02-subscribers"])
def test_an_example_is_read_without_comment(name: str) -> None:
    issue = read_issue(FOLDER / f"{name}.md")
    assert (issue.slug, issue.layout, issue.findings) == (name, "newsletter", ())


def test_one_example_has_no_subject_but_its_heading() -> None:
    issue = read_issue(FOLDER / "2026-10-05-client.md")
    assert set(issue.front_matter) == {"slug", "layout"}
    assert issue.subject is None


def test_one_example_has_merge_fields_in_its_subject() -> None:
    assert "recipient.first_name" in str(read_issue(FOLDER / "2026-11-02-subscribers.md").subject)

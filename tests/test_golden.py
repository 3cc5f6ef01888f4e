"""The example issues, as they came out before: what changes in them is seen in a diff and meant."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.golden.file import Golden

from mailer.message.build import build_message, prepare_messages
from mailer.message.token import recipient_key
from mailer.project import Project, open_project

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.stem for path in (ROOT / "issues").glob("*.md"))
SECRET = bytes(range(32))
ADDRESS = "zoe@example.org"
VALUES = {"first_name": "Zoë", "segment": "client"}


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(ROOT)


def message_of(project: Project, slug: str) -> str:
    template = prepare_messages(
        project.compile(project.issue(slug)), project.sender(slug, "subscribers"), SECRET
    )
    message = build_message(
        template,
        key=recipient_key(SECRET, ADDRESS),
        address=ADDRESS,
        name="Zoë Ash",
        values=VALUES,
        date=datetime(2026, 11, 2, 7, 30, tzinfo=UTC),
    )
    return message.data.decode("ascii").replace("\r\n", "\n")


@pytest.mark.parametrize("slug", EXAMPLES)
def test_the_page_is_as_before(project: Project, golden: Golden, slug: str) -> None:
    golden.check(f"{slug}.html", project.compile(project.issue(slug)).html)


@pytest.mark.parametrize("slug", EXAMPLES)
def test_the_text_is_as_before(project: Project, golden: Golden, slug: str) -> None:
    golden.check(f"{slug}.txt", project.compile(project.issue(slug)).text)


@pytest.mark.parametrize("slug", EXAMPLES)
def test_the_headers_are_as_before(project: Project, golden: Golden, slug: str) -> None:
    head, _, _ = message_of(project, slug).partition("\n\n")

    golden.check(f"{slug}.headers", head + "\n")


def test_a_change_is_shown_as_a_diff(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>One</p><p>Two</p>")

    with pytest.raises(AssertionError, match=r"(?s)-<p>Two\n\+<p>2\n.*--update-golden"):
        Golden(tmp_path).check("a.html", "<p>One</p><p>2</p>")


def test_an_update_writes_the_file(tmp_path: Path) -> None:
    Golden(tmp_path, update=True).check("a.txt", "Ä\n")

    assert (tmp_path / "a.txt").read_bytes() == "Ä\n".encode()

"""read: bytes of a Markdown file -> Issue."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailer.errors import IssueError
from mailer.finding import Severity
from mailer.issue.document import Issue
from mailer.issue.read import MAX_BYTES, parse_issue, read_issue

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpus" / "issues"


def parse(text: str) -> Issue:
    return parse_issue(text.encode(), path="issues/name.md")


def refused(data: bytes) -> IssueError:
    with pytest.raises(IssueError) as caught:
        parse_issue(data, path="issues/name.md")
    assert caught.value.hint
    return caught.value


def test_every_key_finds_its_field() -> None:
    issue = parse(
        "---\nsubject: S\ntitle: T\nslug: s\ndate: 2019-04-17\nlayout: plain\npreheader: P\nlang: pt_BR\n"
        "dir: rtl\nfrom: A <a@example.com>\nreply_to: b@example.com\ntags: [x, 1]\ndraft: yes\n---\nBody\n"
    )
    assert (issue.subject, issue.title, issue.slug, issue.layout) == ("S", "T", "s", "plain")
    assert issue.date == datetime(2019, 4, 17)  # noqa: DTZ001 (the author gave no offset)
    assert (issue.preheader, issue.lang, issue.dir, issue.draft) == ("P", "pt-BR", "rtl", True)
    assert (issue.sender, issue.reply_to, issue.tags) == ("A <a@example.com>", "b@example.com", ("x", "1"))
    assert (issue.body, issue.body_line, issue.findings) == ("Body\n", 15, ())
    assert issue.lines_of_keys["date"] == 5
    assert issue.front_matter["date"] == date(2019, 4, 17)


def test_what_is_not_written_has_a_default() -> None:
    issue = parse("Hello\n")
    assert (issue.subject, issue.title, issue.slug, issue.layout) == (None, None, "name", "newsletter")
    assert (issue.date, issue.tags, issue.draft, issue.body_line) == (None, (), False, 1)


def test_the_title_is_the_subject_where_there_is_no_subject() -> None:
    assert parse("---\ntitle: T\n---\nx").subject == "T"


@pytest.mark.parametrize(
    ("written", "read"),
    [("1984", "1984"), ("no", "no"), ("2019-04-17", "2019-04-17"), ("010", "010"), ("'a: b'", "a: b")],
)
def test_a_text_is_read_as_it_was_written(written: str, read: str) -> None:
    assert parse(f"---\ntitle: {written}\n---\nx").title == read


def test_a_folded_text_becomes_one_line() -> None:
    assert parse("---\nsubject: >\n  one\n  two\n\n---\nx").subject == "one two"


@pytest.mark.parametrize(
    "text",
    [
        "\N{ZERO WIDTH NO-BREAK SPACE}---\r\ntitle: Ä\r\nslug: s\r\n---\r\nx\r\n\r\ny\r\n",
        "---\rtitle: Ä\rslug: s\r---\rx\r\ry\r",
        "---\ntitle: Ä\nslug: s\n---\nx\n\ny\n",
    ],
)
def test_any_line_end_gives_the_same_issue(text: str) -> None:
    issue = parse(text)
    assert (issue.title, issue.slug, issue.body, issue.body_line) == ("Ä", "s", "x\n\ny\n", 5)


def test_the_slug_is_the_same_on_systems_that_decompose_names() -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    assert parse_issue(b"x", path=f"{decomposed}.md").slug == composed


def test_a_bundle_is_called_like_its_folder() -> None:
    assert parse_issue(b"x", path="content/spring/index.md").slug == "spring"


@pytest.mark.parametrize(
    "slug", ["../../x", "/", "a/b", "a\\b", "CON", "nul.txt", "a" * 201, '"a\\x1b"', "..", ".x"]
)
def test_a_slug_that_is_no_file_name_is_refused(slug: str) -> None:
    assert refused(f"---\nslug: {slug}\n---\nx".encode()).position.line == 2


def test_a_file_whose_name_is_not_utf8_is_refused() -> None:
    with pytest.raises(IssueError, match=r"the slug 'fr\\udcfchling' holds"):
        parse_issue(b"x", path="fr\udcfchling.md")


def test_an_empty_slug_is_refused() -> None:
    assert "is empty" in str(refused(b"---\nslug: ''\n---\nx"))


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"", "issues/name.md", "empty"),
        (b" \r\n\t\n", "issues/name.md", "empty"),
        (b"---\ntitle: x\n---\n\n", "issues/name.md:4", "no text"),
        (b"\x89PNG\r\n\x00\x00", "issues/name.md", "binary"),
        (b"a\x00b", "issues/name.md", "binary"),
        (b"\xff\xfea\x00", "issues/name.md:1", "UTF-16"),
        (b"one\r\n\r\ncaf\xe9", "issues/name.md:3:4", "byte 0xe9 at offset 10"),
        (b"one\ntw\x1bo", "issues/name.md:2:3", "control character"),
        (b"x" * (MAX_BYTES + 1), "issues/name.md", "larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_its_place(data: bytes, place: str, words: str) -> None:
    error = refused(data)
    assert str(error.position) == place
    assert words in str(error)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("subject: [a]", "'subject' must be text, not a list"),
        ("preheader: {a: b}", "'preheader' must be text, not a mapping"),
        ("draft: perhaps", "'draft' must be true or false"),
        ("date: soon", "'date' is soon, no date"),
        ("date: [1]", "no date"),
        ("tags: {a: b}", "'tags' must be a list"),
        ("tags: [[a]]", "'tags' must be a list"),
        ("lang: '<b>'", "no language tag"),
        ("dir: up", "'dir' is 'up'"),
        ('from: "A\\r\\nBcc: x@example.com"', "'from' holds a line break"),
        (
            "from: a@example.com, b@example.com",
            "'from': 'a@example.com, b@example.com' is not an email address",
        ),
        ("reply_to: editors", "'reply_to': 'editors' is not an email address"),
        ('reply_to: "a@example.com\\nBcc: x"', "'reply_to' holds a line break"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_at_its_line(line: str, words: str) -> None:
    error = refused(f"---\ntitle: x\n{line}\n---\nx".encode())
    assert error.position.line == 3
    assert words in str(error)


@pytest.mark.parametrize(
    ("key", "near"), [("sujbect", "subject"), ("form", "from"), ("reply-to", "reply_to"), ("Title", "title")]
)
def test_a_slip_of_the_pen_is_a_warning(key: str, near: str) -> None:
    (finding,) = parse(f"---\nslug: s\n{key}: x\n---\nx").findings
    assert (finding.rule, finding.severity, finding.position.line) == ("FM-01", Severity.WARNING, 3)
    assert key in finding.message
    assert f"'{near}'" in finding.message


@pytest.mark.parametrize(
    "key",
    ["permalink", "categories", "author", "published", "type", "version", "name", "status", "tag", "colour"],
)
def test_keys_of_other_programs_and_own_keys_are_silent_and_kept(key: str) -> None:
    issue = parse(f"---\n{key}: 1\n---\nx")
    assert issue.findings == ()
    assert issue.front_matter == {key: 1}


def test_a_layout_may_have_another_name() -> None:
    data = b"---\nlayout: post\n---\nx"
    assert parse_issue(data, path="x.md", aliases={"post": "newsletter"}).layout == "newsletter"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2019-04-22 22:00:00 -0000", datetime(2019, 4, 22, 22, tzinfo=UTC)),
        ("2019-04-22T22:00Z", datetime(2019, 4, 22, 22, tzinfo=UTC)),
        ("2019-04-23 00:00:00.5 +02:00", datetime(2019, 4, 22, 22, 0, 0, 500_000, tzinfo=UTC)),
        ("'2019-04-22 22:00 UTC'", datetime(2019, 4, 22, 22, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_other_programs_write_them(written: str, expected: datetime) -> None:
    assert parse(f"---\ndate: {written}\n---\nx").date == expected


def test_the_path_is_shown_as_the_author_typed_it(tmp_path: Path) -> None:
    with pytest.raises(IssueError, match=r"^\./x\.md: there is no such file"):
        read_issue(tmp_path / "x.md", shown="./x.md")


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "2019-04-17-client.md"
    file.write_bytes(b"Hello")
    assert read_issue(file).slug == "2019-04-17-client"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of issues is not beside the project")
def test_every_issue_of_the_corpus_is_read_without_comment() -> None:
    files = [*CORPUS.rglob("*.md"), *CORPUS.rglob("*.markdown")]
    assert files
    for file in files:
        issue = read_issue(file)
        lines = file.read_text().split("\n")
        assert issue.findings == ()
        assert issue.body.split("\n") == lines[issue.body_line - 1 :]

import pytest

from mailer.compile.elements import refuse_elements
from mailer.compile.fragment import parse_fragment
from mailer.compile.markdown import to_html
from mailer.compile.written import Markdown
from mailer.errors import IssueError


def refuse(markdown: str, first_line: int = 1) -> None:
    source = Markdown(markdown, "issues/owls.md", first_line)
    refuse_elements(parse_fragment(to_html(markdown), stage="test"), source)


@pytest.mark.parametrize(
    ("markup", "message"),
    [
        ("<script>alert(1)</script>", "<script> is run by no mail program"),
        ('<SCRIPT src="https://example.com/x.js"></SCRIPT>', "<script> is run by no mail program"),
        ("<style>\n.x { color: red }\n</style>", "<style> belongs to the layout"),
        ('<link rel="stylesheet" href="x.css">', "<link> would be fetched"),
        ('<base href="https://example.com/">', "<base> belongs to the head of a page"),
        ('<meta http-equiv="refresh" content="0">', "<meta> belongs to the head of a page"),
        ("<title>Owls</title>", "<title> belongs to the head of a page"),
        ("<textarea>Owls</textarea>", "<textarea> works in no mail program"),
        ('<form action="https://example.com">', "<form> works in no mail program"),
        ('<iframe src="https://example.com/v"></iframe>', "<iframe> is shown by no mail program"),
        ("<video controls></video>", "<video> is shown by no mail program"),
        ("<svg></svg>", "<svg> is shown by few mail programs"),
        ("<plaintext>\nowls", "<plaintext> takes the text after it out of the page"),
        ("<mj-text>Owls</mj-text>", "<mj-text> is MJML, which an issue cannot hold"),
        ("<mjml>Owls</mjml>", "<mjml> is MJML, which an issue cannot hold"),
        ("<!-- a note\n\nand all the rest", "<!-- begins a comment that never ends"),
    ],
)
def test_what_would_lose_or_spoil_text_is_refused_at_its_line(markup: str, message: str) -> None:
    name = markup.split("\n", maxsplit=1)[0].split(">", maxsplit=1)[0]
    before = f"First, `{name}>` in code. <!-- this one ends -->\n\n```html\n{markup}\n```\n\n"

    with pytest.raises(IssueError) as refused:
        refuse(f"{before}{markup}\n\nLast.", first_line=11)

    assert refused.value.message == message
    assert refused.value.position.line == 11 + before.count("\n")
    assert refused.value.position.column == 1
    assert refused.value.source_line == markup.split("\n", maxsplit=1)[0]
    assert refused.value.hint


def test_programs_in_attributes_are_refused() -> None:
    with pytest.raises(IssueError, match="'onclick' is run by no mail program") as refused:
        refuse("Owls, `onclick`\n\n<b title='on' onClick=x()>now</b>")

    assert str(refused.value.position) == "issues/owls.md:3:15"


@pytest.mark.parametrize(
    "markdown",
    [
        "`<script>` and `<!--`\n\n```html\n<style>p {}</style>\n<!-- x\n```\n",
        "&lt;script&gt; and \\<style>",
        "A word <!-- a note\n\nof two paragraphs --> or two.",
        "<div><b>HTML</b></div>\n\n<details><summary>More</summary>Text</details>",
    ],
)
def test_other_markup_and_code_pass(markdown: str) -> None:
    refuse(markdown)


def test_markup_of_an_included_file_has_no_line() -> None:
    with pytest.raises(IssueError) as refused:
        refuse_elements(
            parse_fragment("<script></script>", stage="test"), Markdown("{% include 'x' %}", "a.md")
        )

    assert str(refused.value) == "a.md: <script> is run by no mail program"

"""Pages read by a validator's parser, html5lib: as browsers see them, and as Outlook does."""

import re
from pathlib import Path

import pytest
from tests.compile.blocks.stages import as_outlook
from tests.compile.newsletter import compile_in, filled, make_newsletter
from tests.compile.validator import errors, torn_conditions

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*.html"))
PAGES = sorted((Path(__file__).parent / "pages").glob("*.md"))
LAYOUTS = ("newsletter", "plain", "digest")

_OFFICE = re.compile(r"<noscript>\s*<xml>.*?</xml>\s*</noscript>", re.DOTALL)
"""Settings that MJML writes for Outlook alone, in a language of Office's own."""


def assert_whole(html: str, *, fragment: bool = False) -> None:
    assert errors(html, fragment=fragment) == []
    assert errors(_OFFICE.sub("", as_outlook(html)), fragment=fragment) == []
    assert torn_conditions(html) == []


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_what_came_out_before_is_whole(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    is_page = html.startswith("<!DOCTYPE html>")

    assert is_page == ("blocks" not in path.stem)
    assert_whole(html, fragment=not is_page)
    assert not is_page or "<!--[if mso | IE]>" in html


def compiled_with(folder: Path, layout: str, source: str) -> str:
    make_newsletter(folder, theme='social = [{ name = "Website", url = "https://example.com" }]\n')
    (folder / "parts").mkdir()
    (folder / "parts" / "event.md").write_text("**{{ title }}** at {{ place }}.\n", encoding="utf-8")
    own = source if source.startswith("---\n") else f"---\nsubject: Owls\n---\n{source}"
    issue = own.replace("---\n", f"---\nlayout: {layout}\npreheader: Four nights\ndate: 2026-11-02\n", 1)
    (folder / "issues" / "owls.md").write_text(issue, encoding="utf-8")
    return filled(compile_in(folder), segment="client", country="de").html


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_of_every_construct_is_whole(tmp_path: Path, path: Path, layout: str) -> None:
    assert_whole(compiled_with(tmp_path, layout, path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_page_of_every_block_is_whole(tmp_path: Path, layout: str) -> None:
    document = (ROOT / "docs" / "blocks.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?ms)^```markdown\n(.*?)^```$", document)

    assert_whole(compiled_with(tmp_path, layout, "\n\n".join(blocks)))


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p>a<div>b</div></p>", "unexpected-end-tag"),
        ("<table><p>a</p></table>", "unexpected-start-tag-implies-table-voodoo"),
        ("<b><i>a</b></i>", "adoption-agency-1.3"),
        ("<p>a</b></p>", "unexpected-end-tag"),
        ("<div>", "expected-closing-tag-but-got-eof"),
        ("<p class='a' class='b'>a</p>", "duplicate-attribute"),
        ("<p>a&nosuch;</p>", "named-entity"),
    ],
)
def test_the_validator_sees_faults(html: str, fault: str) -> None:
    assert any(fault in error for error in errors(html, fragment=True))


@pytest.mark.parametrize(
    "html",
    [
        "<!--[if mso]><p></p>",
        "<p></p><![endif]-->",
        "<!--[if mso]><!--[if mso]><![endif]-->",
        "<!--[if !mso]><!--><p></p><![endif]-->",
        "<!--[if mso]><p></p><!--<![endif]-->",
    ],
)
def test_torn_conditions_are_seen(html: str) -> None:
    assert torn_conditions(html)

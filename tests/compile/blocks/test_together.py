"""All blocks in one issue: what comes of them in a real layout, and that nothing of it is torn."""

import re
from pathlib import Path

import pytest
from tests.compile.blocks import stages
from tests.compile.blocks.stages import as_outlook, balanced, tags
from tests.compile.newsletter import LINKS, compile_in, filled, make_newsletter
from tests.compile.page import read_page
from tests.golden.file import Golden

from mailer.compile.blocks.table import BLOCKS
from mailer.compile.compiled import CompiledIssue
from mailer.message.personalize import prepare

DOCUMENT = Path(__file__).parents[3] / "docs" / "blocks.md"
EXAMPLES = re.findall(
    r"(?ms)^```markdown\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?", DOCUMENT.read_text(encoding="utf-8")
)
PARTIAL = "**{{ title }}** at {{ place }}, at dusk.\n\n::: audience segment == 'client'\nWe call you.\n:::\n"
FRONT = "---\nsubject: Every block\nlayout: {layout}\n---\n\n"
LAYOUTS = ("newsletter", "plain", "digest")


def compiled(folder: Path, source: str, layout: str = "newsletter") -> CompiledIssue:
    make_newsletter(folder, theme="")
    (folder / "parts").mkdir(exist_ok=True)
    (folder / "parts" / "event.md").write_text(PARTIAL, encoding="utf-8")
    (folder / "issues" / "owls.md").write_text(FRONT.format(layout=layout) + source, encoding="utf-8")
    return compile_in(folder)


def everything() -> str:
    return "\n\n".join(source for source, _ in EXAMPLES)


def test_every_block_is_documented_with_an_example() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    sections = set(re.findall(r"(?m)^## (\S+)$", text))

    assert sections | {"column"} == set(BLOCKS)
    assert all(f"::: {name}" in text for name in BLOCKS)
    assert all(f"{key}=" in text or block.word == key for block in BLOCKS.values() for key in block.keys)


@pytest.mark.parametrize(("source", "text"), [example for example in EXAMPLES if example[1]])
def test_the_text_of_an_example_is_as_documented(tmp_path: Path, source: str, text: str) -> None:
    assert filled(compiled(tmp_path, source)).text.partition("\n\n-- \n")[0] == text.rstrip("\n")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("values", [{}, {"segment": "client", "country": "de"}])
def test_all_examples_together_make_a_whole_page(tmp_path: Path, layout: str, values: dict[str, str]) -> None:
    html = prepare(compiled(tmp_path, everything(), layout)).fill(values, LINKS).html

    assert read_page(html).faults == []
    assert read_page(as_outlook(html)).faults == []
    assert balanced(html)
    assert " data-" not in html
    assert ":::" not in html
    assert "zxq" not in html
    assert all('role="presentation"' in table for table in tags(html, "table"))


def test_the_audience_of_a_block_sees_it_and_others_do_not(tmp_path: Path) -> None:
    issue = compiled(tmp_path, everything())
    client, other = filled(issue, segment="client", country="at"), filled(issue, segment="staff")

    for part in (client.html, client.text):
        assert "Your contact comes along" in part
        assert "We call you." in part
    for part in (other.html, other.text):
        assert "Your contact comes along" not in part
        assert "We call you." not in part


def test_what_blocks_become_is_as_before(golden: Golden) -> None:
    golden.check("blocks.html", stages.compiled(everything()))
    golden.check("blocks.txt", stages.compiled(everything(), "text"))

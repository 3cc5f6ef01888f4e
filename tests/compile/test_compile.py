"""An issue compiled whole: what the page and the text part hold."""

import re
from pathlib import Path

import pytest
from tests.compile.newsletter import LINKS, SETTINGS, compile_in, filled, make_newsletter, with_body
from tests.compile.page import read_page

from mailer.compile.compiled import CompiledIssue
from mailer.message.personalize import Links

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / ".." / "shared" / "corpus" / "issues" / "sample" / "2019-04-17-client.md"
EXAMPLES = sorted((ROOT / "issues").glob("*.md"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_newsletter(tmp_path)


# The sample


@pytest.fixture(scope="module")
def sample() -> CompiledIssue:
    if not SAMPLE.is_file():
        pytest.skip("../shared/corpus is not there")
    return compile_in(ROOT, SAMPLE)


def content_of(issue: CompiledIssue) -> str:
    return issue.html[issue.html.index("<h2") : issue.html.index("Fast Forward Labs Team")]


def test_the_sample_has_its_subject_and_size(sample: CompiledIssue) -> None:
    assert sample.subject == "Teaching machines to recognize faces: a tale of two outcomes"
    assert len(filled(sample).html.encode()) < 25_000


def test_ten_times_the_sample_is_not_clipped(folder: Path) -> None:
    if not SAMPLE.is_file():
        pytest.skip("../shared/corpus is not there")
    _, _, body = SAMPLE.read_text(encoding="utf-8").split("---\n", 2)
    issue = with_body(folder, "\n\n".join([body] * 10))

    assert issue.html.count("Hilary Mason") == 10 * body.count("Hilary Mason")
    assert len(filled(issue).html.encode()) < 102_000


def test_the_sample_has_its_lists(sample: CompiledIssue) -> None:
    content = content_of(sample)

    assert len(re.findall(r"<li\b", content)) == 11
    assert len(re.findall(r"<ul\b", content)) == 2
    assert len(re.findall(r"(?m)^\* ", sample.text)) == 11


def test_the_sample_has_its_figure_and_byline(sample: CompiledIssue) -> None:
    figure = re.search(r"<figure\b.*?</figure>", sample.html, re.DOTALL)

    assert figure
    assert (
        'src="https://example.github.io/images/2019/04/Affectiva_Face_Image-1555448954465.jpg"' in figure[0]
    )
    assert 'alt="Image taken from Affectiva.com"' in figure[0]
    assert re.search(r"<figcaption\b[^>]*>Image taken from Affectiva\.com</figcaption>", figure[0])
    assert re.search(r'<p class="byline"[^>]*><em\b[^>]*>by <a href="https://twitter\.com/', sample.html)
    assert "<h5" not in sample.html


def test_nothing_of_a_template_is_left_in_the_sample(sample: CompiledIssue) -> None:
    done = filled(sample)

    assert "{{" not in done.html + done.text
    assert "}}" not in done.html + done.text
    assert "{%" not in done.html + done.text
    assert "zxq" not in done.html + done.text


def test_the_text_of_the_sample_numbers_its_links(sample: CompiledIssue) -> None:
    text = filled(sample).text
    listed = dict(re.findall(r"(?m)^\[(\d+)\] (https?://\S+)$", text))

    assert len(listed) == 17
    assert set(re.findall(r"\[(\d+)\]", text)) == set(listed)
    assert listed["2"] == "https://go.affectiva.com/auto"
    assert "let us know\n<cffl@cloudera.com>" in text


# Every page


def pages() -> list[Path]:
    return [*EXAMPLES, *([SAMPLE] if SAMPLE.is_file() else [])]


@pytest.fixture(scope="module", params=pages(), ids=lambda path: path.stem)
def page(request: pytest.FixtureRequest) -> str:
    return filled(compile_in(ROOT, request.param)).html


def test_a_page_is_one_a_browser_need_not_guess_about(page: str) -> None:
    reader = read_page(page)

    assert page.startswith("<!DOCTYPE html>")
    assert reader.faults == []
    assert reader.tags.count("title") == 1
    assert not [tag for tag in reader.tags if tag.startswith("mj-")]
    assert "mj-" not in re.sub(r"mj-(?:column|outlook)[\w-]*", "", page)
    assert all("alt" in image for image in reader.images)


def test_a_page_tells_language_direction_and_title(page: str) -> None:
    assert re.search(r'<html lang="en" dir="ltr"', page)
    assert re.search(r"<title>[^<]{10,}</title>", page)


def test_a_page_keeps_what_mail_programs_need_and_fetches_no_font(page: str, folder: Path) -> None:
    bare = filled(with_body(folder, "A word.")).html

    assert page.count("<!--[if") == page.count("<![endif]-->") > 0
    for needed in ("<!--[if", "@media", "[data-ogsc]", "!important", "prefers-color-scheme"):
        assert page.count(needed) >= bare.count(needed) > 0
    assert "fonts.googleapis" not in page
    assert "@import" not in page
    assert "<link" not in page


def test_right_to_left_and_another_language_reach_the_page(folder: Path) -> None:
    make_newsletter(folder, issue="---\nsubject: البوم\nlang: ar\n---\nمرحبا\n")  # noqa: RUF001 - Arabic

    assert re.search(r'<html lang="ar" dir="rtl"', compile_in(folder).html)


def test_a_content_css_adds_to_the_built_in_one(tmp_path: Path) -> None:
    plain = compile_in(make_newsletter(tmp_path / "plain"))
    css = '{% include "builtin/content.css" %}\n.md p { letter-spacing: 1px }\n'
    other = compile_in(make_newsletter(tmp_path / "other", css=css))

    assert re.sub(r"; ?letter-spacing: ?1px", "", other.html) == plain.html != other.html


# Ways out


def test_page_and_text_hold_both_ways_out(folder: Path) -> None:
    done = filled(compile_in(folder))

    assert f'href="{LINKS.unsubscribe_url}"' in done.html
    assert f'href="{LINKS.view_url}"' in done.html
    assert f": {LINKS.unsubscribe_url}\n" in done.text
    assert f": {LINKS.view_url}\n" in done.text


def test_without_an_address_for_it_nothing_offers_a_view_in_the_browser(tmp_path: Path) -> None:
    make_newsletter(tmp_path, settings=re.sub(r"view_url.*\n", "", SETTINGS))
    done = filled(compile_in(tmp_path), Links("mailto:leave@example.com?subject=unsubscribe%20x"))

    assert "browser" not in (done.html + done.text).lower()
    assert 'href=""' not in done.html
    assert 'href="mailto:leave@example.com?subject=unsubscribe%20x"' in done.html
    assert "mailto:leave@example.com?subject=unsubscribe%20x" in done.text


# Literal braces


@pytest.mark.parametrize(
    "literal", ["{{ name }}", "{% if x %}", "{# note #}", "}}", "{{{", "{{ '{{' }}", "{%- x -%}"]
)
def test_braces_in_a_raw_block_reach_the_reader(folder: Path, literal: str) -> None:
    done = filled(
        with_body(
            folder, f"Write {{% raw %}}`{literal}`{{% endraw %}} and {{{{ recipient.x | default('y') }}}}."
        )
    )

    assert f">{literal}</code>" in done.html.replace("&#39;", "'")
    assert f"Write `{literal}` and y." in done.text


def test_braces_in_a_recipients_value_reach_the_reader(folder: Path) -> None:
    done = filled(compile_in(folder), first_name="{{ 7 * 7 }}")

    assert "Hello {{ 7 * 7 }}," in done.html
    assert "Hello {{ 7 * 7 }}," in done.text

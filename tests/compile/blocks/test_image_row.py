"""`image-row`: pictures side by side."""

import re

from tests.compile.blocks.stages import page, plain, tags

ROW = "::: image-row\n![One](/1.jpg) [![Two](/2.jpg)](/two)\n:::"


def test_each_image_has_a_cell_and_a_width() -> None:
    html = page(ROW)

    assert '<table class="image-row" role="presentation"' in html
    assert [re.search(r'width="(.*?)"', cell)[1] for cell in tags(html, "td")] == ["50%", "50%"]  # type: ignore[index]
    assert [re.search(r'width="(.*?)"', image)[1] for image in tags(html, "img")] == ["272", "272"]  # type: ignore[index]
    assert '<a href="https://example.com/two"><img src="https://example.com/2.jpg" alt="Two"' in html
    assert "<figure" not in html


def test_a_small_heading_below_is_the_caption() -> None:
    source = ROW.replace("\n:::", "\n##### Both of *them*\n:::")

    assert re.search(r"<figure><table.*</table><figcaption>Both of <em>them</em></figcaption>", page(source))
    assert plain(source).startswith("[Image: One] [Image: Two] [1]\nBoth of them")


def test_images_may_stand_in_paragraphs_of_their_own() -> None:
    assert len(tags(page("::: image-row\n![a](/1.jpg)\n\n![b](/2.jpg)\n:::"), "td")) == 2


def test_an_image_may_wait() -> None:
    waiting = "{% if recipient.x %}\n![c](/3.jpg)\n{% endif %}"
    source = f"::: image-row\n![a](/1.jpg)\n\n![b](/2.jpg)\n\n{waiting}\n:::"

    assert len(tags(page(source), "td")) == 2
    assert len(tags(page(source, x="y"), "td")) == 3

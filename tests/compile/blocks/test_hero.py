"""`hero`: the opening."""

from tests.compile.blocks.stages import balanced, page, plain, tags


def test_the_picture_fills_the_width_and_the_text_is_below() -> None:
    html = page('::: hero {image=/a.jpg alt="A field"}\n# Head\n:::')

    assert '<td class="picture"><img src="https://example.com/a.jpg" alt="A field"' in html
    assert 'width="560"' in html
    assert html.index("picture") < html.index("<h1")
    assert plain('::: hero {image=/a.jpg alt="A field"}\n# Head\n:::') == "[Image: A field]\n\nHead\n===="


def test_a_picture_alone_has_no_empty_cell_below_it() -> None:
    html = page('::: hero {image=/a.jpg alt="A field"}\n:::')

    assert len(tags(html, "td")) == len(tags(html, "img")) == 1
    assert balanced(html)


def test_it_needs_no_picture() -> None:
    assert len(tags(page("::: hero\n# Head\n:::"), "td")) == 1

"""`video`: a linked poster."""

from tests.compile.blocks.stages import page, plain

SOURCE = '::: video {href=/v poster=/p.jpg alt="Owls & mice"}\nThree minutes.\n:::'


def test_it_is_its_poster_and_a_line_to_click_on() -> None:
    html = page(SOURCE)

    assert html.count('<a href="https://example.com/v"') == 2
    assert '<img src="https://example.com/p.jpg" alt="Owls &amp; mice" width="560">' in html
    assert "<video" not in html
    assert "<iframe" not in html


def test_the_text_has_its_address() -> None:
    assert plain(SOURCE) == "[Video: Owls & mice] https://example.com/v\n\nThree minutes."

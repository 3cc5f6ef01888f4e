"""A loop makes one list, and an image that only some are shown is a figure like any other."""

import pytest
from tests.compile.merge.placement import merge_sources, merged
from tests.compile.merge.reading import faults_of_nesting, same_html


@pytest.mark.parametrize(("bullet", "tag"), [("-", "ul"), ("1.", "ol")])
def test_a_loop_with_an_else_makes_one_list(bullet: str, tag: str) -> None:
    source = (
        f"{{% for one in recipient.tags %}}\n{bullet} {{{{ one }}}}\n{{% else %}}\nNone.\n{{% endfor %}}\n"
    )
    some, none = merged(source, {"tags": ["owls", "bats"]}), merged(source, {"tags": []})

    assert same_html(some.html) == f"<{tag}><li>owls</li><li>bats</li></{tag}>"
    assert some.text.split() == (["*", "owls", "*", "bats"] if tag == "ul" else ["1.", "owls", "2.", "bats"])
    assert same_html(none.html) == "<p>None.</p>"
    assert none.text.strip() == "None."


def test_an_else_that_is_an_item_belongs_to_the_list() -> None:
    source = "{% for one in recipient.tags %}\n- {{ one }}\n{% else %}\n- none\n{% endfor %}\n"

    assert same_html(merged(source, {"tags": []}).html) == "<ul><li>none</li></ul>"
    assert same_html(merged(source, {"tags": ["a", "b"]}).html) == "<ul><li>a</li><li>b</li></ul>"


def test_a_loop_that_asks_in_each_turn_stays_as_it_is() -> None:
    source = "{% for one in recipient.tags if one != 'x' %}\n- {{ one }}\n{% else %}\nNone.\n{% endfor %}\n"

    assert same_html(merged(source, {"tags": ["x"]}).html) == "<p>None.</p>"
    assert faults_of_nesting(merged(source, {"tags": ["a", "b"]}).html) == []


def test_an_image_for_some_on_one_line_is_a_figure() -> None:
    source = "{% if recipient.vip %}![Owl](https://example.com/a.png){% endif %}\n\nSeen.\n"

    assert same_html(merged(source, {"vip": "x"}).html) == (
        '<figure><img src="https://example.com/a.png" alt="Owl"></figure><p>Seen.</p>'
    )
    assert same_html(merged(source, {"vip": ""}).html) == "<p>Seen.</p>"
    assert merged(source, {"vip": ""}).text == "Seen."


def test_images_for_one_and_the_other_share_a_caption() -> None:
    images = "![](https://example.com/a.png){% else %}![](https://example.com/b.png)"
    source = f"{{% if recipient.vip %}}{images}{{% endif %}}\n##### At dusk\n"

    for vip, name in (("x", "a"), ("", "b")):
        html = same_html(merged(source, {"vip": vip}).html)
        assert html == (
            f'<figure><img src="https://example.com/{name}.png" alt="At dusk">'
            "<figcaption>At dusk</figcaption></figure>"
        )


def test_what_follows_an_image_that_some_are_not_shown_is_no_caption() -> None:
    source = "{% if recipient.vip %}![Owl](https://example.com/a.png){% endif %}\n##### At dusk\n"

    assert "figcaption" not in "".join(merge_sources(source))

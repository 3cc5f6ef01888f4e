"""Whatever a list holds, a value stays a text: never markup, never a tag, never another address."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compile.merge.placement import merge_sources, merged
from tests.compile.merge.reading import faults_of_nesting

from mailer.compile.fragment import Element, parse_fragment
from mailer.compile.merge.send import compile_send_template
from mailer.errors import MessageError

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "[x](http://evil.example)",
    "**bold** _em_ `code`",
    "{{7*7}}",
    "{% for x in range(9) %}a{% endfor %}",
    "{{ recipient.__class__ }}",
    "{# c #}",
    "\"'><b>",
    "' onmouseover='x",
    "</p></td><script>",
    "<!-- --> ]]>",
    "zxq12340v0zx",
    "&amp; &#39;",
]


def read(html: str) -> Element:
    return parse_fragment(html, stage="test")


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_shown_as_it_is(value: str) -> None:
    parts = merged("A {{ recipient.name }} Z", {"name": value})
    shown = read(parts.html)
    assert "".join(shown.itertext()).strip() == f"A {value} Z"
    assert [element.tag for element in shown.iter()] == ["body", "p"]
    assert parts.text == f"A {value} Z"


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_cannot_leave_an_attribute(value: str) -> None:
    source = (
        '![{{ recipient.name }}](https://example.com/{{ recipient.name | urlencode }} "{{ recipient.name }}")'
    )
    source += "\n\n<p title='{{ recipient.name }}' class=\"{{ recipient.name }}\">a</p>"
    html = merged(source, {"name": value}).html
    shown = read(html)
    assert [element.tag for element in shown.iter()] == ["body", "figure", "img", "p"]
    assert shown[0][0].get("alt") == value
    assert shown[0][0].get("title") == value
    assert dict(shown[1].attrib) == {"title": value, "class": value}


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "https://example.com/\nx",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "x:y",
        "",
    ],
)
@pytest.mark.parametrize(
    "link",
    [
        "[a]({{ recipient.page }})",
        "[a]({{ recipient.page | default('x') }})",
        "<a href='{{ recipient.page }}'>a</a>",
        '<a href=" {{ recipient.page }}/x">a</a>',
        "[a]({% if recipient.no %}https://example.com/{% else %}{{ recipient.page }}{% endif %})",
        "[a]({% if recipient.no %}https://example.com/{% endif %}{{ recipient.page }})",
        "[a]({% set p = recipient.page %}{{ p }})",
        "[a][b]\n\n[b]: {{ recipient.page }}",
        "![a]({{ recipient.page }})",
    ],
)
def test_an_address_takes_only_safe_schemes_from_a_value(link: str, value: str) -> None:
    html = merged(link, {"page": value}).html
    shown = read(html)
    found = [one.get("href") or one.get("src") for one in shown.iter("a", "img")]
    assert [str(one).strip().removesuffix("/x") for one in found] == ["#"]


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("[a]({{ recipient.page }})", "https://example.com/?a=1&b=2"),
        ("[a]({{ recipient.page }}&c={{ recipient.page | urlencode }})", None),
        ("[a](https://example.com/{{ recipient.id }})", "https://example.com/7"),
        ("[a](mailto:{{ recipient.id }}@example.com)", "mailto:7@example.com"),
        (
            "[a]({% if recipient.id %}{{ recipient.page }}{% else %}/x{% endif %})",
            "https://example.com/?a=1&b=2",
        ),
        (
            "[a]({% if recipient.no %}b{% else %}https://example.com/{% endif %}{{ recipient.id }})",
            "https://example.com/7",
        ),
    ],
)
def test_a_usual_address_stays(link: str, address: str | None) -> None:
    html = merged(link, {"page": "https://example.com/?a=1&b=2", "id": "7"}).html
    link_shown = next(read(html).iter("a"))
    expected = "https://example.com/?a=1&b=2&c=https%3A//example.com/%3Fa%3D1%26b%3D2"
    assert link_shown.get("href") == (address or expected)


def test_a_value_beside_its_use_as_an_address_is_not_guarded() -> None:
    assert merged("[{{ recipient.page }}]({{ recipient.page }})", {"page": "x:y"}).html == (
        '<p><a href="#">x:y</a></p>'
    )


def test_an_address_shown_as_text_is_not_guarded() -> None:
    assert "curl href=&#34;" not in merged('`curl href="{{ recipient.id }}"`', {"id": "7"}).html
    assert 'href="7"' in merged('`curl href="{{ recipient.id }}"`', {"id": "7"}).text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
@settings(max_examples=60, deadline=None)
def test_any_value_leaves_the_page_whole(value: str) -> None:
    template = compile_send_template(
        merge_sources(
            '{{ recipient.name }}\n\n<a title="{{ recipient.name }}" href="{{ recipient.name }}">a</a>'
        ).html,
        html=True,
    )
    html = template.render({"name": value})
    assert faults_of_nesting(html) == []
    assert len(read(html).findall(".//a")) == 1


def test_a_missing_value_without_a_default_is_an_error_that_names_it() -> None:
    for use in ("", " | upper", ".upper()", " | urlencode", " | url_encode", " | trim | urlencode"):
        text = f"{{{{ recipient.city{use} }}}}"
        with pytest.raises(MessageError, match=r"^recipient\.city is missing and has no default$"):
            merged(text, {})


@pytest.mark.parametrize("sample", [False, True])
@pytest.mark.parametrize(
    "test", ["city in country", "city in 'Berlin, Bonn'", "country in city", "city in city"]
)
def test_a_missing_value_is_in_nothing_and_holds_nothing(test: str, sample: bool) -> None:
    condition = test.replace("city", "recipient.city").replace("country", "recipient.country")
    template = compile_send_template(f"{{% if {condition} %}}a{{% endif %}}b", html=True, sample=sample)
    assert template.render({"country": "de"}) == "b"


def test_in_a_sample_a_missing_value_shows_its_name() -> None:
    source = merge_sources(
        "{{ recipient.city }} {{ recipient.city.upper() }} {{ recipient.x | default('y') }}"
        " {{ recipient.city | urlencode }}"
    ).text
    assert compile_send_template(source, html=False, sample=True).render({}) == "[city] [CITY] y %5Bcity%5D"


@pytest.mark.parametrize(
    "use",
    ["count + 2", "count * 2", "-recipient.count", "count | plus(1)", "count | int + 1", "count | round"],
)
def test_in_a_sample_what_is_reckoned_with_a_missing_value_shows_its_name(use: str) -> None:
    field = f"{{{{ {use if use.startswith('-') else f'recipient.{use}'} }}}}"
    template = compile_send_template(merge_sources(field).text, html=False, sample=True)
    assert template.render({}) == "[count]"


def test_a_work_bomb_in_a_tag_that_waits_is_an_error() -> None:
    with pytest.raises(MessageError, match="more than 1,000,000 characters"):
        merged("{{ recipient.city * 9999999999 }}", {"city": "x"})

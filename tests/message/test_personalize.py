import pytest
from tests.message.given import compiled

from mailer.compile.compiled import CompiledIssue
from mailer.errors import MessageError
from mailer.message.personalize import Filled, Links, prepare

LINKS = Links("https://news.example.com/u/abc?a=1&b=2", "https://example.com/news/owls/")


def fill(issue: CompiledIssue, sample: bool = False, **values: str) -> Filled:
    return prepare(issue, sample=sample).fill(values, LINKS)


def field(source: str) -> CompiledIssue:
    return compiled(subject=source, html=source, text=source)


def test_values_are_escaped_in_html_only() -> None:
    filled = fill(field("{{ recipient.name }}"), name="O'Neil <b> & Co")

    assert filled.html == "O&#39;Neil &lt;b&gt; &amp; Co"
    assert filled.text == filled.subject == "O'Neil <b> & Co"


def test_links_are_escaped_in_html_only() -> None:
    filled = fill(field("{{ unsubscribe_url }} {{ view_url }}"))

    assert filled.html == "https://news.example.com/u/abc?a=1&amp;b=2 https://example.com/news/owls/"
    assert filled.text == "https://news.example.com/u/abc?a=1&b=2 https://example.com/news/owls/"


def test_a_missing_value_takes_its_default() -> None:
    assert fill(field("{{ recipient.name | default('there') }}")).html == "there"


def test_a_missing_value_without_default_is_refused_by_name() -> None:
    with pytest.raises(MessageError, match=r"recipient\.first_name is missing and has no default"):
        fill(field("{{ recipient.first_name }}"))


def test_a_sample_shows_the_name_of_what_is_missing() -> None:
    assert fill(field("{{ recipient.first_name }}"), sample=True).html == "[first_name]"


def test_a_subject_is_one_line() -> None:
    assert (
        fill(field("Hello\n  {{ recipient.name }},\twelcome "), name="A\nB").subject == "Hello A B, welcome"
    )


def test_a_value_is_never_a_template() -> None:
    filled = fill(field("{{ recipient.name }}"), name="{{ 7 * 7 }}{% raw %}{# x #}")

    assert filled.text == "{{ 7 * 7 }}{% raw %}{# x #}"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_every_line_end_of_a_value_is_the_same(end: str) -> None:
    filled = fill(field("{{ recipient.address }}\n{{ recipient.name }}"), address=f"a{end}b{end}", name="c")

    assert filled.text == filled.html == "a\nb\n\nc"


def test_what_all_recipients_share_stays_apart_from_their_values() -> None:
    personalizer = prepare(field("Hello {{ recipient.name }}, it is time."))
    filled = personalizer.fill({"name": "Ada"}, LINKS)

    assert list(filled.text_chunks) == list(filled.html_chunks) == ["Hello ", "Ada", ", it is time."]
    assert {"Hello ", ", it is time."} <= personalizer.constants
    assert "Ada" not in personalizer.constants


def test_one_recipients_values_do_not_reach_the_next() -> None:
    personalizer = prepare(field("{% set greeting = recipient.name %}{{ greeting | default('nobody') }}"))

    assert personalizer.fill({"name": "Ada"}, LINKS).text == "Ada"
    with pytest.raises(MessageError):
        prepare(field("{{ recipient.name }}")).fill({}, LINKS)
    assert personalizer.fill({"name": "Bob"}, LINKS).text == "Bob"

"""Liquid and shortcodes become Jinja; Jinja stays as it is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.compile.liquid import Site, read_liquid
from mailer.errors import IssueError
from mailer.template.source import Source

FILES = {
    "_includes/note.md": "Note: {{ include.text }}",
    "layouts/foot.md": "Foot",
    "parts/own.md": "Own",
    "issues/2026-03-07-owls.md": "---\ntitle: Owls\n---\nOwls.",
    "_posts/bats.markdown": "---\nslug: the-bats\n---\nBats.",
}


def load(name: str) -> Source | None:
    return Source(FILES[name], name, 1, IssueError) if name in FILES else None


SITE = Site(load, "https://example.com", "https://example.com/news/{slug}/")


def translated(text: str, site: Site = SITE) -> str:
    return read_liquid(Source(text, "issues/now.md", 1, IssueError), site).text


def refused(text: str, site: Site = SITE) -> IssueError:
    with pytest.raises(IssueError) as caught:
        translated(text, site)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("liquid", "jinja"),
    [
        ('{% assign name="x" %}', '{% set name ="x" %}'),
        ("{% assign a = 'b,c' | split: ',' %}", "{% set a = 'b,c' | split(',') %}"),
        ("{%- capture x -%}y{%- endcapture -%}", "{%- set x -%}y{%- endset -%}"),
        ("{% if a %}{% elsif b %}{% endif %}", "{% if a %}{% elif b %}{% endif %}"),
        ("{% unless a or b %}x{% endunless %}", "{% if not (a or b) %}x{% endif %}"),
        ("{% if a contains 'x' and b %}", "{% if ('x' in a) and b %}"),
        ("{% if not a contains b.c %}", "{% if not (b.c in a) %}"),
        ("{% if a <> nil %}", "{% if a != none %}"),
        ("{% if a == empty %}{% elsif b != blank %}", "{% if (not a) %}{% elif b %}"),
        ("{% if page.toc %}", "{% if (page.toc | default(none)) %}"),
        ("{% if include.a == 'b' %}", "{% if (include.a | default(none)) == 'b' %}"),
        (
            "{% case a %}\n{% when 'x', 'y' or z %}1{% when 2 %}2{% else %}3{% endcase %}",
            "{#**#}\n{% if a == 'x' or a == 'y' or a == z %}1{% elif a == 2 %}2{% else %}3{% endif %}",
        ),
        (
            "{% case a %}{% when b %}{% case c %}{% when d %}1{% endcase %}{% when e %}2{% endcase %}",
            "{#**#}{% if a == b %}{#**#}{% if c == d %}1{% endif %}{% elif a == e %}2{% endif %}",
        ),
        (
            "{% case page.kind %}{% when nil %}1{% endcase %}",
            "{#**#}{% if (page.kind | default(none)) == none %}1{% endif %}",
        ),
        ("{% cycle 'a', 'b' %}{% cycle 'rows': 1, 2 %}", "{{ loop.cycle('a', 'b') }}{{ loop.cycle(1, 2) }}"),
        ("{% for i in (1..3) %}", "{% for i in range(1, 3 + 1) %}"),
        ("{% for a in b limit:2 %}", "{% for a in b[0:0 + 2] %}"),
        ("{% for a in b reversed %}", "{% for a in b | reverse %}"),
        ("{% for a in b offset: 1 limit: c reversed %}", "{% for a in b[1:1 + c] | reverse %}"),
        ("{{ forloop.index }}{{ forloop.rindex }}", "{{ loop.index }}{{ loop.revindex }}"),
        ("{{ a | upcase | append: '!' }}", "{{ a | upper | append('!') }}"),
        ("{{ a | default: 'b' }}", "{{ a | default('b', true) }}"),
        ("{{ a | date: '%B %d: %Y' }}", "{{ a | date('%B %d: %Y') }}"),
        ("{{ '/x' | relative_url }}", "{{ '/x' | absolute_url(newsletter.url) }}"),
        ("{% comment %}a\n{% if %}{{ b\n{% endcomment %}c", "{#*\n\n*#}c"),
        ("{% highlight ruby linenos %}\nx\n{% endhighlight %}", "```ruby\nx\n```"),
        ("{% highlight md %}\n```\n{% endhighlight %}", "````md\n```\n````"),
        ("{% include foot.md %}", "{% with include = {} %}{% include 'layouts/foot.md' %}{% endwith %}"),
        (
            "{% include note.md text='a' %}",
            "{% with include = {'text': 'a'} %}{% include '_includes/note.md' %}{% endwith %}",
        ),
        ("[a]({% post_url 2026-03-07-owls %})", "[a](https://example.com/news/2026-03-07-owls/)"),
        ("{% link _posts/bats.markdown %}", "https://example.com/news/the-bats/"),
        ("{% link /files/a.pdf %}", "https://example.com/files/a.pdf"),
        ('{{< ref "bats#wings" >}}', "https://example.com/news/the-bats/#wings"),
        ('{{% relref "bats.markdown" %}}', "https://example.com/news/the-bats/"),
        (
            '{{< figure src="/a.png"\n alt="A" caption="B & C" >}}',
            '<figure><img src="/a.png" alt="A"><figcaption>B &amp; C</figcaption></figure>\n',
        ),
    ],
)
def test_a_tag_becomes_what_jinja_calls_it(liquid: str, jinja: str) -> None:
    assert translated(liquid) == jinja


@pytest.mark.parametrize(
    "text",
    [
        "{{ a | default('x') }} {{ b | join(', ') | upper }} {{ {'a': 1}['a'] }} {{ c[1:2] }}",
        "{% if a == 'b' and c in d %}x{% elif e is defined %}y{% else %}z{% endif %}",
        "{% for a, b in c.items() if b %}{{ loop.index }}{% else %}-{% endfor %}",
        "{% set x = 1 %}{% set y %}z{% endset %}{% with a = 1 %}{% endwith %}",
        "{% include 'parts/own.md' %}{% include name %}{% include ['a', 'b'] ignore missing %}",
        "{% raw %}{% assign x %}{{< figure >}}{% endraw %}{#* {% assign %} *#}",
        "{{ 'it\\'s' }} isn't {% if recipient.segment == 'x' %}don't{% endif %}",
        "{{ unclosed 'x",
        '{{< youtube abc >}}{% gist 1 %}{{ .Title }} {{ "a | b: c" }}',
        "no tags, {braces} and 100%",
    ],
)
def test_jinja_and_what_is_unknown_stay_to_the_letter(text: str) -> None:
    assert translated(text) == text


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a\n{% when 1 %}", 2, 1, "this when belongs to no case"),
        ("{% endcase %}", 1, 1, "{% endcase %} has nothing open"),
        ("{% case a %}{% endcase %}", 1, 1, "this case has nothing to choose from"),
        ("{% case a %} x {% when 1 %}{% endcase %}", 1, 1, "is never shown"),
        ("{% case a %}{% when %}{% endcase %}", 1, 13, "this when names no value"),
        ("{% cycle %}", 1, 1, "this cycle has nothing to go through"),
        ("a\n{% include gone.md %}", 2, 1, "there is no file 'gone.md' to include"),
        ("{% include {{ page.x }} %}", 1, 1, "this include's file is not named"),
        ("{% include foot.md a %}", 1, 1, "'a' is no argument of an include"),
        ("{% include foot.md a=recipient.b %}", 1, 1, "a recipient's value cannot be handed to an include"),
        ("a {% assign x %}", 1, 3, "this assign gives no name a value"),
        ("{{ a | dat: 'x' }}", 1, 1, "Liquid filter 'dat' is not supported here (did you mean 'date'?)"),
        ("{% comment %}", 1, 1, "{% comment %} is never closed"),
        ("{% highlight go %}\nx", 1, 1, "{% highlight %} is never closed"),
        ("a {% highlight go %}", 1, 3, "{% highlight %} shares its line with other text"),
        ("x\n{% post_url gone %}", 2, 1, "there is no issue 'gone'"),
        ("{{< figure alt='x' >}}", 1, 1, "this figure has no picture"),
        (
            "{% assign n = 0 %}{% for a in b %}{% assign n = n | plus: 1 %}{% endfor %}{{ n }}",
            1,
            35,
            "'n' is assigned in a loop and used outside of it",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_at_its_tag(text: str, line: int, column: int, message: str) -> None:
    error = refused(text)

    assert (error.position.line, error.position.column) == (line, column)
    assert message in error.message


def test_without_an_address_of_issues_a_reference_is_refused() -> None:
    assert "newsletter.view_url" in refused("{% post_url 2026-03-07-owls %}", Site(load)).hint
    assert (
        translated("{{< ref bats >}}", Site(load, "https://example.com")) == "https://example.com/the-bats/"
    )


PIECES = st.sampled_from(
    [
        *("{%", "%}", "{{", "}}", "{{<", ">}}", "'", '"', "|", ":", "\n", " ", "a", "page.x", "(1..2)", "="),
        *(
            " if ",
            " assign ",
            " for a in b ",
            " contains ",
            " unless ",
            "comment",
            "endcomment",
            "raw",
            "{#*",
        ),
        *("highlight", "endhighlight", " default: ", " limit:2 ", "include foot.md ", "\\", "recipient.a"),
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_keeps_its_lines_or_is_refused_at_one_of_them(text: str) -> None:
    lines, line = text.count("\n"), 1
    try:
        lines = translated(text).count("\n")
    except IssueError as error:
        line = error.position.line

    assert lines == text.count("\n")
    assert 1 <= line <= lines + 1


@given(st.text(alphabet=st.characters(blacklist_characters="{}\r")))
def test_text_without_braces_is_left_alone(text: str) -> None:
    assert translated(text) == text


def test_an_endless_tag_takes_no_long_time() -> None:
    text = "{% if '" * 2_000 + "{% raw %}" * 200

    assert re.sub(r"\s", "", translated(text)) == re.sub(r"\s", "", text)


def test_a_comment_of_kramdown_without_an_end_is_told() -> None:
    error = refused("a\n\nb {::comment} c\n")

    assert error.message == "{::comment} is never closed"
    assert (error.position.line, error.position.column) == (3, 3)

"""Issues with Liquid and shortcodes in them, through the real project."""

from pathlib import Path

import pytest
from tests.compile.newsletter import SETTINGS, compile_in, filled, make_newsletter, with_body

from mailer.errors import IssueError


def test_a_page_of_jekyll_becomes_an_issue(tmp_path: Path) -> None:
    (tmp_path / "_includes").mkdir()
    (tmp_path / "_includes/quote.md").write_text(
        "{% if include.by %}{{ include.by }}: {% endif %}{{ include.text }}"
    )
    body = """\
{% assign place = "the barn" %}
{% comment %}
not for readers
{% endcomment %}
# {{ page.subject | upcase }} at {{ place }}

{% include quote.md text="Hoo" by="Owl" %}

<!-- more -->

{% for night in (1..3) %}
- night {{ night }}{% unless forloop.last %},{% endunless %}
{% endfor %}

{% highlight python %}
print("hoo")
{% endhighlight %}

{{ "2026-03-07" | date: "%B %-d" }} {{ "a-b" | split: "-" | join: "+" }}
"""
    done = filled(with_body(tmp_path, body))

    for words in ("THE OWLS ARE BACK at the barn", "Owl: Hoo", "night 2,", 'print("hoo")', "March 7 a+b"):
        assert words in done.text
    assert "not for readers" not in done.html
    assert "more" not in done.text
    assert "<!-- more" not in done.html
    assert done.html.count("<li") == 3


def test_a_recipients_value_in_liquid_waits(tmp_path: Path) -> None:
    body = (
        "{% if recipient.segment contains 'cl' %}for clients{% elsif recipient.segment == 'x' %}for x"
        "{% else %}for all{% endif %}\n\n"
        "{% unless recipient.paid %}please pay{% endunless %}\n\n"
        "{{ recipient.first_name | default: 'you' | upcase | append: '!' }}\n"
    )
    issue = with_body(tmp_path, body)
    client, other = filled(issue, segment="client", paid="1", first_name="Ada"), filled(issue, segment="x")

    assert "for clients" in client.text
    assert "please pay" not in client.text
    assert "ADA!" in client.text
    assert "for x" in other.text
    assert "please pay" in other.text
    assert "YOU!" in other.text
    assert {field.guarded for field in issue.fields} == {True}


def test_the_mark_of_an_excerpts_end_is_shown_in_code_alone(tmp_path: Path) -> None:
    done = filled(with_body(tmp_path, "a\n\n<!--more-->\n\nb `<!-- more -->`\n"))

    assert "<!--more" not in done.html
    assert "&lt;!-- more --&gt;" in done.html


def test_a_subject_may_hold_liquid(tmp_path: Path) -> None:
    subject = "{{ page.date | date: '%B' }}: {% unless recipient.paid %}Pay{% endunless %}"
    make_newsletter(tmp_path, issue=f'---\ndate: 2026-03-07\nsubject: "{subject}"\n---\nOwls.\n')
    issue = compile_in(tmp_path)

    assert filled(issue, paid="").subject == "March: Pay"
    assert filled(issue, paid="1").subject.strip() == "March:"


def test_a_figure_of_hugo_becomes_a_figure(tmp_path: Path) -> None:
    done = filled(with_body(tmp_path, 'Hello.\n\n{{< figure src="/owl.jpg" alt="Owl" caption="A & B" >}}\n'))

    assert "https://example.com/owl.jpg" in done.html
    assert "<figcaption" in done.html
    assert "A & B" in done.text


def test_a_post_is_linked_at_its_page(tmp_path: Path) -> None:
    make_newsletter(
        tmp_path, issue="---\nsubject: S\n---\n[last]({% post_url bats %}) and [w]({{< ref bats >}})\n"
    )
    (tmp_path / "issues/bats.md").write_text("---\nsubject: Bats\nslug: b4\n---\nBats.\n")

    assert filled(compile_in(tmp_path)).html.count("https://example.com/news/b4/") == 2


def test_a_post_is_looked_for_in_every_folder_of_issues(tmp_path: Path) -> None:
    settings = SETTINGS + '\n[issues]\nfolders = ["issues", "content/letters"]\n'
    body = '[a]({% post_url bats %}) [b]({{< ref "bats.md" >}}) [c]({% link content/letters/bats.md %})'
    make_newsletter(tmp_path, settings=settings, issue=f"---\nsubject: S\n---\n{body}\n")
    (tmp_path / "content/letters").mkdir(parents=True)
    (tmp_path / "content/letters/bats.md").write_text("---\nsubject: Bats\n---\nBats.\n")

    assert filled(compile_in(tmp_path)).html.count("https://example.com/news/bats/") == 3


def test_what_no_folder_holds_is_told_with_all_of_them(tmp_path: Path) -> None:
    with pytest.raises(IssueError, match="there is no issue 'bats'") as caught:
        with_body(tmp_path, "{% post_url bats %}\n")

    assert caught.value.hint == "name the file of an issue in issues/, _posts/, or by its path in the project"


def test_a_case_of_the_recipient_waits(tmp_path: Path) -> None:
    body = """\
{% case recipient.segment %}
{% when 'client', 'partner' %}
For clients.
{% when 'staff' %}
For staff.
{% else %}
For all.
{% endcase %}
"""
    issue = with_body(tmp_path, body)

    for segment, shown in {"client": "clients", "partner": "clients", "staff": "staff", "": "all"}.items():
        assert filled(issue, segment=segment).text.startswith(f"For {shown}.\n\n--")


def test_loops_are_left_and_go_through_values(tmp_path: Path) -> None:
    body = """\
{% for i in (1..9) %}
{% if i == 2 %}{% continue %}{% endif %}
{% if i == 5 %}{% break %}{% endif %}
- {{ i }} {% cycle 'odd', 'even' %}
{% endfor %}
"""
    assert filled(with_body(tmp_path, body)).text.startswith("* 1 odd\n\n* 3 odd\n\n* 4 even")


@pytest.mark.parametrize("keyword", ["break", "continue"])
@pytest.mark.parametrize(
    "around",
    [
        "{{% for i in (1..3) %}}{{% if recipient.a %}}{tag}{{% endif %}}{{% endfor %}}",
        "{{% for i in recipient.a %}}{tag}{{% endfor %}}",
    ],
)
def test_a_loop_is_not_left_by_what_depends_on_the_recipient(
    tmp_path: Path, keyword: str, around: str
) -> None:
    with pytest.raises(IssueError, match=f"{{% {keyword} %}} cannot depend on the recipient") as caught:
        with_body(tmp_path, around.format(tag=f"{{% {keyword} %}}"))

    assert "put what follows it into an {% if %}" in caught.value.hint


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("'a b' | capitalize | prepend: '> '", "&gt; A b"),
        ("'abcdef' | truncate: 5", "ab…"),
        ("'a b c' | truncatewords: 2", "a b…"),
        ("'Ä ö, x' | slugify", "ä-ö-x"),
        ("'<b>x</b>y' | strip_html", "xy"),
        ("'a b&c' | url_encode", "a+b%26c"),
        ("'a b' | cgi_escape", "a+b"),
        ("'a,b,a' | split: ',' | uniq | size", "2"),
        ("'a,b' | split: ',' | last", "b"),
        ("'xay' | remove: 'a' | replace: 'x', 'z'", "zy"),
        ("'  a ' | strip", "a"),
        ("'/x' | relative_url", "https://example.com/x"),
        ("7 | plus: 1 | times: 3 | minus: 4 | divided_by: 6", "3"),
        ("page.subject | size", "18"),
        ("'**b**' | markdownify", "<strong"),
        ("'' | default: 'x'", "x"),
        ("'' | date: '%Y' | default: 'x'", "x"),
        ("'abcd' | slice: 1, 2", "bc"),
        ("'abcd' | slice: -2, 2", "cd"),
        ("page.links | where: 'kind', 'a' | map: 'name' | join: '+'", "x+z"),
        ("page.links | sort: 'name' | map: 'name' | join", "xyz"),
        ("site.title | append: site.baseurl | append: site.url", "Field Noteshttps://example.com"),
        ("'2026-03-07' | date_to_string", "07 Mar 2026"),
    ],
)
def test_a_filter_does_what_it_does_in_liquid(tmp_path: Path, expression: str, shown: str) -> None:
    links = "[{kind: a, name: x}, {kind: b, name: y}, {kind: a, name: z}]"
    head = f"---\nsubject: The owls are back\nlinks: {links}\n---\n"
    make_newsletter(tmp_path, issue=f"{head}[{{{{ {expression} }}}}]\n")

    assert shown in filled(compile_in(tmp_path)).html


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        ("a\n\nb {% gist 1 %}\n", (6, 3), "Liquid tag 'gist' is not supported here"),
        ("{% assign a = 1 %}\n\n{{< youtube abc >}}\n", (6, 1), "Hugo shortcode 'youtube'"),
        ("{% include no.md %}\n", (4, 1), "there is no file 'no.md' to include"),
        ("{% assign a = b.c %} x\n", (4, 15), "'b' is not defined"),
        ("{{ 'soon' | date: '%d' }}\n", (4, 13), "'soon' is no date"),
        ("{{ 'now' | date: '%999999d' }}\n", (4, 12), "this pattern of a date cannot be used"),
        ("{{ recipient.x | default: '' | markdownify }}\n", (4, 32), "'markdownify' cannot be used"),
    ],
)
def test_what_cannot_be_done_is_refused_at_its_place(
    tmp_path: Path, body: str, place: tuple[int, int], message: str
) -> None:
    with pytest.raises(IssueError) as caught:
        with_body(tmp_path, body)

    assert message in caught.value.message
    assert (caught.value.position.line, caught.value.position.column) == place
    assert caught.value.source_line == body.split("\n")[place[0] - 4]

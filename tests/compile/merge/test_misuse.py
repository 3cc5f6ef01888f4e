"""Uses of per-recipient names that cannot work are told when the issue is compiled, at their place."""

import pytest
from tests.compile.merge.placement import CLIENT, merge_sources, merged

from mailer.errors import CompileError, SourceError

TEXTS = [
    ("Hi\n\n{{ recipient }}", "3:4", "the recipient as a whole is no text"),
    ("{{ recipient | length }}", "1:4", "the recipient as a whole is no text"),
    ("{% if recipient %}a{% endif %}", "1:7", "the recipient as a whole is no text"),
    ("{% for key in recipient %}a{% endfor %}", "1:15", "the recipient as a whole is no text"),
    ("{% set all = recipient %}", "1:14", "the recipient as a whole is no text"),
    ("{{ recipient[issue.title] }}", "1:4", "the recipient as a whole is no text"),
    ("{{ recipient | attr('id') }}", "1:4", "the recipient as a whole is no text"),
    ("{{ recipient.items() }}", "1:4", "recipient.items is a text and cannot be called"),
    ("{{ recipient.get('id') }}", "1:4", "recipient.get is a text and cannot be called"),
    ("{{ recipient.address.city }}", "1:4", "recipient.address is a text and has no 'city'"),
    ("{{ unsubscribe_url.x }}", "1:4", "unsubscribe_url is a text and has no 'x'"),
    ("{{ unsubscribe_url() }}", "1:4", "unsubscribe_url is a text and cannot be called"),
    ("{{ recipient.__class__ }}", "1:14", "'__class__' is not for templates"),
    ("{{ recipient.id.__class__ }}", "1:17", "'__class__' is not for templates"),
    ("{{ recipient['__class__'] }}", "1:15", "'__class__' is not for templates"),
    ("{{ recipient.id | attr('__class__') }}", "1:25", "'__class__' is not for templates"),
    ("{{ recipient.id | uper }}", "1:19", "there is no filter 'uper' (did you mean 'upper'?)"),
    ("{% if recipient.id is od %}a{% endif %}", "1:23", "there is no test 'od' (did you mean 'odd'?)"),
    ("{{ recipient.id | safe }}", "1:19", "'safe' cannot be used beside a recipient's value"),
    ("{{ recipient.id ~ isue.title }}", "1:19", "'isue' is not defined (did you mean 'issue'?)"),
    ("{{ recipint.id }}", "1:4", "'recipint' is not defined (did you mean 'recipient'?)"),
    ("{% include recipient.part %}", "1:1", "{% include %} cannot depend on the recipient"),
    ("{% import recipient.part as x %}", "1:1", "{% import %} cannot depend on the recipient"),
    ("{% extends recipient.part %}", "1:1", "{% extends %} cannot depend on the recipient"),
    (
        "{% filter upper %}{{ recipient.id }}{% endfilter %}",
        "1:19",
        "a recipient's value cannot stand inside",
    ),
    (
        "{% filter upper %}{% if recipient.id %}a{% endif %}{% endfilter %}",
        "1:19",
        "a recipient's value cannot stand inside {% filter %}",
    ),
    ("{% set recipient = issue %}", "1:1", "'recipient' is the recipient's and cannot be set"),
    ("{% for view_url in issue.talks %}a{% endfor %}", "1:1", "'view_url' is the recipient's"),
    ("{% set x %}{{ recipient.id }}{% endset %}{{ x | upper }}", "1:42", "'x' holds a recipient's value"),
    (
        "{% set x %}{{ recipient.id }}{% endset %}{% if x == '42' %}a{% endif %}",
        "1:42",
        "'x' holds a recipient's value: it can be printed, and nothing else",
    ),
    (
        "{% macro m() %}{{ recipient.id }}{% endmacro %}{{ m() | upper }}",
        "1:48",
        "'m' holds a recipient's value",
    ),
    (
        "{% set n = namespace(a=1) %}{% if recipient.id %}{% set n.a = 2 %}{% endif %}",
        "1:50",
        "a namespace cannot take what depends on the recipient",
    ),
    (
        "{% if recipient.id %}{% set x %}a{% endset %}{% endif %}",
        "1:22",
        "a {% set %} block cannot stand in a block that asks for the recipient",
    ),
    (
        "{% if issue.title %}a{% elif recipient.id %}b{% endif %}",
        "1:22",
        "this {% elif %} asks for the recipient, but its {% if %} does not",
    ),
    ("{% if recipient.id %}\na", "1:1", "{% if %} is never closed"),
    ("{{ recipient.id it }}", "1:17", "'it' is not expected in this {{ … }}"),
    ("<p {{ recipient.id }}>a</p>", "1:4", "a merge field cannot stand inside an HTML tag"),
    ("<p class={{ recipient.id }}>a</p>", "1:10", "a merge field cannot stand inside an HTML tag"),
]


@pytest.mark.parametrize(("text", "at", "message"), TEXTS)
def test_misuse_is_an_error_at_its_place(text: str, at: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        merge_sources(text)
    assert str(caught.value.position) == f"issue.md:{at}"
    assert caught.value.message.startswith(message)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{% macro m(x) %}{{ x }}{% endmacro %}\n{{ m(recipient.id) }}",
            "issue.md:2:1: 'm' is a Macro, which cannot stand beside a recipient's value",
        ),
        (
            "{{ recipient.id ~ issue.talks[0].title.upper }}",
            "issue.md:1:1: 'issue.talks[0].title.upper' is a builtin_function_or_method",
        ),
    ],
)
def test_what_no_text_can_stand_for_is_an_error(text: str, message: str) -> None:
    with pytest.raises(CompileError) as caught:
        merge_sources(text)
    assert str(caught.value).startswith(message)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ recipient.first_name.upper() }}", "ADA"),
        ("{{ recipient['first_name'] }} {{ recipient.first_name[0] }}", "Ada A"),
        ("{% set x %}{{ recipient.id }}{% endset %}{{ x }}", "42"),
        ("{% macro m(x) %}{{ x }}{{ recipient.id }}{% endmacro %}{{ m('a') }}", "a42"),
        ("{% with x = recipient.id %}{{ x }}{% endwith %}", "42"),
        ("{% set x = 1 %}{% if recipient.id %}{% set x = 2 %}{% endif %}{{ x }}", "2"),
        ("{% set x = recipient.id %}{% set x = 1 %}{{ x + 1 }}", "2"),
        ("{% set x = 1 %}{% if recipient.none %}{% set x = recipient.id %}{% endif %}{{ x }}", "1"),
        (
            "{% set y = 1 %}{% if recipient.no %}{% set x = 2 %}{% set y = 3 %}{% endif %}{{ y }}",
            "1",
        ),
        ("{% set name = recipient.id %}{% macro m(name) %}{{ name }}{% endmacro %}{{ m('a') }}", "a"),
        ("{{ recipient.id if recipient.none else 'no' }}", "no"),
        ("{{ [recipient.id, 'x'] | join('-') }} {{ {'a': recipient.id}.a }}", "42-x 42"),
        ("{% for t in issue.talks %}{{ loop.index ~ recipient.id }} {% endfor %}", "142 242"),
        (
            "{% for i in recipient.id %}{% for t in issue.talks %}{{ loop.index }}{% endfor %}{% endfor %}",
            "1212",
        ),
        ("{% for t in issue.talks if t.city == recipient.city %}{{ t.title }}{% endfor %}", "On owls"),
        ("{{ issue.talks | map(attribute='title') | join(recipient.id) }}", "On owls42On bats"),
        ("{{ recipient.nothing or 'none' }}{{ recipient.nothing is defined }}", "noneFalse"),
        ("{% if recipient.nothing == recipient.nothing or 'a' in recipient.nothing %}a{% endif %}b", "b"),
        ("{% autoescape false %}{{ recipient.first_name }}{% endautoescape %}", "Ada"),
        ("{{\n recipient.first_name\n | upper\n}}", "ADA"),
        ("{#* {{ recipient.first_name }} *#}a", "a"),
    ],
)
def test_what_issues_need_works(text: str, shown: str) -> None:
    assert merged(text, CLIENT).text.strip() == shown


@pytest.mark.parametrize("block", ["if recipient.id", "for t in recipient.interests"])
def test_blocks_that_python_could_not_compile_are_refused_where_they_become_too_many(block: str) -> None:
    def nested(levels: int) -> str:
        return f"{{% {block} %}}" * levels + "a" + f"{{% end{block.split(maxsplit=1)[0]} %}}" * levels

    assert merged(nested(15), {**CLIENT, "interests": ["owls"]}).text.strip() == "a"
    with pytest.raises(CompileError, match="more than 15 blocks") as caught:
        merge_sources(nested(16))
    assert caught.value.position is not None
    assert caught.value.position.column == 15 * len(f"{{% {block} %}}") + 1

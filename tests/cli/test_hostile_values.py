"""
Whatever stands in a list reaches a reader as text: in the page, in addresses, in the subject, in plain text.

Each case is a row of attacks from list to message, through the real commands.
"""

import csv
import io
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.cli.command import Run
from tests.cli.project import Project

ISSUE = """\
---
subject: "News for {{ TOPIC | default('you') }}"
preheader: "About {{ TOPIC | default('you') }}"
---

# Spring

Topic: *{{ TOPIC | default('none') }}*, [{{ TOPIC | default('none') }}](https://example.com/t)

[Yours]({{ TOPIC | default('https://example.com/') }})
[Search](https://example.com/s?q={{ TOPIC | default('') | urlencode }})
![{{ TOPIC | default('none') }}](https://example.com/{{ TOPIC | default('') | urlencode }}.png)
""".replace("TOPIC", "recipient.topic")
HEADERS = {
    "From",
    "Reply-To",
    "List-Id",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Precedence",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
}
HOSTILE = {
    "an element": "<img src=x onerror=alert(1)>",
    "a script": "</p></td><script>alert(1)</script>",
    "a comment": "<!-- --><![endif]-->",
    "Markdown": "[x](http://evil.test) **bold** `code` ![a](b)",
    "a value of Jinja": "{{ 7*7 }}{{ recipient.email }}",
    "a tag of Jinja": "{% for x in range(99) %}a{% endfor %}{# c #}",
    "an escape from the sandbox": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "a format of attributes": "{0.__class__}%(email)s",
    "a marker of our own": "zxq12340v0zx <!--zxq12340o1zx-->",
    "a script's address": "javascript:alert(document.cookie)",
    "a hidden script's address": "java\tscript:alert(1)",
    "a page of data": "data:text/html,<script>alert(1)</script>",
    "a quote that ends an attribute": "\" onmouseover=\"alert(1)' onfocus='alert(1)",
    "an address that ends an attribute": 'https://example.com/" onclick="alert(1)',
    "signs that HTML escapes": 'Tom & Jerry\'s <3 "cheese"',
    "escapes as they stand": "&amp;&#39;&lt;script&gt;",
    "a formula": "=cmd|' /C calc'!A1",
    "a second query": "a&admin=1#top?b=c",
    "more than a line": "one " * 400,
}


def the_list(topic: str, name: str = "Ada") -> str:
    text = io.StringIO()
    csv.writer(text).writerows([["email", "name", "topic"], ["ada@example.com", name, topic]])
    return text.getvalue()


def received(run: Run, project: Project, rows: str) -> EmailMessage:
    project.write("issues/spring.md", ISSUE)
    project.write("recipients.csv", rows)
    assert run("send", "spring", "--to", "subscribers", "--yes", "--untested", "hostile values").code == 0
    (path,) = project.outbox()
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


class Page(HTMLParser):
    """What a mail client makes of a page: elements with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Mapping[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def shape(self) -> list[tuple[str, list[str]]]:
        """Return the elements with the names of their attributes."""
        return [(tag, sorted(attributes)) for tag, attributes in self.elements]

    def addresses(self) -> list[str]:
        return [
            value or "" for _, one in self.elements for key, value in one.items() if key in {"href", "src"}
        ]


@pytest.mark.parametrize("topic", HOSTILE.values(), ids=HOSTILE)
def test_a_value_is_text_everywhere(run: Run, project: Project, topic: str) -> None:
    message = received(run, project, the_list(topic))
    shown = topic.strip()

    assert {*message.keys()} <= HEADERS
    assert len(message.keys()) == len({*message.keys()})
    assert str(message["Subject"]) == " ".join(f"News for {shown}".split())
    assert " ".join(shown.split()) in " ".join(part(message, "plain").split())

    page = Page(part(message, "html"))
    assert " ".join(f"Topic: {shown}".split()) in " ".join(page.text.split())
    assert [one["alt"] for tag, one in page.elements if tag == "img"][-1] == shown
    assert {urlsplit(one).scheme for one in page.addresses() if one != "#"} <= {"https", "mailto"}
    (search,) = [one for one in page.addresses() if one.startswith("https://example.com/s?")]
    assert parse_qs(urlsplit(search).query) == {"q": [shown]}


def test_no_value_changes_the_shape_of_the_page(run: Run, project: Project) -> None:
    plain = Page(part(received(run, project, the_list("owls")), "html")).shape()
    for topic in HOSTILE.values():
        for path in project.outbox():
            path.unlink()
        (project.folder / ".mailer/ledger.sqlite3").unlink()
        assert Page(part(received(run, project, the_list(topic)), "html")).shape() == plain


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('A" <x@evil.test>, "B', ""),
        ("support@bank.example", ""),
        ("www.evil.test", ""),
        ("Ada, Bob; Eve", "Ada, Bob; Eve"),
        ("(comment) Ada", "(comment) Ada"),
        ("Ada\u202ehsA", "AdahsA"),
        ("Zoë \u200b\U000e0041Ash", "Zoë Ash"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
    ],
)
def test_a_name_is_one_mailbox_and_shows_what_it_is(
    run: Run, project: Project, name: str, shown: str
) -> None:
    message = received(run, project, the_list("owls", name))
    (mailbox,) = message["To"].addresses
    assert (mailbox.display_name, mailbox.addr_spec) == (shown, "ada@example.com")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (the_list("owls", "A\r\nBcc: x@evil.test"), "line break"),
        (the_list("owls", "=?utf-8?q?A=0D=0ABcc=3A_x=40evil.test?="), "encoded word"),
        (the_list("a\x00b"), "U+0000"),
        (the_list("a\x1bb"), "U+001B"),
        (the_list("a\x85b"), "U+0085"),
        (the_list("a\x9fb"), "U+009F"),
    ],
)
def test_a_row_that_hides_something_is_told_with_its_line(
    run: Run, project: Project, rows: str, told: str
) -> None:
    project.write("recipients.csv", rows)
    result = run("send", "spring", "--to", "subscribers", "--yes", "--untested", "hostile values")
    assert result.code == 1
    assert "recipients.csv:2: " in result.err
    assert told in result.err
    assert project.outbox() == []


@pytest.mark.parametrize(
    "topic", ["=?utf-8?q?A=0D=0ABcc=3A_x=40evil.test?=", "owls \u202eslwo", "owls \u2066slwo"]
)
def test_a_value_that_no_subject_can_hold_stops_everything_with_its_line(
    run: Run, project: Project, topic: str
) -> None:
    project.write("issues/spring.md", ISSUE)
    project.write("recipients.csv", the_list("fine") + f"eve@example.com,Eve,{topic}\n")
    result = run("send", "spring", "--to", "subscribers", "--yes", "--untested", "hostile values")
    assert result.code == 1
    assert "recipients.csv:3: eve@example.com: Subject holds" in result.err
    assert "issues/spring.md:2" in result.err
    assert project.outbox() == []


def test_one_readers_values_are_not_the_nexts(run: Run, project: Project) -> None:
    project.write("issues/spring.md", ISSUE)
    project.write("recipients.csv", the_list("{% set topic = 'x' %}") + "eve@example.com,Eve,\n")
    assert run("send", "spring", "--to", "subscribers", "--yes", "--untested", "hostile values").code == 0
    messages = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in project.outbox()]
    assert str(messages[1]["Subject"]) == "News for you"


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("=?utf-8?q?A=0D=0ABcc=3A_x=40evil.test?=", "issues/spring.md:3: Subject holds a line break"),
        ("{{ issue.nothing | default('') }}", "issues/spring.md:3: Subject is empty"),
        ("{{ recipient.topic | default('') }}", "issues/spring.md:3: Subject is empty"),
        ("{{ ''.__class__.__mro__ }}", "issues/spring.md:3"),
        ("{{ recipient.__class__ }}", "issues/spring.md:3"),
    ],
)
def test_a_subject_that_cannot_be_written_points_to_its_line(
    run: Run, project: Project, subject: str, told: str
) -> None:
    project.write("issues/spring.md", f'---\ntags: [a]\nsubject: "{subject}"\n---\n\n# Spring\n')
    result = run("build", "spring")
    assert result.code == 1
    assert told in result.err

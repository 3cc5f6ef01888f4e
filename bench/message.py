"""
Building one recipient's message, compiled once, beside what most programs do for each recipient.

One message is 46.6 KB of HTML and 8.5 KB of text, personalised, with fourteen header fields. The ways take
turns, so that a machine that grows slower slows all. Medians of the processor's time are quoted.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jinja2 import Environment

from mailer.address import Address
from mailer.compile.compiled import CompiledIssue
from mailer.message.build import MessageTemplate, build_message, links_for, prepare_messages
from mailer.message.dkim import Signer
from mailer.message.mime import alternative
from mailer.message.sender import Sender
from mailer.message.signing_key import read_signing_key
from mailer.message.token import recipient_key

SECRET = bytes(range(32))
START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
HTML_SIZE, TEXT_SIZE = 46_600, 8_500
ROUNDS = 9
TURNS, FEW_TURNS = 200, 10
SLOW = 0.002
"""Seconds of a message that takes long."""

ROW = (
    '<tr><td style="padding:0 0 12px;font-family:Georgia,serif;font-size:17px;line-height:1.6;color:#1f2328">'
    "Grüße from plot %d: the hedge was cut late, and by noon the wrens were back in it.</td></tr>\n"
)
HEAD = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>News</title></head><body><p>Hello'
    " {{ recipient.first_name | default('there') }},</p>{% if recipient.town %}<p>See you in"
    ' {{ recipient.town }}.</p>{% endif %}<table role="presentation">\n'
)
FOOT = (
    '</table><p><a href="{{ unsubscribe_url }}">Leave</a> <a href="{{ view_url }}">View</a></p></body></html>'
)
TEXT_HEAD = "Hello {{ recipient.first_name | default('there') }},\n\n"
TEXT_FOOT = "\nUnsubscribe: {{ unsubscribe_url }}\nView: {{ view_url }}\n"
TEXT_ROW = "From plot %d: the hedge was cut late, and by noon the wrens were back in it.\n"

Build = Callable[[int], bytes]
"""Builds the message of the recipient with this number."""


@dataclass(frozen=True, slots=True)
class Person:
    """One recipient, and when they are written to: a thousand in a second."""

    number: int
    key: str
    address: str

    @property
    def values(self) -> dict[str, str]:
        return {"first_name": f"Ada{self.number}", "last_name": "Lovelace", "town": "Springfield"}

    @property
    def date(self) -> datetime:
        return START + timedelta(milliseconds=self.number)


def main() -> None:
    """Print the medians in microseconds per message."""
    ways = all_ways()
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, build in ways.items():
            times[name] += timed(build)
    size = len(whole(prepared(), person(1)))
    print(f"one message of {size:,} bytes, µs, median of {ROUNDS} rounds, Python {sys.version.split()[0]}")
    for name, found in times.items():
        print(f"  {name:48}{statistics.median(found):10,.0f}")


def all_ways() -> dict[str, Build]:
    """Return what is measured."""
    template = prepared()
    signing = prepared(Signer("example.com", "bench", read_signing_key(new_key(), "the measurement")))
    people = [person(number) for number in range(TURNS)]
    return {
        "mailer: fill and encode text and HTML": lambda number: spliced(template, people[number]),
        "mailer: the whole message": lambda number: whole(template, people[number]),
        "mailer: the whole message, signed (RSA-2048)": lambda number: whole(signing, people[number]),
        "Jinja2 compiled once + EmailMessage": naive(template, people, once=True),
        "Jinja2 from_string + EmailMessage": naive(template, people, once=False),
    }


def timed(build: Build) -> list[float]:
    """Return the microseconds of a message in this round; slow ways take fewer turns."""
    start = time.process_time()
    build(0)
    turns = TURNS if time.process_time() - start < SLOW else FEW_TURNS
    start = time.process_time()
    for number in range(turns):
        build(number)
    return [(time.process_time() - start) / turns * 1e6]


def issue() -> CompiledIssue:
    """Return an issue of the size of the protocol."""
    rows = (HTML_SIZE - len((HEAD + FOOT).encode())) // len((ROW % 100).encode())
    lines = (TEXT_SIZE - len(TEXT_HEAD + TEXT_FOOT)) // len(TEXT_ROW % 100)
    return CompiledIssue(
        slug="2026-11-02-hedges",
        subject="{{ recipient.first_name | default('Hello') }}, the wrens are back",
        html=HEAD + "".join(ROW % number for number in range(rows)) + FOOT,
        text=TEXT_HEAD + "".join(TEXT_ROW % number for number in range(lines)) + TEXT_FOOT,
        headers=(
            ("From", "Field Notes <news@example.com>"),
            ("Reply-To", "Editors <editors@example.com>"),
            ("List-Id", "Field Notes <news.example.com>"),
            ("Feedback-ID", "hedges:list:news:fieldnotes"),
        ),
    )


def prepared(signer: Signer | None = None) -> MessageTemplate:
    sender = Sender(
        Address("bounces", "example.com"),
        "subscribers",
        unsubscribe_url="https://news.example.com",
        unsubscribe_mailto="leave@example.com",
        view_url="https://example.com/news/2026-11-02-hedges/",
    )
    return prepare_messages(issue(), sender, SECRET, sign=signer)


def new_key() -> str:
    key = generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def person(number: int) -> Person:
    address = f"reader{number}@example.org"
    return Person(number, recipient_key(SECRET, address), address)


def whole(template: MessageTemplate, one: Person) -> bytes:
    return build_message(
        template, key=one.key, address=one.address, name="Ada Lovelace", values=one.values, date=one.date
    ).data


def spliced(template: MessageTemplate, one: Person) -> bytes:
    filled = template.personalizer.fill(one.values, links_for(template, one.key))
    return b"".join(
        alternative(
            filled.text_chunks, filled.html_chunks, constants=template.constants, boundary=template.boundary
        )
    )


def naive(template: MessageTemplate, people: Sequence[Person], *, once: bool) -> Build:
    """Return the usual way: render, and let the standard library write the message."""
    sources = {"html": template.issue.html, "text": template.issue.text, "subject": template.issue.subject}
    environment = Environment(autoescape=True)
    compiled = {name: environment.from_string(source) for name, source in sources.items()}

    def build(number: int) -> bytes:
        one = people[number]
        links = links_for(template, one.key)
        values = {
            "recipient": one.values,
            "unsubscribe_url": links.unsubscribe_url,
            "view_url": links.view_url,
        }
        found = compiled if once else {name: environment.from_string(text) for name, text in sources.items()}
        message = EmailMessage(policy=SMTP)
        for name, value in template.issue.headers:
            message[name] = value
        message["To"] = f"Ada Lovelace <{one.address}>"
        message["Subject"] = found["subject"].render(values)
        message["Date"] = format_datetime(one.date)
        message["Message-ID"] = f"<{one.key}@example.com>"
        message["List-Unsubscribe"] = f"<{links.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["Precedence"] = "bulk"
        message.set_content(found["text"].render(values), cte="quoted-printable")
        message.add_alternative(found["html"].render(values), subtype="html", cte="quoted-printable")
        return message.as_bytes()

    return build

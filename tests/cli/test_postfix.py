"""What `mailer send` signs stays valid through a real Postfix: OpenDKIM says so before and after the trip."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
from tests.cli.project import CONFIG, Project
from tests.compile.drawn import png
from tests.message.dkim_keys import DOMAIN, SELECTOR, new_key, opendkim_accepts, pem_of
from tests.message.test_dkim import BREAKING, needs_opendkim
from tests.servers.postfix import Postfix, needs_postfix
from tests.servers.smtp import Received, SmtpServer

pytestmark = [needs_postfix, needs_opendkim]

SIGNED = """
[transports.relay]
url = "{url}?connections=2"
dkim = {{ domain = "{domain}", selector = "{selector}", key = {{ file = "dkim.pem" }} }}
"""
LONG_WORD = "ü" * 1200
PICTURE = png(400, 300)
ISSUE = f"""\
---
subject: "Grüße aus Łódź: {{{{ recipient.first_name }}}}, ein Frühling, lange angekündigt und wirklich da! 🦉"
---

# Frühling

Hello {{{{ recipient.first_name }}}}.

..two dots begin this line, and in the text part these stand alone:

```
.
..
.end
From here on
```

https://example.com/{"path/" * 250}

{LONG_WORD}

{"A sentence that goes on and on. " * 60}

![An owl](owl.png)
"""
PEOPLE = {
    "zoe@example.org": (".", "Zoë Ångström, Jr."),
    "long@example.org": ("Å" * 90, "Åsa " * 24),
    "jörg@example.org": ("Jörg", 'Jörg "die Eule"'),
    "anna@bücher.example": ("Anna", "Anna"),
}
ZOE = "zoe@example.org"


@dataclass(frozen=True, slots=True)
class Trip:
    """One message as it was handed over, and as the next relay got it."""

    before: bytes
    after: bytes

    def content(self) -> EmailMessage:
        return message_from_bytes(self.after, policy=policy.default)


@pytest.fixture(scope="module")
def trips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trip]:
    """Send once, through a Postfix that passes on to a relay without 8BITMIME, as the strictest are."""
    arrived: SimpleQueue[Received] = SimpleQueue()
    sink = SmtpServer(extensions=("SMTPUTF8",), on_message=arrived.put)
    with sink, Postfix(relay_to=sink.port) as relay:
        project = lay_out(tmp_path_factory.mktemp("postfix"), relay.url)
        assert project.run_process("test", "spring", "--transport", "relay").code == 0
        sent = project.run_process(
            "send", "spring", "--to", "subscribers", "--transport", "relay", "--yes", "--json"
        )
        assert sent.code == 0, sent.err + relay.log()
        try:
            received = [arrived.get(timeout=30) for _ in range(1 + len(PEOPLE))]
        except Empty:
            pytest.fail(relay.log())
    send = sent.json()["send"]
    return {
        address: Trip(rebuilt(project, send, address), message.data)
        for message in received
        if (address := as_listed(message.recipient)) in PEOPLE
    }


def lay_out(folder: Path, url: str) -> Project:
    project = Project.lay_out(folder)
    project.write("mailer.toml", CONFIG + SIGNED.format(url=url, domain=DOMAIN, selector=SELECTOR))
    project.write("dkim.pem", pem_of(new_key()))
    project.write("issues/spring.md", ISSUE)
    project.write("issues/owl.png", PICTURE)
    rows = (
        f'{address},"{first}","{name.replace(chr(34), chr(34) * 2)}"'
        for address, (first, name) in PEOPLE.items()
    )
    project.write("recipients.csv", "\n".join(["email,first_name,name", *rows]))
    return project


def rebuilt(project: Project, send: str, address: str) -> bytes:
    result = project.run_process("build", send, "--as", address, "--json")
    assert result.json()["exact"], result.err
    return (project.folder / "build/spring.eml").read_bytes()


def as_listed(address: str) -> str:
    name, _, domain = address.partition("@")
    return f"{name}@{domain.encode().decode('idna')}"


@pytest.mark.parametrize("address", PEOPLE)
def test_opendkim_accepts_before_and_after_the_trip(
    trips: dict[str, Trip], tmp_path: Path, address: str
) -> None:
    assert opendkim_accepts(trips[address].before, tmp_path)
    assert opendkim_accepts(trips[address].after, tmp_path)


@pytest.mark.parametrize("address", PEOPLE)
def test_a_relay_adds_its_own_line_and_changes_no_byte(trips: dict[str, Trip], address: str) -> None:
    trip = trips[address]

    assert trip.after.endswith(trip.before)
    assert re.fullmatch(rb"Received: [^\r\n]+\r\n(?:\t[^\r\n]+\r\n)*", trip.after.removesuffix(trip.before))


@pytest.mark.parametrize(
    "what", ["a second way out", "a second one-click", "no one-click", "another way out"]
)
def test_nobody_can_change_the_way_out_afterwards(trips: dict[str, Trip], tmp_path: Path, what: str) -> None:
    after = trips[ZOE].after

    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in after
    assert not opendkim_accepts(BREAKING[what](after), tmp_path)


def test_readers_get_what_was_written(trips: dict[str, Trip]) -> None:
    content = trips[ZOE].content()
    [text] = (part.get_content() for part in content.walk() if part.get_content_type() == "text/plain")
    [picture] = (part.get_content() for part in content.walk() if part.get_content_type() == "image/png")

    assert content["Subject"].startswith("Grüße aus Łódź: ., ein Frühling")
    assert content["To"] == '"Zoë Ångström, Jr." <zoe@example.org>'
    assert {".", "..", ".end", "From here on"} <= {line.strip() for line in text.splitlines()}
    assert LONG_WORD in text
    assert picture == PICTURE

"""Nothing of the extra is imported before a provider is called, and a missing one is named."""

import subprocess
import sys

import pytest
from tests.servers.smtp import SmtpServer

from mailer.errors import ConfigError
from mailer.transport.registry import open_transport

HEAVY = {"django", "anymail", "boto3", "botocore", "requests", "urllib3"}


def imported_by(program: str) -> set[str]:
    report = "\nimport sys\nprint(' '.join({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", program + report], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_help_imports_nothing_of_the_extra() -> None:
    program = (
        "from mailer.cli import main\ntry:\n    main(['--help'])\n"
        "except SystemExit as end:\n    assert not end.code"
    )
    assert imported_by(program).isdisjoint(HEAVY)


def test_a_send_through_smtp_imports_nothing_of_the_extra() -> None:
    with SmtpServer() as server:
        program = (
            "import mailer.cli.send, mailer.cli.resume, mailer.project, mailer.sending.act\n"
            "from mailer.transport.registry import open_transport\n"
            "from mailer.address import Address\n"
            "from mailer.message.envelope import Envelope, Message\n"
            f"transport = open_transport({server.url!r})\n"
            "transport.open()\n"
            "envelope = Envelope(Address('a', 'example.com'), Address('b', 'example.com'))\n"
            "message = Message('k', envelope, '<1@example.com>', b'Subject: x\\r\\n\\r\\nx\\r\\n')\n"
            "[outcome] = transport.deliver([message], lambda ready: ready)\n"
            "assert outcome.code == 250, outcome\n"
            "transport.close()"
        )
        assert imported_by(program).isdisjoint(HEAVY)
        assert len(server.messages) == 1


@pytest.mark.parametrize("url", ["resend://", "ses://eu-west-1"])
def test_a_providers_url_is_read_without_the_extra(url: str) -> None:
    program = f"from mailer.transport.registry import open_transport\nopen_transport({url!r})"
    assert imported_by(program).isdisjoint(HEAVY)


@pytest.mark.parametrize(("library", "url"), [("anymail", "resend://"), ("boto3", "ses://eu-west-1")])
def test_a_missing_extra_is_named_before_anything_else(
    library: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ConfigError) as found:
        open_transport(url)
    assert "newsletter-mailer[esp]" in found.value.hint


def test_amazon_is_spoken_to_without_django_and_others_without_boto3() -> None:
    program = (
        "from mailer.transport.registry import open_transport\n"
        "try:\n    open_transport('{url}?api=http://127.0.0.1:9/', secret=lambda: 'k').open()\n"
        "except Exception as error:\n    assert 'reached' in str(error), error"
    )
    assert imported_by(program.format(url="ses://key@eu-west-1")).isdisjoint({"django", "anymail"})
    assert imported_by(program.format(url="resend://")).isdisjoint({"boto3", "botocore"})


def test_a_part_of_the_extra_that_is_missing_is_named_too() -> None:
    program = (
        "import sys\nsys.modules['requests'] = None\n"
        "from mailer.errors import ConfigError\n"
        "from mailer.transport.registry import open_transport\n"
        "try:\n    open_transport('resend://', secret=lambda: 'k').open()\n"
        "except ConfigError as error:\n    assert 'newsletter-mailer[esp]' in error.hint, error.hint\n"
        "else:\n    sys.exit('nothing was missing')\ndel sys.modules['requests']"
    )
    assert imported_by(program)

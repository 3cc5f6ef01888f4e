"""A case of bad input, and what its message has to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.cli.command import Result

BUILD = ("build", "spring")
SEND = ("send", "spring", "--to", "subscribers", "--yes", "--untested", "a test of bad input")
SECRET = "S3CR3T-canary"
SPRING = "issues/spring.md"


@dataclass(frozen=True, slots=True)
class Case:
    """Files in place of the project's, a command, and what its message says."""

    name: str
    says: Sequence[str]
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    command: Sequence[str] = BUILD
    given: str = ""


def issue(name: str, text: str | bytes, *says: str, command: Sequence[str] = BUILD) -> Case:
    """Return the case of an issue, which is built."""
    return Case(name, says, {SPRING: text}, command)


def body(tag: str, *says: str) -> Case:
    """Return the case of a tag in the text of an issue, which is sent."""
    return issue(f"tag {tag[:60]}", f"# Spring\n\nHello {tag}\n", *says, command=SEND)


def people(name: str, text: str | bytes, *says: str) -> Case:
    """Return the case of a list, to which is sent."""
    return Case(name, says, {"recipients.csv": text}, SEND)


def settings(name: str, text: str, *says: str, command: Sequence[str] = ("config",)) -> Case:
    """Return the case of a mailer.toml."""
    return Case(name, says, {"mailer.toml": text}, command)


def layout(name: str, text: str, *says: str) -> Case:
    """Return the case of a layout, with which an issue is built."""
    return Case(name, says, {"layouts/newsletter.mjml": text})


def assert_told(result: Result, says: Sequence[str]) -> None:
    """One message on standard error with all that it should say, and not what it must not."""
    assert result.code == 1, result
    assert result.out == ""
    assert result.err.count("error: ") == 1, result.err
    assert "Traceback" not in result.err
    assert SECRET not in result.err
    assert [needle for needle in says if needle not in result.err] == [], result.err

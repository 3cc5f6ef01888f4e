"""The project that the tests of the command line lay out."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.cli.command import Result

CONFIG = """\
[newsletter]
name = "Field Notes"
from = "Field Notes <news@example.com>"
postal_address = "1 Main St, Springfield"
unsubscribe_url = "https://news.example.com"

[lists]
staff = "staff.csv"
subscribers = "recipients.csv"

[transports]
default = "file:outbox"
"""

ISSUE = """\
---
subject: Spring, at last
---

# Spring

Hello {{ recipient.first_name | default('reader') }}.
"""

STAFF = "email\neditor@example.com\n"
RECIPIENTS = """\
email,first_name,segment
ada@example.com,Ada,client
bob@example.com,Bob,reader
cleo@example.com,,client
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder."""

    folder: Path

    @classmethod
    def lay_out(cls, folder: Path) -> Self:
        """Write the files of the project."""
        project = cls(folder)
        project.write("mailer.toml", CONFIG)
        project.write("issues/spring.md", ISSUE)
        project.write("staff.csv", STAFF)
        project.write("recipients.csv", RECIPIENTS)
        return project

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file below the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def configure(self, added: str, *, transport: str = "file:outbox") -> None:
        """Add lines to mailer.toml, and choose the default transport."""
        self.write("mailer.toml", CONFIG.replace("file:outbox", transport) + added)

    def outbox(self) -> list[Path]:
        """Return the messages that were written."""
        return sorted((self.folder / "outbox").rglob("*.eml"))

    def start(
        self, *arguments: str, env: Mapping[str, str] | None = None, stdin: int = subprocess.DEVNULL
    ) -> "subprocess.Popen[str]":
        """Start `mailer` as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "mailer", *arguments],
            cwd=self.folder,
            env={**os.environ, **(env or {})},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run_process(self, *arguments: str, env: Mapping[str, str] | None = None) -> Result:
        """Run `mailer` as a process of its own, to its end."""
        process = self.start(*arguments, env=env)
        out, err = process.communicate(timeout=60)
        return Result(process.returncode, out, err)

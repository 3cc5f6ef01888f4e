"""What `docs/architecture.md` says of rooms and libraries, as far as import-linter cannot hold us to it."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.transport.registry import SCHEMES

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "mailer"

HOMES = {
    "anymail": "transport/esp/adapter.py",
    "babel": "compile/cldr.py",
    "boto3": "transport/esp/ses.py",
    "botocore": "transport/esp/ses.py",
    "cryptography": "message/signing_key.py",
    "cssutils": "compile/inline.py",
    "django": "transport/esp/adapter.py",
    "email_validator": "address.py",
    "emoji": "compile/markdown/shortcodes.py",
    "filelock": "ledger/sqlite/lock.py",
    "keyring": "config/secret.py",
    "markdown": "compile/markdown",
    "mjml": "compile/mjml.py",
    "premailer": "compile/inline.py",
    "pygments": "compile/markdown/highlight.py",
    "requests": "transport/esp/client.py",
    "smtplib": "transport/smtp",
    "sqlite3": "ledger/sqlite",
}
"""Library -> the one file or folder that knows it."""

ELSEWHERE = {"sqlite3": {"sending/audience.py"}}
"""Where a plan is staged, which is no ledger."""


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.fixture(scope="module")
def importers() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in HOMES}
    for path in SOURCE.rglob("*.py"):
        for name in HOMES.keys() & set(imported(path)):
            found[name].add(path.relative_to(SOURCE).as_posix())
    return found


@pytest.mark.parametrize("library", HOMES)
def test_library_is_known_in_one_place(library: str, importers: dict[str, set[str]]) -> None:
    away = {path for path in importers[library] if not path.startswith(HOMES[library])}
    assert away <= ELSEWHERE.get(library, set())


def test_transports_are_kept_apart_all_of_them() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [apart] = [one["modules"] for one in contracts["contracts"] if one["type"] == "independence"]
    made_in = {scheme.factory.split(":")[0] for scheme in SCHEMES.values()}
    assert {".".join(module.split(".")[:3]) for module in made_in} == set(apart)


def test_every_room_is_described() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path.name + "/" for path in SOURCE.iterdir() if (path / "__init__.py").is_file()]
    words = [path.name for path in SOURCE.glob("[a-z]*.py")]
    assert [name for name in (*rooms, *words) if f"`{name}`" not in text] == []

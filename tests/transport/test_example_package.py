"""Somebody else's transport: installed beside mailer, used by its scheme, held to the same specification."""

import ast
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import copy

import pytest
from tests.cli.project import Project
from tests.transport import spec
from tests.transport.spec import Handed, TransportSpec

from mailer.errors import ConfigError
from mailer.transport.base import Transport
from mailer.transport.registry import ENTRY_POINTS, open_transport

PACKAGE = Path(__file__).parent / "example_package"
DOCUMENTED = Path(__file__).parents[2] / "docs" / "transports.md"


def install(folder: Path, points: Mapping[str, str] | None = None) -> Path:
    """Lay the package into a folder as pip would, without a network."""
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    told = folder / f"mailer_example-{project['version']}.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n")
    lines = [f"{name} = {place}" for name, place in (points or project["entry-points"][ENTRY_POINTS]).items()]
    (told / "entry_points.txt").write_text("\n".join([f"[{ENTRY_POINTS}]", *lines]))
    copy(PACKAGE / "mailer_example.py", folder)
    return folder


@pytest.fixture
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "site").mkdir()
    monkeypatch.syspath_prepend(install(tmp_path / "site"))
    yield
    sys.modules.pop("mailer_example", None)


@pytest.mark.usefixtures("_installed")
class TestExample(TransportSpec):
    @pytest.fixture
    def transport(self, tmp_path: Path) -> Transport:
        return open_transport("example:box?mark=%25%25", base=tmp_path)

    @pytest.fixture
    def handed(self, tmp_path: Path) -> Handed:
        def read() -> list[bytes]:
            box = tmp_path / "box"
            return box.read_bytes().split(b"%%\r\n")[:-1] if box.exists() else []

        return read


def test_the_command_line_knows_the_scheme_once_the_package_is_there(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "news").mkdir()
    project = Project.lay_out(tmp_path / "news")
    environment = {**os.environ, "PYTHONPATH": str(install(tmp_path / "site"))}
    command = [sys.executable, "-m", "mailer", "test", "spring", "--transport", "example:box.txt", "--json"]
    done = subprocess.run(
        command, cwd=project.folder, env=environment, capture_output=True, text=True, check=True
    )
    report = json.loads(done.stdout)
    assert (report["transport"], report["accepted"], report["rehearsal"]) == ("example:box.txt", 1, True)
    box = (project.folder / "box.txt").read_bytes()
    assert b"To: editor@example.com\r\n" in box
    assert box.endswith(b"--\r\n")


@pytest.mark.usefixtures("_installed")
def test_its_own_query_keys_are_known_and_others_are_not(tmp_path: Path) -> None:
    open_transport("example:box?mark=x&rate=5/s", base=tmp_path)
    with pytest.raises(ConfigError, match="did you mean 'mark'"):
        open_transport("example:box?marc=x", base=tmp_path)
    with pytest.raises(ConfigError, match="names a file"):
        open_transport("example:", base=tmp_path)


@pytest.mark.usefixtures("_installed")
def test_a_scheme_that_nobody_has_names_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match=r"did you mean 'example'\?") as found:
        open_transport("exampel:box")
    assert "example:" in found.value.hint


@pytest.mark.parametrize("place", ["mailer_absent:Box", "mailer_example:Absent"])
def test_a_package_that_cannot_be_loaded_is_named(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(install(tmp_path, {"broken": place}))
    with pytest.raises(ConfigError, match="mailer-example") as found:
        open_transport("broken:box")
    assert "Absent" in str(found.value) or "mailer_absent" in str(found.value)


def test_the_specification_can_be_taken_along_as_it_is() -> None:
    """Others copy spec.py into their tests: so it needs nothing of ours but mailer."""
    tree = ast.parse(Path(spec.__file__).read_text())
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any(module.startswith("tests") for module in modules)


def test_the_example_is_the_one_in_the_documentation() -> None:
    text = DOCUMENTED.read_text(encoding="utf-8")
    assert 'example = "mailer_example:BoxTransport"' in text
    assert f'[project.entry-points."{ENTRY_POINTS}"]' in text
    assert "tests/transport/example_package" in text
    assert "tests/transport/spec.py" in text

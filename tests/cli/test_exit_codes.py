"""The exit codes that no other test is about."""

from pathlib import Path

import pytest
from tests.cli.command import Run
from tests.cli.project import Project


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["nope"],
        ["send", "spring"],
        ["build"],
        ["build", "spring", "--bogus"],
        ["resolve", "f"],
        ["resume"],
    ],
)
def test_usage_ends_with_2(project: Project, run: Run, command: list[str]) -> None:
    result = run(*command)
    assert result.code == 2
    assert "Usage: mailer" in result.err
    assert result.out == ""


def test_unknown_command_names_the_nearest(project: Project, run: Run) -> None:
    assert "No such command 'sned' (did you mean 'send'?)." in run("sned").err


def test_bug_ends_with_3_and_a_log_to_report(
    project: Project, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("mailer.cli.build.open_project", broken)
    result = run("build", "a-secret-title")
    (log,) = tmp_path.glob("mailer-bug-*.log")
    assert (result.code, result.out) == (3, "")
    assert "Traceback" not in result.err
    assert f"please report it with this file: {log}" in result.err
    text = log.read_text(encoding="utf-8")
    assert "ZeroDivisionError: nobody thought of this" in text
    assert "a-secret-title" not in text
    assert "Traceback" in run("--traceback", "build", "x").err


def test_output_that_cannot_be_encoded_is_spelled_out(project: Project) -> None:
    project.write("issues/春.md", "# 春\n")
    built = project.run_process("build", "春", env={"PYTHONUTF8": "1", "PYTHONIOENCODING": "cp1252:strict"})
    assert (built.code, built.err) == (0, "")
    assert "\\u6625.html" in built.out


def test_traceback_is_shown_where_it_is_wanted(project: Project, run: Run) -> None:
    assert "Traceback" not in run("build", "nothing").err
    assert "Traceback" in run("--traceback", "build", "nothing").err


def test_reader_of_the_output_may_leave(project: Project) -> None:
    process = project.start("config")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(timeout=60) in (0, 1)
    errors = process.stderr.read()
    process.stderr.close()
    assert "Traceback" not in errors
    assert "BrokenPipe" not in errors


@pytest.mark.parametrize(
    "command", ["build", "test", "send", "status", "resume", "pause", "cancel", "resolve", "config"]
)
def test_help_tells_an_example(project: Project, run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.code == 0
    assert f"Example: mailer {command}" in result.out
    assert "--json" in result.out


@pytest.mark.parametrize("option", ["--at", "--where", "--expect", "--transport", "--rate", "--replace"])
def test_a_blank_value_is_no_value_left_out(project: Project, run: Run, option: str) -> None:
    """`--at "$TIME"` in a script that lacks TIME would begin now, `--where "$WHO"` write to all."""
    result = run("send", "spring", "--to", "subscribers", "--untested", "tried", "--yes", option, " ")

    assert result.code == 2
    assert f"'{option}': it is blank" in result.err
    assert project.outbox() == []

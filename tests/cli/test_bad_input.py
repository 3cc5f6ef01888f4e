"""Bad input and what it gets: one message with the place and the way out, exit code 1, and nothing done."""

from email import message_from_bytes, policy

import pytest
from tests.cli.bad_issues import ISSUES, LAYOUTS, TEMPLATES
from tests.cli.bad_lists import LISTS
from tests.cli.bad_settings import SETTINGS
from tests.cli.case import SEND, SPRING, Case, assert_told
from tests.cli.command import Run
from tests.cli.project import CONFIG, Project

CASES = [*ISSUES, *TEMPLATES, *LAYOUTS, *LISTS, *SETTINGS]


def assert_nothing_done(project: Project, run: Run) -> None:
    """Nothing was written for readers, and the ledger holds no send."""
    assert not project.outbox()
    assert not (project.folder / "build").exists()
    assert not (project.folder / "pwned").exists()
    project.write("mailer.toml", CONFIG)
    assert run("status", "--json").json() == {"sends": []}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_told_and_nothing_is_done(case: Case, project: Project, run: Run) -> None:
    for name, content in case.files.items():
        project.write(name, content)
    assert_told(run(*case.command, given=case.given), case.says)
    assert_nothing_done(project, run)


def test_cases_have_names_of_their_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_failure_leaves_an_earlier_build_as_it_was(project: Project, run: Run) -> None:
    assert run("build", "spring").code == 0
    before = {path: path.read_bytes() for path in (project.folder / "build").iterdir()}
    project.write(SPRING, "# Spring\n\n{{ nope }}\n")
    assert run("build", "spring").code == 1
    assert {path: path.read_bytes() for path in (project.folder / "build").iterdir()} == before


def test_template_in_a_cell_stays_text(project: Project, run: Run) -> None:
    project.write(
        "recipients.csv", 'email,first_name\nada@example.com,{{ 1234 * 4321 }} <b>{% include "x" %}</b>\n'
    )
    assert run(*SEND).code == 0
    (path,) = project.outbox()
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    text, page = (part.get_content() for part in message.iter_parts())
    assert "Hello {{ 1234 * 4321 }} <b>{% include" in text
    assert "Hello {{ 1234 * 4321 }} &lt;b&gt;{% include" in page

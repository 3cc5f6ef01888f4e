"""`mailer suppress`: who must not be written to, and what that does to plans."""

from contextlib import closing

import pytest
from tests.cli.command import Run
from tests.cli.project import Project

from mailer.project import open_project
from mailer.project.lists import find_list

SEND = ("send", "spring", "--to", "subscribers", "--yes", "--untested", "x", "--json")


def listed(run: Run, *arguments: str) -> list[tuple[str, str, str]]:
    found = run("suppress", "list", "--json", *arguments).json()["suppressions"]
    assert all(list(one) == ["address", "key", "list", "reason", "at"] for one in found)
    return [(one["address"], one["list"], one["reason"]) for one in found]


def test_added_address_is_left_out_by_the_next_plan(project: Project, run: Run) -> None:
    added = run("suppress", "add", "ADA@example.com", "--reason", "asked by phone")
    assert added.out == "1 suppressed, 0 were already\n"
    assert run("suppress", "add", "ada@example.com").out == "0 suppressed, 1 were already\n"
    sent = run(*SEND)
    assert (sent.json()["suppressed"], sent.json()["accepted"]) == (1, 2)
    assert "1  suppressed: asked by phone" in sent.err


def test_suppression_of_one_list_holds_for_that_list(project: Project, run: Run) -> None:
    assert run("suppress", "add", "ada@example.com", "--list", "staff").code == 0
    assert run(*SEND).json()["suppressed"] == 0
    assert listed(run, "--list", "staff") == [("ada@example.com", "staff", "added by hand")]
    assert listed(run, "--list", "subscribers") == []


def test_removed_address_is_written_to_again(project: Project, run: Run) -> None:
    assert run("suppress", "add", "ada@example.com").code == 0
    assert run("suppress", "remove", "Ada@example.com").code == 0
    assert listed(run) == []
    refused = run("suppress", "remove", "ada@example.com")
    assert refused.code == 1
    assert "ada@example.com is not suppressed" in refused.err
    assert "mailer suppress list" in refused.err
    assert run(*SEND).json()["accepted"] == 3


def test_addresses_of_a_file_are_imported_whole_or_not_at_all(project: Project, run: Run) -> None:
    project.write("left.csv", "Email Address\nada@example.com\nnobody\n")
    refused = run("suppress", "import", "left.csv")
    assert refused.code == 1
    assert "left.csv:3:" in refused.err
    assert listed(run) == []
    project.write("left.csv", "Email Address\nada@example.com\nbob@example.com\n")
    assert run("suppress", "import", "left.csv", "--reason", "old").code == 0
    assert sorted(listed(run)) == [("ada@example.com", "", "old"), ("bob@example.com", "", "old")]


def test_addresses_are_imported_from_standard_input(project: Project, run: Run) -> None:
    assert run("suppress", "import", "-", given="email\nada@example.com\n").out == (
        "1 suppressed, 0 were already\n"
    )
    assert listed(run) == [("ada@example.com", "", "imported")]
    refused = run("suppress", "import", "-", given="email\nnobody\n")
    assert refused.code == 1
    assert "standard input:2:" in refused.err


def test_table_of_suppressions_is_for_people(project: Project, run: Run) -> None:
    assert run("suppress", "list").out == "nobody is suppressed\n"
    assert run("suppress", "add", "ada@example.com").code == 0
    heading, row = run("suppress", "list").out.splitlines()
    assert heading.split() == ["address", "list", "reason", "since"]
    assert row.split("  ")[0] == "ada@example.com"
    assert listed(run, "--since", "2999-01-01") == []


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["suppress", "add", "no address"], "is not an email address"),
        (["suppress", "add", "a@example.com", "--list", "stafff"], "did you mean 'staff'?"),
        (["suppress", "import", "nothing.csv"], "nothing.csv: cannot be read"),
    ],
)
def test_what_cannot_be_suppressed_is_told(project: Project, run: Run, command: list[str], says: str) -> None:
    refused = run(*command)
    assert refused.code == 1, refused
    assert says in refused.err
    assert "→" in refused.err


def test_who_left_a_list_has_left_its_file_by_every_name(project: Project, run: Run) -> None:
    project.configure('[lists.readers]\nfile = "recipients.csv"\n')
    assert run("suppress", "add", "ada@example.com", "--list", "subscribers").code == 0
    left_out = {
        name: run("send", "spring", "--to", name, "--dry-run", "--json").json()["suppressed"]
        for name in ("subscribers", "recipients.csv", str(project.folder / "recipients.csv"), "readers")
    }
    assert list(left_out.values()) == [1, 1, 1, 0]


def test_who_left_a_file_has_left_the_lists_that_read_it(project: Project) -> None:
    opened = open_project(project.folder)
    with closing(opened.ledger()) as ledger:
        assert find_list("subscribers", opened.config, ledger).scopes == ("subscribers", "recipients.csv")

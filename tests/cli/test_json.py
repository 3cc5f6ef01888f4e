"""The documents that scripts read: one on standard output, its keys and their order fixed, its sums right."""

from typing import Any

import pytest
from tests.cli.command import Result, Run
from tests.cli.project import Project
from tests.servers.smtp import SmtpServer

COUNTS = {
    "listed": 6,
    "duplicates": 1,
    "invalid": 1,
    "not_selected": 1,
    "elsewhere": 0,
    "planned": 3,
    "accepted": 1,
    "deferred": 0,
    "refused": 0,
    "in_doubt": 0,
    "suppressed": 2,
    "cancelled": 0,
    "remaining": 0,
}
FELL_AWAY = ("duplicates", "invalid", "not_selected", "elsewhere")
STATES = ("accepted", "deferred", "refused", "in_doubt", "suppressed", "cancelled", "remaining")
NAMES = ("send", "issue", "list", "transport", "digest", "tested", "dry_run", "rehearsal", "state")
KEYS = [*NAMES, *COUNTS, "seconds", "tested_by", "untested", "refusals", "deferrals"]
DELIVERY = (
    "address",
    "state",
    "attempts",
    "changed",
    "next_at",
    "code",
    "reply",
    "message_id",
    "provider_id",
    "transport",
)

SEND = ("send", "spring", "--to", "subscribers", "--yes", "--json")
MIXED = """\
email,first_name,segment,subscribed
ada@example.com,Ada,client,yes
ADA@example.com,Ada again,client,yes
bob@example.com,Bob,reader,yes
cleo@example.com,Cleo,client,no
dora@example.com,Dora,client,yes
nobody,No,client,yes
"""


@pytest.fixture
def tested(project: Project, run: Run) -> Project:
    assert run("test", "spring").code == 0
    return project


def report(result: Result, code: int = 0) -> dict[str, Any]:
    """Return the document of a send, its keys and sums checked."""
    assert result.code == code, result
    document: dict[str, Any] = result.json()
    assert list(document)[: len(KEYS)] == KEYS
    assert document["listed"] == document["planned"] + sum(document[key] for key in FELL_AWAY)
    assert document["planned"] == sum(document[key] for key in STATES)
    return document


def test_send_counts_every_row(tested: Project, run: Run) -> None:
    tested.write("recipients.csv", MIXED)
    assert run("suppress", "add", "dora@example.com").code == 0
    document = report(run(*SEND, "--skip-invalid", "--where", "segment == 'client'"))
    assert list(document) == KEYS
    assert len(document["send"]) == 12
    assert {key: document[key] for key in COUNTS} == COUNTS
    told = (document["issue"], document["list"], document["transport"], document["state"])
    assert told == ("spring", "subscribers", "file:outbox", "finished")
    assert (document["tested"], document["dry_run"], document["rehearsal"]) == (True, False, True)
    assert document["digest"].startswith("sha256:")


def test_dry_run_hands_nothing_over_and_lists_bad_rows(tested: Project, run: Run) -> None:
    before = tested.outbox()
    tested.write("recipients.csv", MIXED)
    document = report(run(*SEND, "--dry-run", "--skip-invalid"))
    assert list(document) == [*KEYS, "invalid_rows"]
    assert (document["send"], document["dry_run"], document["state"]) == (None, True, "planned")
    (bad,) = document["invalid_rows"]
    assert bad["line"] == 7
    assert "not an email address" in bad["reason"]
    assert (document["remaining"], document["suppressed"], document["accepted"]) == (3, 1, 0)
    assert tested.outbox() == before
    assert run("status", "--json").json() == {"sends": []}


def test_dry_run_tells_that_nobody_tested_and_goes_on(project: Project, run: Run) -> None:
    document = report(run(*SEND, "--dry-run"))
    assert document["tested"] is False
    assert not (project.folder / ".mailer" / "ledger.sqlite3").exists()


def test_test_gives_the_same_document_with_the_id_of_the_test(project: Project, run: Run) -> None:
    document = report(run("test", "spring", "--json"))
    assert list(document) == [*KEYS, "test"]
    assert document["send"] is None
    assert document["test"]
    assert (document["list"], document["accepted"], document["tested"]) == ("staff", 1, True)


def test_status_gives_the_document_of_the_send(tested: Project, run: Run) -> None:
    sent = report(run(*SEND))
    assert report(run("status", sent["send"][:5], "--json")) == sent
    assert run("status", "--json").json() == {"sends": [sent]}
    assert report(run("resume", sent["send"], "--json")) == sent


def test_deliveries_are_listed(tested: Project, run: Run) -> None:
    sent = report(run(*SEND))
    deliveries = run("status", sent["send"], "--deliveries", "--json").json()["deliveries"]
    assert [one["address"] for one in deliveries] == [
        "ada@example.com",
        "bob@example.com",
        "cleo@example.com",
    ]
    assert all(list(one) == [*DELIVERY] for one in deliveries)
    assert {one["state"] for one in deliveries} == {"accepted"}
    assert run("status", sent["send"], "--state", "refused", "--json").json() == {"deliveries": []}


def test_history_of_an_address_is_told(tested: Project, run: Run) -> None:
    sent = report(run(*SEND))
    history = run("status", "ADA@example.com", "--json").json()
    (issue,) = history["issues"]
    assert list(issue) == ["send", "issue", "list", *DELIVERY]
    assert (issue["send"], issue["issue"], issue["list"]) == (sent["send"], "spring", "subscribers")
    assert run("status", "eve@example.com", "--json").json() == {"address": "eve@example.com", "issues": []}


@pytest.mark.parametrize(
    "command",
    [
        ["build", "nothing", "--json"],
        ["test", "nothing", "--json"],
        ["send", "spring", "--to", "nobody", "--json"],
        ["send", "spring", "--to", "subscribers", "--json"],
        ["status", "ffff", "--json"],
        ["resume", "ffff", "--json"],
        ["pause", "ffff", "--json"],
        ["cancel", "ffff", "--json"],
        ["resolve", "ffff", "--accept", "--json"],
        ["status", "not@an@address", "--json"],
    ],
    ids=" ".join,
)
def test_failure_leaves_standard_output_empty(command: list[str], project: Project, run: Run) -> None:
    result = run(*command)
    assert (result.code, result.out) == (1, "")
    assert result.err


def test_resume_of_what_is_due_gives_one_document(tested: Project, run: Run) -> None:
    result = run("resume", "--due", "--json")
    assert (result.code, result.json()) == (0, {"sends": []})
    tested.configure('[sending]\nwait = "0s"\n')
    with SmtpServer(
        {"RCPT bob@example.com": "451 4.2.1 later", "RCPT ada@example.com": "421 4.7.28 x"}
    ) as server:
        sent = run(*SEND, "--untested", "x", "--transport", server.url)
        assert sent.code == 4
        (deferral, _) = sent.json()["deferrals"]
        assert deferral["domains"] == {"example.com": 1}


def test_other_commands_give_one_document_too(tested: Project, run: Run) -> None:
    build = run("build", "spring", "--json").json()
    assert list(build) == ["issue", "digest", "files"]
    assert build["files"] == ["build/spring.html", "build/spring.txt", "build/spring.eml"]
    assert run("suppress", "list", "--json").json() == {"suppressions": []}
    assert {"key": "sending.rate", "value": "", "source": "default"} in run("config", "--json").json()


def test_digest_of_build_test_and_send_is_one(tested: Project, run: Run) -> None:
    digests = {
        run(*command, "--json").json()["digest"]
        for command in (("build", "spring"), ("test", "spring"), SEND[:-1])
    }
    assert len(digests) == 1

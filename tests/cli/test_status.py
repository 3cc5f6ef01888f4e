"""`mailer status`, `resume`, `cancel` and `resolve`: what became of a send, and what is done about it."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from tests.cli.command import Run
from tests.cli.project import Project
from tests.servers.smtp import RECORD_AND_DROP, SmtpServer

SEND = ("send", "spring", "--to", "subscribers", "--yes", "--untested", "x", "--json")


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as started:
        yield started


@pytest.fixture
def live(project: Project, server: SmtpServer) -> Project:
    """The project with the server as its relay; a deferred delivery ends the run."""
    project.configure('[sending]\nwait = "0s"\n', transport=server.url)
    return project


def test_nothing_sent_is_told(project: Project, run: Run) -> None:
    assert run("status").out == "nothing has been sent yet\n"
    assert run("status", "ada@example.com").out == "ada@example.com was never sent an issue\n"


def test_a_wrong_ledger_is_told_where_it_stands(project: Project, run: Run) -> None:
    by_variable = run("status", env={"MAILER_LEDGER": "sqllite:book.db"})
    assert by_variable.code == 1
    assert "error: MAILER_LEDGER: unknown scheme 'sqllite'" in by_variable.err
    assert "mailer.toml" not in by_variable.err
    project.write(
        "mailer.toml", 'ledger = "sqllite:book.db"\n' + (project.folder / "mailer.toml").read_text()
    )
    assert "error: `ledger` in mailer.toml: unknown scheme" in run("status").err


def test_last_send_is_told_and_a_table_of_the_others(project: Project, run: Run) -> None:
    project.write("issues/autumn.md", "# Autumn\n\nText.\n")
    first = run(*SEND).json()["send"]
    second = run("send", "autumn", *SEND[2:]).json()["send"]
    lines = run("status").out.splitlines()
    assert lines[0] == "Written to outbox/: nobody was mailed."
    assert lines[1] == f"autumn to subscribers  ({second}): finished"
    assert lines[-2].split()[:2] == ["send", "began"]
    assert lines[-1].split()[0] == first


def test_deliveries_are_a_table_and_csv(live: Project, run: Run, server: SmtpServer) -> None:
    server.script = type(server.script)({"RCPT bob@example.com": "550 5.1.1 =no such user"})
    send = run(*SEND).json()["send"]
    assert len(run("status", send, "--deliveries").out.splitlines()) == 1 + 3
    table = run("status", send, "--deliveries", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["address"] for row in rows] == ["ada@example.com", "bob@example.com", "cleo@example.com"]
    assert [row["state"] for row in rows] == ["accepted", "refused", "accepted"]
    refused = run("status", send, "--state", "refused", "--format", "csv").out
    assert refused.count("\n") == 2
    assert "bob@example.com" in refused


def test_history_of_an_address_tells_the_answer_of_the_relay(live: Project, run: Run) -> None:
    assert run(*SEND).code == 0
    heading, row = run("status", "Ada@Example.com").out.splitlines()
    assert heading.startswith("issue")
    assert row.startswith("spring  accepted")
    assert "250 2.0.0 taken" in row


def test_deferred_left_over_ends_with_4_and_resume_goes_on(
    live: Project, run: Run, server: SmtpServer
) -> None:
    server.script = type(server.script)({"RCPT bob@example.com": "451 4.2.1 later"})
    sent = run(*SEND)
    assert (sent.code, sent.json()["state"], sent.json()["deferred"]) == (4, "paused", 1)
    send = sent.json()["send"]
    assert f"go on with: mailer resume {send}" in sent.err
    again = run("resume", send)
    assert again.code == 4
    assert "paused: waiting: 1 deferred" in again.out
    assert run("resume", "--due").err == "no send is due\n"


def test_cancelled_send_is_not_resumed(live: Project, run: Run, server: SmtpServer) -> None:
    server.script = type(server.script)({"RCPT bob@example.com": "451 4.2.1 later"})
    send = run(*SEND).json()["send"]
    cancelled = run("cancel", send, "--json").json()
    assert (cancelled["state"], cancelled["accepted"], cancelled["cancelled"]) == ("cancelled", 2, 1)
    refused = run("resume", send)
    assert refused.code == 1
    assert f"{send} is cancelled" in refused.err
    assert "mailer send spring --to subscribers" in refused.err
    server.script = type(server.script)({})
    assert run(*SEND).json()["accepted"] == 1


def test_doubt_is_shown_never_resent_and_resolved_by_hand(
    live: Project, run: Run, server: SmtpServer
) -> None:
    server.script = type(server.script)({"DOT bob@example.com": RECORD_AND_DROP})
    sent = run(*SEND)
    assert sent.code == 4, sent
    assert (sent.json()["in_doubt"], sent.json()["accepted"], sent.json()["state"]) == (1, 2, "finished")
    send = sent.json()["send"]
    told = run("status", send).out
    assert "In doubt: handed over, but no clear answer came." in told
    assert "bob@example.com  <" in told
    assert f"mailer resolve {send} --accept" in told
    assert f"mailer resolve {send} --resend" in told
    server.script = type(server.script)({})
    assert run(*SEND).json()["in_doubt"] == 1
    assert run("resolve", send).code == 2
    planned = run("resolve", send, "--resend", "--json").json()
    assert (planned["in_doubt"], planned["remaining"]) == (0, 1)
    resumed = run("resume", send, "--json")
    assert (resumed.code, resumed.json()["accepted"], resumed.json()["send"]) == (0, 3, send)
    assert [message.recipient for message in server.messages].count("bob@example.com") == 2


def test_doubt_of_a_cancelled_send_is_freed_and_told(live: Project, run: Run, server: SmtpServer) -> None:
    script = {"DOT bob@example.com": RECORD_AND_DROP, "RCPT cleo@example.com": "451 4.2.1 later"}
    server.script = type(server.script)(script)
    send = run(*SEND).json()["send"]
    cancelled = run("cancel", send)
    assert "cancelled: by hand" in cancelled.out
    freed = run("resolve", send, "--resend", "--json")
    assert (freed.code, freed.json()["in_doubt"], freed.json()["cancelled"]) == (0, 0, 2)
    assert "these 1 now: nothing was planned again" in freed.err
    assert "mailer send spring --to subscribers" in freed.err
    server.script = type(server.script)({})
    assert run(*SEND).json()["accepted"] == 2


def test_cancelling_again_keeps_the_reason(live: Project, run: Run, server: SmtpServer) -> None:
    server.script = type(server.script)({"RCPT bob@example.com": "451 4.2.1 later"})
    old = run(*SEND).json()["send"]
    new = run(*SEND, "--replace", old).json()["send"]
    for _ in range(2):
        assert f"cancelled: replaced by {new}" in run("cancel", old).out


def test_doubt_can_be_taken_as_accepted(live: Project, run: Run, server: SmtpServer) -> None:
    server.script = type(server.script)({"DOT bob@example.com": RECORD_AND_DROP})
    send = run(*SEND).json()["send"]
    settled = run("resolve", send, "--accept", "--json").json()
    assert (settled["in_doubt"], settled["accepted"], settled["state"]) == (0, 3, "finished")
    assert [message.recipient for message in server.messages].count("bob@example.com") == 1


def test_pause_of_a_finished_send_is_refused(project: Project, run: Run) -> None:
    send = run(*SEND).json()["send"]
    for command in ("pause", "cancel"):
        refused = run(command, send)
        assert refused.code == 1
        assert f"{send} is finished" in refused.err


def test_resume_of_a_rehearsal_mails_nobody(project: Project, run: Run, server: SmtpServer) -> None:
    send = run(*SEND).json()["send"]
    refused = run("resume", send, "--transport", server.url)
    assert refused.code == 1
    assert "is a rehearsal" in refused.err
    assert server.messages == []


def test_resume_reads_no_file_of_the_newsletter(live: Project, run: Run, server: SmtpServer) -> None:
    server.script = type(server.script)({"MAIL": "550 5.7.1 not from you"})
    sent = run(*SEND)
    assert sent.code == 4, sent
    assert "550" in sent.err
    server.script = type(server.script)({})
    send = run("status", "--json").json()["sends"][0]["send"]
    for name in ("issues/spring.md", "recipients.csv", "staff.csv"):
        (live.folder / name).unlink()
    resumed = run("resume", send, "--json")
    assert (resumed.code, resumed.json()["accepted"]) == (0, 3)


def test_times_name_their_zone(project: Project, run: Run) -> None:
    assert run("test", "spring").code == 0
    assert run("send", "spring", "--to", "subscribers", "--yes").code == 0
    told = run("status", "ada@example.com")
    assert re.search(r"\d\d:\d\d:\d\d [\w+-]+  ", told.out), told

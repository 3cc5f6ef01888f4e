"""`mailer send`: who gets an issue, who does not, and what stands in the way."""

import json
from pathlib import Path

import pytest
from tests.cli.command import Result, Run
from tests.cli.project import CONFIG, ISSUE, RECIPIENTS, Project
from tests.servers.smtp import SmtpServer

SEND = ("send", "spring", "--to", "subscribers", "--yes")


@pytest.fixture
def tested(project: Project, run: Run) -> Project:
    """The project, its issue tested and the outbox empty again."""
    assert run("test", "spring").code == 0
    for path in project.outbox():
        path.unlink()
    return project


def readers(project: Project) -> list[str]:
    """Return the first names of the people in the To headers, in order of their messages."""
    lines = [line for path in project.outbox() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line.partition("<")[2].rstrip(">") or line[4:] for line in lines if line.startswith("To: ")]


def figures(result: Result, *keys: str, code: int = 0) -> list[object]:
    assert result.code == code, result
    return [result.json()[key] for key in keys]


def test_rehearsal_says_that_nobody_was_mailed(tested: Project, run: Run) -> None:
    sent = run(*SEND)
    assert sent.code == 0
    assert sent.out.startswith("Written to outbox/: nobody was mailed.\n")
    assert readers(tested) == ["ada@example.com", "bob@example.com", "cleo@example.com"]


def test_same_command_again_writes_to_new_people_only(tested: Project, run: Run) -> None:
    assert run(*SEND).code == 0
    again = run(*SEND)
    assert again.code == 0
    assert "everybody on the list has this issue already; nothing was sent" in again.err
    tested.write("recipients.csv", f"{RECIPIENTS}dora@example.com,Dora,client\n")
    assert figures(run(*SEND, "--json"), "listed", "elsewhere", "planned", "accepted") == [4, 3, 1, 1]
    assert readers(tested)[3:] == ["dora@example.com"]


def test_nobody_gets_an_issue_twice_across_lists(tested: Project, run: Run) -> None:
    assert run(*SEND).code == 0
    tested.write("others.csv", "email\nADA@example.com\neve@example.com\n")
    other = run("send", "spring", "--to", "others.csv", "--yes", "--json")
    assert figures(other, "list", "elsewhere", "planned") == ["others.csv", 1, 1]


def test_rehearsal_does_not_count_for_a_live_send(tested: Project, run: Run) -> None:
    assert run(*SEND).code == 0
    with SmtpServer() as server:
        refused = run(*SEND, "--transport", server.url)
        assert refused.code == 1
        assert "not been tested through a transport that mails it" in refused.err
        assert run("test", "spring", "--transport", server.url).code == 0
        sent = run(*SEND, "--transport", server.url, "--json")
        assert figures(sent, "rehearsal", "elsewhere", "accepted") == [False, 0, 3]
        assert "ledger_id" in sent.err


def test_edit_after_the_test_is_refused_with_the_difference(tested: Project, run: Run) -> None:
    tested.write("issues/spring.md", ISSUE.replace("Hello", "Dear"))
    refused = run(*SEND)
    assert (refused.code, refused.out) == (1, "")
    assert "spring has changed since its last test; nothing was sent" in refused.err
    assert "- Hello\n+ Dear\n" in refused.err
    assert "to editor@example.com" in refused.err
    assert "mailer test spring" in refused.err
    assert readers(tested) == []


def test_reason_for_not_testing_is_recorded(project: Project, run: Run) -> None:
    sent = run(*SEND, "--untested", "a typo in a date")
    assert sent.code == 0
    assert "NOT tested: a typo in a date" in sent.err
    assert run("status", "--json").json()["sends"][0]["tested"] is False


def test_expected_number_is_a_range(tested: Project, run: Run) -> None:
    assert run(*SEND, "--expect", "4..9").code == 1
    assert run(*SEND, "--expect", "1..2").code == 1
    assert run(*SEND, "--expect", "no").code == 1
    assert readers(tested) == []
    assert run(*SEND, "--expect", "1..3").code == 0


def test_where_selects(tested: Project, run: Run) -> None:
    clients = run(*SEND, "--where", "segment == 'client'", "--json")
    assert figures(clients, "not_selected", "planned") == [1, 2]
    assert readers(tested) == ["ada@example.com", "cleo@example.com"]


def test_limit_takes_the_first_recipients(tested: Project, run: Run) -> None:
    assert figures(run(*SEND, "--limit", "2", "--json"), "not_selected", "accepted") == [1, 2]
    assert readers(tested) == ["ada@example.com", "bob@example.com"]
    assert run(*SEND, "--limit", "0").code == 2


def test_bad_row_stops_unless_it_is_skipped(tested: Project, run: Run) -> None:
    tested.write("recipients.csv", f"{RECIPIENTS}nobody,No,client\n")
    refused = run(*SEND)
    assert refused.code == 1
    assert "recipients.csv:5:" in refused.err
    assert figures(run(*SEND, "--skip-invalid", "--json"), "invalid", "accepted") == [1, 3]


@pytest.mark.parametrize(
    ("column", "left"),
    [
        ("subscribed_to_emails", "false"),
        ("deleted_at", "2025-01-01"),
        ("email_disabled", "true"),
        ("status", "unsubscribed"),
        ("status", "cleaned"),
    ],
)
def test_people_who_left_are_suppressed(tested: Project, run: Run, column: str, left: str) -> None:
    told = "set" if column == "deleted_at" else left
    tested.write("recipients.csv", f"email,{column}\nada@example.com,{left}\nbob@example.com,\n")
    sent = run(*SEND, "--json")
    assert figures(sent, "suppressed", "accepted") == [1, 1]
    assert f"suppressed: {column} is {told}" in sent.err


def test_standard_input_is_a_list(tested: Project, run: Run) -> None:
    sent = run(
        "send", "spring", "--to", "-", "--name", "guests", "--yes", "--json", given="email\ng@example.com\n"
    )
    assert figures(sent, "list", "accepted") == ["guests", 1]


def test_one_address_is_a_list(tested: Project, run: Run) -> None:
    sent = run("send", "spring", "--to", "eve@example.com", "--yes", "--json")
    assert figures(sent, "list", "listed", "accepted") == ["eve@example.com", 1, 1]


def test_list_of_lists_is_folded(tested: Project, run: Run) -> None:
    tested.write(
        "mailer.toml", CONFIG.replace("[transports]", 'everyone = ["staff", "subscribers"]\n[transports]')
    )
    tested.write("staff.csv", "email\neditor@example.com\nada@example.com\n")
    sent = run("send", "spring", "--to", "everyone", "--yes", "--json")
    assert figures(sent, "listed", "duplicates", "accepted") == [5, 1, 4]


def test_recipients_of_an_earlier_send_are_a_list(tested: Project, run: Run) -> None:
    with SmtpServer({"RCPT bob@example.com": "550 5.1.1 no such user"}) as server:
        tested.configure("", transport=server.url)
        assert run("test", "spring").code == 0
        first = run(*SEND, "--json")
        assert figures(first, "accepted", "refused", code=4) == [2, 1]
        send = first.json()["send"]
        tested.write("issues/correction.md", "# Correction\n\nSorry.\n")
        correction = ("send", "correction", "--dry-run", "--json", "--to")
        assert figures(run(*correction, f"send:{send[:6]}"), "list", "planned") == [f"send:{send}", 3]
        some = run(*correction, f"send:{send}:refused,deferred")
        assert figures(some, "list", "planned") == [f"send:{send}:refused,deferred", 1]
        again = run("send", "spring", "--to", f"send:{send}:refused", "--dry-run", "--json")
        assert figures(again, "planned", "elsewhere") == [1, 0]


def test_refusals_over_the_share_that_is_all_right_end_with_4(tested: Project, run: Run) -> None:
    with SmtpServer({"RCPT bob@example.com": "550 5.1.1 no such user"}) as server:
        live = ("--transport", server.url, "--untested", "x")
        sent = run(*SEND, *live)
        assert sent.code == 4, sent
        assert "550 5.1.1 no such user" in sent.out
        send = run("status", "--json").json()["sends"][0]["send"]
        assert f"mailer resume {send} --refused" in sent.out
        tested.configure('[sending]\nrefused_ok = "50%"\n', transport=server.url)
        assert run("status", send).code == 0
        assert run("resume", send, "--refused", "--yes").code == 0


def test_changed_issue_of_an_unfinished_send_stops_and_names_three_ways(tested: Project, run: Run) -> None:
    with SmtpServer({"RCPT bob@example.com": "451 4.2.0 later"}) as server:
        tested.configure('[sending]\nwait = "0s"\n', transport=server.url)
        assert run("test", "spring").code == 0
        first = run(*SEND, "--json")
        assert figures(first, "state", "accepted", "deferred", code=4) == ["paused", 2, 1]
        send = first.json()["send"]
        tested.write("issues/spring.md", ISSUE.replace("Hello", "Dear"))
        stopped = run(*SEND)
        assert (stopped.code, stopped.out) == (1, "")
        assert "- Hello\n+ Dear\n" in stopped.err
        for way in (f"mailer resume {send}", f"mailer cancel {send}", f"--replace {send}"):
            assert way in stopped.err
        assert run(*SEND, "--replace", send).code == 1  # the new content is not tested
        assert run("test", "spring").code == 0
        server.script = type(server.script)({})
        replaced = run(*SEND, "--replace", send, "--json")
        assert figures(replaced, "elsewhere", "accepted") == [2, 1]
    assert run("status", send, "--json").json()["state"] == "cancelled"
    by_spelling = [
        message.recipient for message in server.messages if message.recipient != "editor@example.com"
    ]
    assert sorted(by_spelling) == ["ada@example.com", "bob@example.com", "cleo@example.com"]


def test_report_is_written_to_a_file(tested: Project, run: Run) -> None:
    Path("reports").mkdir()
    sent = run(*SEND, "--json", "--report", "reports/spring.json")
    assert json.loads(Path("reports/spring.json").read_text(encoding="utf-8")) == sent.json()
    assert run(*SEND, "--report", "reports/spring.txt").code == 0
    assert Path("reports/spring.txt").read_text(encoding="utf-8").startswith("Written to outbox/")
    assert run(*SEND, "--report", "reports/spring.html").code == 0
    page = Path("reports/spring.html").read_text(encoding="utf-8")
    assert "A rehearsal: nobody was mailed." in page
    assert "<svg" in page


def test_place_of_the_report_is_looked_at_before_anybody_is_mailed(tested: Project, run: Run) -> None:
    refused = run(*SEND, "--report", "staff.csv/report.html")
    assert refused.code == 1
    assert "staff.csv/report.html cannot be written" in refused.err
    assert readers(tested) == []


def test_a_folder_for_the_report_that_is_not_there_is_refused_and_not_made(tested: Project, run: Run) -> None:
    refused = run(*SEND, "--report", "reports/deep/spring.html")
    assert refused.code == 1
    assert "reports/deep/spring.html cannot be written: there is no folder reports/deep" in refused.err
    assert not Path("reports").exists()
    assert readers(tested) == []


def test_a_run_that_ends_by_an_error_reports_what_is_known(project: Project, run: Run) -> None:
    with SmtpServer({"MAIL": "421 4.3.2 closing"}) as server:
        project.configure("", transport=server.url)
        begun = run(*SEND, "--untested", "x", "--json")
        assert begun.code == 4, begun
    send = begun.json()["send"]
    for command in ((*SEND, "--untested", "x"), ("resume", send)):
        ended = run(*command, "--report", "known.json")
        assert (ended.code, ended.out) == (1, ""), ended
        known = json.loads(Path("known.json").read_text(encoding="utf-8"))
        assert (known["send"], known["state"], known["remaining"]) == (send, "paused", 3)
        Path("known.json").unlink()


def test_which_line_to_add_is_told_once_a_live_send_has_begun(project: Project, run: Run) -> None:
    with SmtpServer() as server:
        project.configure("", transport=server.url)
    failed = run(*SEND, "--untested", "x", "--report", "known.json")
    assert (failed.code, "ledger_id" in failed.err) == (1, False), failed
    assert not Path("known.json").exists()
    with SmtpServer() as server:
        project.configure("", transport=server.url)
        sent = run(*SEND, "--untested", "x")
        assert (sent.code, sent.err.count("ledger_id")) == (0, 1), sent


def test_staff_test_is_refused_for_a_list_that_is_too_long(project: Project, run: Run) -> None:
    project.write("staff.csv", "email\n" + "".join(f"s{number}@example.com\n" for number in range(26)))
    refused = run("test", "spring")
    assert refused.code == 1
    assert "staff has 26 people" in refused.err
    assert "sending.test_limit" in refused.err
    assert project.outbox() == []


def test_draft_is_built_and_tested_but_not_sent(project: Project, run: Run) -> None:
    project.write("issues/spring.md", ISSUE.replace("---\n\n", "draft: true\n---\n\n"))
    assert run("build", "spring").code == 0
    assert run("test", "spring").code == 0
    refused = run(*SEND)
    assert refused.code == 1
    assert "spring is a draft and cannot be sent" in refused.err


def test_live_send_needs_the_ledger_that_mailer_toml_names(project: Project, run: Run) -> None:
    with SmtpServer() as server:
        project.write(
            "mailer.toml", 'ledger_id = "0123456789abcdef"\n' + CONFIG.replace("file:outbox", server.url)
        )
        refused = run(*SEND, "--untested", "x")
        assert refused.code == 1
        assert "mailer.toml names the ledger 0123456789abcdef" in refused.err
        assert "bring the ledger back" in refused.err
        assert server.messages == []
        assert run(*SEND, "--untested", "x", "--transport", "file:outbox").code == 0

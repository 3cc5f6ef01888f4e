"""`--at`, seeds and the hold after them, and a list that is not the size it was."""

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.cli.command import Run
from tests.cli.project import RECIPIENTS, Project
from tests.servers.smtp import SmtpServer

SEND = ("send", "spring", "--to", "subscribers", "--yes")


def recipients(server: SmtpServer) -> list[str]:
    return [message.recipient.partition("@")[0] for message in server.messages]


def wait_until_told(process: "subprocess.Popen[str]") -> None:
    assert process.stderr
    assert any(line.startswith("it begins in 4:59") for line in iter(process.stderr.readline, ""))


@pytest.fixture
def live(project: Project) -> Iterator[tuple[Project, SmtpServer]]:
    """Return the project and the relay it mails through, the issue tested; staff are its seeds."""
    with SmtpServer() as server:
        project.configure('\n[sending]\nseeds = "staff"\nhold = "0s"\n', transport=server.url)
        yield project, server


def test_staff_get_the_real_send_first(live: tuple[Project, SmtpServer], run: Run) -> None:
    _, server = live
    assert run("test", "spring").code == 0
    sent = run(*SEND)
    assert sent.code == 0, sent.err
    assert "1  of them, the seeds, get it first" in sent.err
    first, seed, *others = recipients(server)
    assert (first, seed, {*others}) == ("editor", "editor", {"ada", "bob", "cleo"})


def test_seeds_that_are_no_list_are_a_fault_of_the_settings(project: Project, run: Run) -> None:
    project.configure('\n[sending]\nseeds = "staf"\n')
    refused = run(*SEND)
    assert refused.code == 1
    assert "sending.seeds: no list 'staf' (did you mean 'staff'?)" in refused.err


def test_a_list_that_has_doubled_needs_to_be_expected(live: tuple[Project, SmtpServer], run: Run) -> None:
    project, _ = live
    assert run("test", "spring").code == 0
    assert run(*SEND).code == 0
    many = "".join(f"reader{number}@example.com,,\n" for number in range(6))
    project.write("recipients.csv", RECIPIENTS + many)
    project.write("issues/summer.md", "# Summer\n\nIt is here.\n")
    assert run("test", "summer").code == 0
    summer = ("send", "summer", "--to", "subscribers", "--yes")
    refused = run(*summer)
    assert refused.code == 1
    assert "subscribers has 10 people, and had 4 at its last send; nothing was sent" in refused.err
    assert "--expect 10" in refused.err
    shown = run(*summer, "--dry-run")
    assert shown.code == 0
    assert "MIND: subscribers has 10 people" in shown.err
    assert run(*summer, "--expect", "10").code == 0


def test_a_time_that_is_none_or_over_is_refused(project: Project, run: Run) -> None:
    assert run("test", "spring").code == 0
    for time, fault in (("noon", "'noon' is not a time"), ("2020-01-01 09:00", "is over; nothing was sent")):
        refused = run(*SEND, "--at", time)
        assert (refused.code, refused.out) == (1, "")
        assert fault in refused.err


def test_a_send_planned_for_later_waits_and_a_timer_leaves_it_alone(project: Project, run: Run) -> None:
    assert run("test", "spring").code == 0
    later = datetime.now(UTC) + timedelta(hours=5)
    with project.start(*SEND, "--at", later.isoformat(" ", "minutes")) as waiting:
        wait_until_told(waiting)
        shown = run("status")
        assert re.search(r"spring to subscribers  \(\w+\): planned: begins ", shown.out)
        assert "mailer resume --due" in shown.out
        due = run("resume", "--due")
        assert (due.code, due.err) == (0, "no send is due\n")
        waiting.terminate()
        assert waiting.wait(timeout=30) == 130
    assert run("status", "--json").json()["sends"][0]["state"] == "planned"


def test_cancel_ends_a_send_that_waits(project: Project, run: Run) -> None:
    assert run("test", "spring").code == 0
    later = datetime.now(UTC) + timedelta(hours=5)
    with project.start(*SEND, "--at", later.isoformat(" ", "minutes"), "--json") as waiting:
        wait_until_told(waiting)
        send = run("status", "--json").json()["sends"][0]["send"]
        assert run("cancel", send).code == 0
        out, _ = waiting.communicate(timeout=30)
        assert '"state": "cancelled"' in out


def test_off_a_terminal_the_hold_names_the_send_and_what_stops_it(
    live: tuple[Project, SmtpServer], run: Run
) -> None:
    project, server = live
    project.configure('\n[sending]\nseeds = "staff"\nhold = "1s"\n', transport=server.url)
    assert run("test", "spring").code == 0
    sent = run(*SEND, "--json")
    send = sent.json()["send"]
    (told,) = [line for line in sent.err.splitlines() if line.startswith("the seeds have it")]
    assert told == f"the seeds have it; the others get it in 0:00:01: mailer pause {send} stops it"

"""A newsletter without a mail server: the same commands, through a provider's API."""

import pytest
from tests.cli.command import Run
from tests.cli.project import Project
from tests.message.dkim_keys import dkimpy_accepts, new_key, pem_of
from tests.servers.http import Answer, HttpServer, Recorded, Reply
from tests.transport.esp.batches import id_of, is_batch, seen_in, takes_batches
from tests.transport.esp.calls import scripted, sent_to
from tests.transport.esp.dialects import DIALECTS, KEY, raw_message

ENV = {"POSTMARK_SERVER_TOKEN": KEY}


def through(project: Project, server: HttpServer) -> None:
    project.configure("", transport=f"postmark://?api={server.url}")


def test_a_send_through_a_provider_is_a_send_like_any_other(run: Run, project: Project) -> None:
    with HttpServer(takes_batches("postmark")) as server:
        through(project, server)
        assert run("test", "spring", env=ENV).code == 0
        report = run("send", "spring", "--to", "subscribers", "--yes", "--json", env=ENV)
        told = run("status", "ada@example.com", "--json", env=ENV).json()["issues"][0]
        shown = run("status", "ada@example.com", env=ENV).out
    assert report.code == 0
    assert (report.json()["accepted"], report.json()["rehearsal"]) == (3, False)
    assert told["provider_id"] == id_of("ada@example.com")
    assert told["message_id"].strip("<>") in shown
    assert told["provider_id"] in shown.replace("\n", "")
    seen = seen_in("postmark", server.requests)
    assert len(seen) == 4
    assert sum(is_batch("postmark", one) for one in server.requests) == 1
    assert all("<https://news.example.com/u/" in one.headers["list-unsubscribe"] for one in seen)
    assert {one.headers["list-unsubscribe-post"] for one in seen} == {"List-Unsubscribe=One-Click"}
    kept = b"".join(path.read_bytes() for path in project.folder.rglob("*") if path.is_file())
    assert KEY.encode() not in kept


def test_without_a_key_nothing_is_asked_and_the_variable_is_named(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POSTMARK_SERVER_TOKEN", raising=False)
    with HttpServer(scripted("postmark")) as server:
        through(project, server)
        result = run("test", "spring")
    assert result.code == 1
    assert "POSTMARK_SERVER_TOKEN" in result.err
    assert not server.requests


def test_a_rejected_key_stops_a_send_before_anything_is_frozen(run: Run, project: Project) -> None:
    def reject(_request: Recorded) -> Reply:
        return Answer(401, {"ErrorCode": 10, "Message": f"no such token: {KEY}"})

    with HttpServer(reject) as server:
        through(project, server)
        result = run("send", "spring", "--to", "subscribers", "--yes", "--untested", "try", env=ENV)
        assert run("status", env=ENV).out == "nothing has been sent yet\n"
    assert result.code == 1
    assert "the environment variable POSTMARK_SERVER_TOKEN" in result.err
    assert KEY not in result.err + result.out
    assert not sent_to(server, "postmark")


def test_an_issue_that_the_provider_would_fill_is_refused_once_and_nothing_is_frozen(
    run: Run, project: Project
) -> None:
    env = {"BREVO_API_KEY": KEY}
    project.write("issues/spring.md", "---\nsubject: Spring\n---\n\nWrite `{{ '{{ name }}' }}`.\n")
    with HttpServer(scripted("brevo")) as server:
        project.configure("", transport=f"brevo://?api={server.url}")
        args = ("send", "spring", "--to", "subscribers", "--untested", "try")
        results = [
            run("test", "spring", env=env),
            run(*args, "--dry-run", env=env),
            run(*args, "--yes", env=env),
        ]
        assert run("status", env=env).out == "nothing has been sent yet\n"
    for result in results:
        assert result.code == 1
        assert result.err.count("Brevo would fill '{{ name }}") == 1
        assert "another transport" in result.err
    assert not server.requests


def test_a_dry_run_asks_the_provider_nothing_and_needs_no_key(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POSTMARK_SERVER_TOKEN", raising=False)
    with HttpServer(scripted("postmark")) as server:
        through(project, server)
        result = run("send", "spring", "--to", "subscribers", "--dry-run", "--json")
    assert (result.code, result.json()["planned"]) == (0, 3)
    assert not server.requests


def test_another_place_for_the_key_is_named_in_mailer_toml(run: Run, project: Project) -> None:
    with HttpServer(scripted("postmark")) as server:
        project.configure(
            f'[transports.api]\nurl = "postmark://?api={server.url}"\npassword = {{ env = "OUR_TOKEN" }}\n'
        )
        assert run("test", "spring", "--transport", "api", env={"OUR_TOKEN": KEY}).code == 0
        missing = run("test", "spring", "--transport", "api")
    assert DIALECTS["postmark"].holds_key(sent_to(server, "postmark")[0])
    assert missing.code == 1
    assert "OUR_TOKEN" in missing.err


def test_amazon_gets_what_smtp_would_carry_signed_by_us_and_its_id_is_kept(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": KEY}
    project.write("dkim.pem", pem_of(new_key()))
    with HttpServer(scripted("ses")) as server:
        project.configure(
            f'[transports.amazon]\nurl = "ses://eu-west-1?api={server.url}"\n'
            'dkim = { domain = "example.com", selector = "autumn", key = { file = "dkim.pem" } }\n'
        )
        assert run("test", "spring", "--transport", "amazon", env=keys).code == 0
        args = ("send", "spring", "--to", "subscribers", "--transport", "amazon", "--yes", "--json")
        report = run(*args, env=keys)
        told = run("status", "ada@example.com", "--json", env=keys).json()["issues"][0]
    assert (report.code, report.json()["accepted"]) == (0, 3)
    assert told["provider_id"] == DIALECTS["ses"].provider_id
    messages = [raw_message(one) for one in sent_to(server, "ses")]
    assert all(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in one for one in messages)
    assert all(dkimpy_accepts(one.replace(b"\r\nDate: ", b"\r\nDate: not ")) for one in messages)
    kept = b"".join(path.read_bytes() for path in project.folder.rglob("*") if path.is_file())
    assert KEY.encode() not in kept


def test_amazon_without_keys_names_them_before_anything_is_frozen(
    run: Run, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    args = ("send", "spring", "--to", "subscribers", "--transport", "ses://eu-west-1")
    assert run(*args, "--dry-run").code == 0
    result = run(*args, "--yes", "--untested", "try")
    assert result.code == 1
    assert "AWS_SECRET_ACCESS_KEY" in result.err
    assert run("status").out == "nothing has been sent yet\n"

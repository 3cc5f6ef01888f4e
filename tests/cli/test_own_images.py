"""Images on the newsletter's own host: asked for before anybody is mailed."""

import sys

import pytest
from tests.cli.command import Run
from tests.cli.project import CONFIG, Project
from tests.compile.drawn import png
from tests.servers.smtp import SmtpServer
from tests.servers.web import WebServer

ISSUE = "---\nsubject: Spring\n---\n![An owl](owl.png)\n\n![A map](https://maps.invalid/map.png)\n"
SEND = ("send", "spring", "--to", "subscribers", "--yes", "--untested", "a trial")


def configure(project: Project, web: WebServer, mail: SmtpServer, added: str = "") -> None:
    site = f'[newsletter]\nurl = "{web.url}"'
    text = CONFIG.replace("[newsletter]", site).replace("file:outbox", mail.url)
    project.write("mailer.toml", text + added)
    project.write("issues/spring.md", ISSUE)


@pytest.mark.parametrize("command", [("test", "spring"), SEND, (*SEND, "--dry-run")])
def test_a_missing_image_stops(project: Project, run: Run, command: tuple[str, ...]) -> None:
    with WebServer({"/owl.png": 404}) as web, SmtpServer() as mail:
        configure(project, web, mail)
        result = run(*command)

    assert result.code == 1
    assert (
        f"issues/spring.md:4:11: the image '{web.url}/owl.png' is not there: its server answers 404"
        in result.err
    )
    assert "put it there, or mend its address; nothing was sent" in result.err
    assert web.asked == ["HEAD /owl.png"]
    assert not mail.messages


def test_an_image_that_is_there_is_asked_for_once(project: Project, run: Run) -> None:
    with WebServer() as web, SmtpServer() as mail:
        configure(project, web, mail)
        assert run("test", "spring").code == 0
        assert web.asked == ["HEAD /owl.png"]
        assert len(mail.messages) == 1


def test_what_could_not_be_asked_is_told_and_is_the_exit_code(project: Project, run: Run) -> None:
    with WebServer({"/owl.png": 503}) as web, SmtpServer() as mail:
        configure(project, web, mail)
        result = run(*SEND)

    assert result.code == 4
    assert "warning: issues/spring.md:4:11: nobody knows whether the image" in result.err
    assert "its server answers 503 [IMG-08]" in result.err
    assert len(mail.messages) == 3


def test_a_rehearsal_asks_nobody(project: Project, run: Run) -> None:
    with WebServer({"/owl.png": 404}) as web, SmtpServer() as mail:
        configure(project, web, mail)
        assert run("test", "spring", "--transport", "file:outbox").code == 0

    assert not web.asked


def test_a_setting_forbids_it(project: Project, run: Run) -> None:
    with WebServer({"/owl.png": 404}) as web, SmtpServer() as mail:
        configure(project, web, mail, "[images]\nask = false\n")
        assert run(*SEND).code == 0

    assert not web.asked


def test_a_logo_is_asked_for_and_told_with_its_line(project: Project, run: Run) -> None:
    with WebServer({"/logo.png": 410}) as web, SmtpServer() as mail:
        configure(project, web, mail)
        project.write("layouts/theme.toml", f'[logo]\nsrc = "{web.url}/logo.png"\n')
        result = run("test", "spring")

    assert result.code == 1
    assert "layouts/theme.toml:2:8: the image" in result.err


def test_what_a_dry_run_does_not_publish_it_does_not_ask_for(project: Project, run: Run) -> None:
    with WebServer() as web, SmtpServer() as mail:
        command = f"{sys.executable} -c pass {{file}} {{name}}"
        publish = f"[images]\npublish = {{ command = '{command}', url = '{web.url}' }}\n"
        configure(project, web, mail, publish)
        project.write("issues/owl.png", png(30, 20))
        assert run(*SEND).code == 0
        [asked] = web.asked
        project.write("issues/owl.png", png(30, 21))
        assert run("send", "spring", "--to", "staff", "--dry-run").code == 0

    assert asked.startswith("HEAD /")
    assert web.asked == [asked]

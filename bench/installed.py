"""Other senders, from their packages: installed outside of git, given the same pages and readers."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

from bench.message import issue, new_key, person, prepared

from mailer.message.build import links_for

FOLDER = Path(__file__).parents[1] / ".venv" / "bench" / "senders"
KEY = FOLDER / "dkim.pem"
_OWN_FILES = Path(__file__).parent / "peers" / "send"
_PYTHON = FOLDER / "venv" / "bin"
_PLACES = {
    "{{ recipient.first_name | default('there') }}": "{{ first_name }}",
    "{{ recipient.town }}": "{{ town }}",
    "{% if recipient.town %}": "",
    "{% endif %}": "",
}
"""What every recipient has, as all their languages write it."""
_SERVER = "[smtp_server]\nhost = 127.0.0.1\nport = %s\n"
_MAILMERGE = """TO: {{ email }}
SUBJECT: {{ first_name }}, the wrens are back
FROM: Field Notes <news@example.com>
LIST-UNSUBSCRIBE: <{{ unsubscribe_url }}>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="boundary"

--boundary
Content-Type: text/plain; charset=utf-8

%s
--boundary
Content-Type: text/html; charset=utf-8

%s
--boundary--
"""


def prepare() -> bool:
    """Install the peers where they are not; say whether they could be."""
    if shutil.which("npm") is None:
        return False
    wanted = b"".join((_OWN_FILES / name).read_bytes() for name in ("requirements.txt", "package.json"))
    done = FOLDER / "done"
    if not done.is_file() or done.read_bytes() != wanted:
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        shutil.copy(_OWN_FILES / "package.json", FOLDER)
        _call("npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund")
        _call(sys.executable, "-m", "venv", "venv")
        _call(
            str(_PYTHON / "pip"), "install", "--quiet", "--requirement", str(_OWN_FILES / "requirements.txt")
        )
        KEY.write_text(new_key(), encoding="ascii")
        done.write_bytes(wanted)
    for program in _OWN_FILES.glob("*.*"):
        shutil.copy(program, FOLDER)
    _write_pages()
    return True


def write_readers(messages: int) -> None:
    """Write the list of readers that the peers read."""
    template = prepared()
    with (FOLDER / "readers.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("email", "first_name", "town", "unsubscribe_url", "view_url"))
        for one in map(person, range(messages)):
            links = links_for(template, one.key)
            values = one.values
            rows.writerow(
                (one.address, values["first_name"], values["town"], links.unsubscribe_url, links.view_url)
            )


def mailmerge(port: str) -> list[str]:
    """Return the command line of mailmerge, its settings written."""
    (FOLDER / "mailmerge.conf").write_text(_SERVER % port, encoding="ascii")
    files = ["--template", "mailmerge.txt", "--database", "readers.csv", "--config", "mailmerge.conf"]
    return [str(_PYTHON / "mailmerge"), *files, "--no-dry-run", "--no-limit"]


def python(program: str, *arguments: str) -> list[str]:
    """Return the command line of one of the programs in Python."""
    return [str(_PYTHON / "python"), program, *arguments]


def node(*arguments: str) -> list[str]:
    """Return the command line of the program for Node.js."""
    return ["node", "nodemailer.mjs", *arguments]


def _write_pages() -> None:
    """Write the issue with simple places for values, which are the same in all their languages."""
    whole = issue()
    page, text = _simple(whole.html), _simple(whole.text)
    (FOLDER / "page.html").write_text(page, encoding="utf-8")
    (FOLDER / "page.txt").write_text(text, encoding="utf-8")
    (FOLDER / "mailmerge.txt").write_text(_MAILMERGE % (text, page), encoding="utf-8")


def _simple(source: str) -> str:
    for field, place in _PLACES.items():
        source = source.replace(field, place)
    return source


def _call(*command: str) -> None:
    subprocess.run(command, cwd=FOLDER, check=True)

"""A compile is a pure function: nothing but the author's files decides on it, and nothing else is read."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.compile.newsletter import (
    ISSUE,
    LAYOUT,
    SETTINGS,
    THEME,
    compile_in,
    filled,
    make_newsletter,
    with_body,
)

from mailer.errors import IssueError, LayoutError, MailerError

ROOT = Path(__file__).parents[2]
PATHS = [
    *(ROOT / "issues").glob("*.md"),
    *(ROOT / ".." / "shared" / "corpus" / "issues" / "sample").glob("*.md"),
]
CSS = ".md p { letter-spacing: 0.0123px; }\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_newsletter(tmp_path)


DIGESTS = """
import sys
from pathlib import Path
from mailer.project import open_project

project = open_project(Path(sys.argv[1]))
for name in sys.argv[2:]:
    print(project.compile(project.issue(name)).digest)
"""


def digests_elsewhere(folder: Path, *names: str, cwd: Path, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", DIGESTS, str(folder), *names],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("seed", "zone", "locale"), [("0", "UTC", "C"), ("12345", "Pacific/Chatham", "C.UTF-8")]
)
def test_another_machine_gives_the_same_digest(tmp_path: Path, seed: str, zone: str, locale: str) -> None:
    names = [str(path.resolve()) for path in PATHS]
    here = [compile_in(ROOT, name).digest for name in names]

    assert here == digests_elsewhere(ROOT, *names, cwd=tmp_path, PYTHONHASHSEED=seed, TZ=zone, LC_ALL=locale)


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "BOM"])
def test_line_ends_and_byte_order_marks_do_not_count(tmp_path: Path, ending: str, mark: bytes) -> None:
    plain = make_newsletter(tmp_path / "plain", css=CSS)
    texts = {"issue": ISSUE, "layout": LAYOUT, "theme": THEME, "settings": SETTINGS, "css": CSS}
    other = make_newsletter(
        tmp_path / "other",
        **{kind: mark + text.replace("\n", ending).encode() for kind, text in texts.items()},
    )

    assert compile_in(other).digest == compile_in(plain).digest
    assert [field.position.line for field in compile_in(other).fields] == [10]


def test_transports_lists_and_the_ledger_do_not_count(tmp_path: Path) -> None:
    plain = make_newsletter(tmp_path / "plain")
    more = 'ledger = "sqlite:elsewhere.sqlite3"\n' + SETTINGS
    more += '[lists]\nall = "all.csv"\n[transports]\ndefault = "memory:"\n[sending]\nrate = "3/s"\n'
    other = make_newsletter(tmp_path / "other", settings=more)

    assert compile_in(other).digest == compile_in(plain).digest


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("issue", "the log", "the logs"),
        ("issue", "subject: The owls", "subject: Two owls"),
        ("issue", "preheader: Four", "preheader: Five"),
        ("issue", 'default("there")', 'default("you")'),
        ("issue", "/owl.jpg", "/owls.jpg"),
        ("issue", "---\n\n", "from: Owls <owls@example.com>\n---\n\n"),
        ("issue", "---\n\n", "reply_to: owls@example.com\n---\n\n"),
        ("layout", "%}\n", "%}\n{% block reason %}Because.{% endblock %}\n"),
        ("theme", "radius = 4", "radius = 5"),
        ("settings", "news@example.com", "news2@example.com"),
        ("settings", "editors@example.com", "editor@example.com"),
        ("settings", "1 Main St", "2 Main St"),
    ],
)
def test_each_thing_that_readers_get_counts(tmp_path: Path, kind: str, before: str, after: str) -> None:
    texts = {"issue": ISSUE, "layout": LAYOUT, "theme": THEME, "settings": SETTINGS}
    assert before in texts[kind]
    changed = {kind: texts[kind].replace(before, after, 1)}
    plain = make_newsletter(tmp_path / "plain")
    other = make_newsletter(tmp_path / "other", **changed)

    assert compile_in(other).digest != compile_in(plain).digest


def test_nothing_of_one_issue_reaches_the_next(folder: Path) -> None:
    first = compile_in(folder)
    later = with_body(folder, "See [the map][map][^1] and {{ recipient.first_name | default('x') }}.")
    alone = with_body(
        make_newsletter(folder / "alone"),
        "See [the map][map][^1] and {{ recipient.first_name | default('x') }}.",
    )
    make_newsletter(folder)

    assert "[the map][map]" in later.html
    assert "[^1]" in later.html
    assert later.digest == alone.digest
    assert compile_in(folder) == first


# Nothing is fetched, nothing outside is read


def refuse(*_arguments: object, **_named: object) -> None:
    raise AssertionError("a compile went to the network")


def test_a_compile_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    body = (
        '![x](http://127.0.0.1:9/x.png)\n\n<img src="http://127.0.0.1:9/y.png">\n\n[a](http://127.0.0.1:9/)\n'
    )
    make_newsletter(
        tmp_path, css=".md p { letter-spacing: 0.0456px; }", issue=f"---\nsubject: x y\n---\n{body}"
    )

    assert "letter-spacing:0.0456px" in compile_in(tmp_path).html.replace(": ", ":")


@pytest.mark.parametrize(
    "css",
    [
        "@import url('http://127.0.0.1:9/x.css');",
        "@import 'x.css'; .md p { color: red; }",
        "@font-face { font-family: x; src: url(http://127.0.0.1:9/x.woff); }",
    ],
)
def test_css_that_would_be_fetched_is_refused(tmp_path: Path, css: str) -> None:
    make_newsletter(tmp_path, css=css)

    with pytest.raises(MailerError, match=r"content\.css"):
        compile_in(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "../outside.md",
        "/etc/hostname",
        "issues/../../outside.md",
        "link.md",
        "..\\outside.md",
        "file:///etc/hostname",
        "http://example.com/x",
    ],
)
def test_an_issue_includes_nothing_outside_the_project(tmp_path: Path, name: str) -> None:
    folder = make_newsletter(tmp_path / "project")
    (tmp_path / "outside.md").write_text("secret words")
    (folder / "link.md").symlink_to(tmp_path / "outside.md")

    with pytest.raises(IssueError) as refused:
        with_body(folder, f"First line.\n\n{{% include '{name}' %}}\n")

    assert refused.value.position.line == 6
    assert "secret words" not in str(refused.value)


def test_an_issue_includes_a_file_of_the_project(folder: Path) -> None:
    (folder / "parts").mkdir()
    (folder / "parts" / "owl.md").write_text("An *owl* for {{ recipient.first_name | default('you') }}.")

    assert (
        "<em>owl</em> for Ada."
        in filled(with_body(folder, "{% include 'parts/owl.md' %}"), first_name="Ada").html
    )


@pytest.mark.parametrize("name", ["../outside.mjml", "/etc/hostname", "nowhere.mjml"])
def test_a_layout_includes_nothing_outside_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.mjml").write_text("<mj-text>secret words</mj-text>")
    folder = make_newsletter(
        tmp_path / "project",
        layout=f"{LAYOUT}{{% block closing %}}\n{{% include '{name}' %}}\n{{% endblock %}}",
    )

    with pytest.raises(LayoutError) as refused:
        compile_in(folder)

    assert refused.value.position.line == 3


def test_a_layout_has_no_way_of_mjml_to_read_files(folder: Path) -> None:
    make_newsletter(
        folder, layout=f'{LAYOUT}{{% block closing %}}<mj-include path="/etc/hostname" />{{% endblock %}}'
    )

    with pytest.raises(LayoutError, match="mj-include"):
        compile_in(folder)


OPENED = """
import sys
from pathlib import Path
from mailer.project import open_project

project = open_project(Path(sys.argv[1]))
project.compile(project.issue("owls"))  # whatever is imported is imported
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
project.compile(project.issue("owls"))
print("\\n".join(opened))
"""


def test_a_compile_opens_files_of_the_project_alone(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPENED, str(folder)], cwd=folder, capture_output=True, check=True, text=True
    )
    opened = {
        (folder / name).resolve().relative_to(folder.resolve()).as_posix()
        for name in done.stdout.split("\n")
        if name
    }

    assert opened == {"issues/owls.md", "layouts/newsletter.mjml", "layouts/theme.toml"}

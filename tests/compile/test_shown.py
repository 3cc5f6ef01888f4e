"""The images that a page shows from the web."""

from pathlib import Path

from tests.compile.newsletter import compile_in, make_newsletter

from mailer.compile.compiled import CompiledIssue

BODY = """\
![An owl](/owl.jpg) ![An owl again](/owl.jpg) ![Your own](/{{ recipient.id | default("0") }}.png)

![By parts]({{ site.github.url }}/images/barn%20door.png?a=1&b=2)

::: hero {image=https://e.com/hero.png alt="A hero"}
Text
:::
::: only text
![Not on the page](/text.png)
:::
"""


def places(issue: CompiledIssue) -> dict[str, str]:
    return {image.url: str(image.position) for image in issue.shown}


def test_each_is_named_once_with_its_place(tmp_path: Path) -> None:
    make_newsletter(tmp_path, issue=f"---\nsubject: Owls\n---\n{BODY}")
    found = compile_in(tmp_path)
    path = found.shown[0].position.path

    assert places(found) == {
        "https://example.com/owl.jpg": f"{path}:4:11",
        "https://example.github.io/images/barn%20door.png?a=1&b=2": f"{path}:6:42",
        "https://e.com/hero.png": f"{path}:8:17",
    }


def test_those_of_the_layout_are_named_in_its_files(tmp_path: Path) -> None:
    layout = (
        '{% extends "builtin/newsletter.mjml" %}\n{% block closing %}<mj-section><mj-column>\n'
        '<mj-image src="https://e.com/foot.png" alt="x" /></mj-column></mj-section>{% endblock %}\n'
    )
    theme = '[logo]\nsrc = "https://e.com/logo.png"\n'
    make_newsletter(tmp_path, issue="---\nsubject: Owls\n---\nText", layout=layout, theme=theme)
    found = {image.url: image.position for image in compile_in(tmp_path).shown}

    assert {url: (Path(one.path).name, one.line) for url, one in found.items()} == {
        "https://e.com/logo.png": ("theme.toml", 2),
        "https://e.com/foot.png": ("newsletter.mjml", 3),
    }
    assert "shown" not in compile_in(tmp_path).to_json()

"""`only`: for the page or the text."""

from pathlib import Path

import pytest
from tests.compile.blocks.stages import compiled, plain
from tests.compile.newsletter import make_newsletter

from mailer.project import open_project


@pytest.mark.parametrize(
    ("words", "targets"),
    [("email", {"email"}), ("web", {"web"}), ("text", {"text"}), ("email text", {"email", "text"})],
)
def test_it_is_kept_for_what_it_names(words: str, targets: set[str]) -> None:
    source = f"Before\n\n::: only {words}\nInside\n\nMore\n:::\n\nAfter"

    assert {target for target in ("email", "web", "text") if "Inside" in compiled(source, target)} == targets
    assert all("After" in compiled(source, target) for target in ("email", "web", "text"))


def test_what_waits_in_it_goes_with_it() -> None:
    assert plain("::: only web\n{% if recipient.x %}\nA\n{% endif %}\n:::\nB") == "B"


def test_blocks_in_it_are_made() -> None:
    assert plain("::: only text\n::: divider :::\n:::") == "* * *"


def test_the_web_form_of_an_issue_has_what_is_for_the_web(tmp_path: Path) -> None:
    source = "::: only web\nPlay it.\n:::\n\n::: only email\nRead it.\n:::\n\n::: only text\nSpell it.\n:::"
    make_newsletter(tmp_path, issue=f"---\nsubject: Owls\n---\n{source}")
    project = open_project(tmp_path)
    web, email = (project.compile(project.issue("owls"), form=form) for form in ("web", "email"))

    for one, shown, hidden in ((web, "Play it.", "Read it."), (email, "Read it.", "Play it.")):
        assert shown in one.html
        assert hidden not in one.html
        assert "Spell it." not in one.html
        assert "Spell it." in one.text

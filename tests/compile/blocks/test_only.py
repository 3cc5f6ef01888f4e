"""`only`: for the page or the text."""

import pytest
from tests.compile.blocks.stages import compiled, plain


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

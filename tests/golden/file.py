"""Files of earlier results."""

import re
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

_TAG = re.compile(r"(?=<)")


@dataclass(frozen=True, slots=True)
class Golden:
    """The folder of earlier results; with `update` they are written instead of compared."""

    folder: Path
    update: bool = False

    def check(self, name: str, content: str) -> None:
        """Fail with a diff, a tag a line, where the content is not that of the file."""
        path = self.folder / name
        if self.update:
            path.write_text(content, encoding="utf-8", newline="")
        earlier = path.read_bytes().decode() if path.is_file() else ""
        if content != earlier:
            changes = unified_diff(_lines(earlier), _lines(content), name, "now", lineterm="", n=1)
            raise AssertionError("\n".join([*changes, "", "if that is right: pytest --update-golden"]))


def _lines(content: str) -> list[str]:
    return [line for whole in content.splitlines() for line in _TAG.split(whole)]

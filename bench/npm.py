"""The peers from npm: installed outside of git, given the sample in their languages, run warm and cold."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from bench import sample
from lxml import etree

NODE = sample.ROOT / ".venv" / "bench"
PEERS = ("mjml", "mjml-layout", "emailmd", "react-email")
"""`mjml` has the content on a page of two sections, `mjml-layout` the page that our layout makes of it."""

_OWN_FILES = Path(__file__).parent / "peers"
_BIN = NODE / "node_modules" / ".bin"
_FOOTER = "Field Notes, 1 Main St, Springfield"
_MJML_PAGE = f"""<mjml>
<mj-head><mj-title>Number 1</mj-title><mj-preview>What is in number 1</mj-preview></mj-head>
<mj-body width="640px">
<mj-section><mj-column><mj-text font-size="17px" line-height="1.6">%s</mj-text></mj-column></mj-section>
<mj-section><mj-column><mj-text>{_FOOTER}</mj-text></mj-column></mj-section>
</mj-body></mjml>"""


def prepare() -> None:
    """Install the peers where they are not, and write the sample for each of them."""
    if shutil.which("npm") is None:
        sys.exit("the measurement needs Node.js 20 or newer and npm")
    NODE.mkdir(parents=True, exist_ok=True)
    wanted = (_OWN_FILES / "package.json").read_bytes()
    installed = NODE / "package.json"
    if not installed.is_file() or installed.read_bytes() != wanted:
        shutil.rmtree(NODE / "node_modules", ignore_errors=True)
        installed.write_bytes(wanted)
    for program in _OWN_FILES.glob("*.mjs"):
        shutil.copy(program, NODE)
    if not (NODE / "node_modules").is_dir():
        command = ["npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=NODE, check=True)
    _write_sample()


def _write_sample() -> None:
    content = sample.content()
    page = {
        "subject": "Number 1",
        "preheader": "What is in number 1",
        "content": _nodes(etree.HTML(content)[0]),
        "footer": _FOOTER,
    }
    (NODE / "page.mjml").write_text(_MJML_PAGE % content, encoding="utf-8")
    (NODE / "layout.mjml").write_text(sample.layout_page(), encoding="utf-8")
    (NODE / "page.md").write_text(sample.markdown() + f"\n\n{_FOOTER}\n", encoding="utf-8")
    (NODE / "page.json").write_text(json.dumps(page), encoding="utf-8")


def _nodes(element: Any) -> list[Any]:
    """Return the children of an element: texts, and [tag, attributes, children]."""
    nodes: list[Any] = [element.text] if element.text else []
    for child in element:
        attributes = {name: value for name, value in child.attrib.items() if name in ("href", "src", "alt")}
        nodes.append([child.tag, attributes, _nodes(child)])
        if child.tail:
            nodes.append(child.tail)
    return nodes


def commands() -> dict[str, list[str]]:
    """Return the command line of each peer that compiles the sample."""
    return {
        "mjml": [str(_BIN / "mjml"), "page.mjml", "-o", "mjml.html"],
        "emailmd": [str(_BIN / "emailmd"), "page.md", "-o", "emailmd.html"],
        "react-email": ["node", "page.mjs", "page.json"],
    }


class Warm:
    """The process in which peers compile the sample again and again."""

    def __init__(self, told: IO[str], answers: IO[str]) -> None:
        self._told = told
        self._answers = answers

    def turns(self, peer: str, number: int) -> list[float]:
        """Return the milliseconds of so many turns."""
        print(peer, number, file=self._told, flush=True)
        times: list[float] = json.loads(self._answers.readline())
        return times


@contextmanager
def warm() -> Iterator[Warm]:
    """Start the process, and end it."""
    with subprocess.Popen(
        ["node", "warm.mjs"], cwd=NODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield Warm(process.stdin, process.stdout)
        process.stdin.close()

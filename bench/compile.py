"""
A warm compile of one issue, beside MJML's own compiler (npm) on a page of the same content, in one run.

The rounds alternate, so that a machine that grows slower slows both. Medians are quoted. Node.js and npm must
be there; MJML is installed into .venv.
"""

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from mailer.compile import compile_issue
from mailer.compile.markdown import to_html
from mailer.issue.read import read_issue
from mailer.layout.load import load_layout
from mailer.project import open_project

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / ".." / "shared" / "corpus" / "issues" / "sample" / "2019-04-17-client.md"
OWN = ROOT / "issues" / "2026-10-05-client.md"
NODE = ROOT / ".venv" / "bench"
ROUNDS = 5
TURNS = 20

MJML_PAGE = """<mjml><mj-head><mj-title>x</mj-title></mj-head><mj-body width="640px">
<mj-section><mj-column><mj-text font-size="17px" line-height="1.6">%s</mj-text></mj-column></mj-section>
<mj-section><mj-column><mj-text>Field Notes, 1 Main St, Springfield</mj-text></mj-column></mj-section>
</mj-body></mjml>"""

NODE_PROGRAM = """
const mjml = require("mjml");
const compile = mjml.default || mjml;
const page = require("fs").readFileSync(process.argv[2], "utf8");
(async () => {
  for (let i = 0; i < 10; i++) await compile(page);
  const times = [];
  for (let i = 0; i < %d; i++) {
    const start = process.hrtime.bigint();
    await compile(page);
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  console.log(JSON.stringify(times));
})();
"""


def main() -> None:
    """Print the medians in milliseconds and their ratio."""
    path = SAMPLE if SAMPLE.is_file() else OWN
    ours, peer = [], []
    compile_once = compiler_of(path)
    mjml = mjml_runner(path)
    for _ in range(ROUNDS):
        ours += timed(compile_once)
        peer += mjml()
    own, other = statistics.median(ours), statistics.median(peer)
    print(f"compile of {path.name}, warm, median of {len(ours)}, Python {sys.version.split()[0]}")
    print(f"  mailer, Markdown to HTML and text  {own:8.2f} ms")
    print(f"  mjml (npm), MJML to HTML alone     {other:8.2f} ms")
    print(f"  ratio                              {own / other:8.2f}")


def compiler_of(path: Path) -> Callable[[], object]:
    """Return what compiles the issue once, everything read already."""
    project = open_project(ROOT)
    issue = read_issue(path)
    layout = load_layout(issue.layout, ROOT / "layouts", aliases={})
    newsletter = project.newsletter()
    return lambda: compile_issue(issue, layout, newsletter, site=project.config.site)


def timed(action: Callable[[], object]) -> list[float]:
    """Return milliseconds of warm turns."""
    action()
    times = []
    for _ in range(TURNS):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return times


def mjml_runner(path: Path) -> Callable[[], list[float]]:
    """Install mjml and return what times it, warm, in a process of its own."""
    if shutil.which("npm") is None:
        sys.exit("the measurement needs Node.js and npm")
    NODE.mkdir(parents=True, exist_ok=True)
    if not (NODE / "node_modules" / "mjml").is_dir():
        command = ["npm", "install", "--silent", "--no-package-lock", "--prefix", str(NODE), "mjml@5"]
        subprocess.run(command, check=True)
    body = (
        path.read_text(encoding="utf-8")
        .split("---", 2)[2]
        .replace("{{ site.github.url }}", "https://x.example")
    )
    (NODE / "page.mjml").write_text(MJML_PAGE % to_html(body), encoding="utf-8")
    (NODE / "time.js").write_text(NODE_PROGRAM % TURNS, encoding="utf-8")

    def run() -> list[float]:
        done = subprocess.run(
            ["node", "time.js", "page.mjml"], cwd=NODE, check=True, capture_output=True, text=True
        )
        times: list[float] = json.loads(done.stdout)
        return times

    return run

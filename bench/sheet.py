"""
Every block of `docs/blocks.md` in each layout, light and dark, at 700 and 375 pixels: one contact sheet each.

The last column is what a program makes of the light palette that knows no other and darkens mails by force.
Of the examples of the document a smaller one is written beside it.

Needs Playwright and a Chromium: `CHROMIUM=/path`, else the one on the PATH, else Playwright's own. Nothing is
fetched; a drawing stands for every picture.
"""

import base64
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mailer.compile.merge.send import compile_send_template
from mailer.project import open_project

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".venv" / "bench" / "sheets"
PICTURE = ROOT / "docs" / "blocks.jpg"
LAYOUTS = ("newsletter", "plain", "digest")
VIEWS = ((700, "light"), (375, "light"), (700, "dark"), (375, "dark"), (375, "forced"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FORCED = ["--enable-features=WebContentsForceDark"]
SETTINGS = '[newsletter]\nname = "Field Notes"\nfrom = "Field Notes <news@example.com>"\nurl = "https://example.com"\n'
PARTIAL = "**{{ title }}** at {{ place }}, at dusk.\n"
Page = tuple[str, str]
"""A name, and what is called so: the source of an issue, or the page that came of it."""

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 700" width="1200" height="700">'
    '<rect width="1200" height="700" fill="#6d8b74"/><circle cx="850" cy="240" r="150" fill="#e8d5a3"/>'
    '<path d="M0 700 420 300 760 700Z" fill="#35513f"/></svg>'
)


MORE = {
    "two buttons": "[Read the log](/a){.button} [Book a place for Saturday](/b){.button}",
    "three columns": "::: columns\n" + "::: column\n### Owl\n\nSeen at dusk.\n:::\n" * 3 + ":::",
    "columns in a card": "::: card\n::: columns\n"
    + "::: column\n![](https://example.com/a.jpg)\n\nAt dusk.\n:::\n" * 2
    + ":::\n:::",
    "in a list and a quote": "- One\n  ::: callout warning\n  Mind the step.\n  :::\n- Two\n\n"
    "> Quoted.\n>\n> ::: card\n> In a card.\n> :::",
}
"""What the document leaves out and eyes should see."""


def examples_of_the_document() -> list[Page]:
    """Return the name and the source of each example, in the order of the document."""
    text = (ROOT / "docs" / "blocks.md").read_text(encoding="utf-8")
    return [
        (section.split("\n", 1)[0], source)
        for section in re.split(r"(?m)^## ", text)[1:]
        for source in re.findall(r"(?ms)^```markdown\n(.*?)^```$", section)
    ]


def examples() -> Iterator[Page]:
    """Yield the name and the source of all that is to be seen."""
    yield from examples_of_the_document()
    yield from MORE.items()
    for path in sorted((ROOT / "tests" / "compile" / "pages").glob("*.md")):
        yield path.stem, path.read_text(encoding="utf-8")


def page_of(folder: Path, layout: str, name: str, source: str) -> str:
    """Return the page of one example, as a client named Ann sees it."""
    own = source if source.startswith("---\n") else f"---\nsubject: {name}\n---\n{source}"
    issue = own.replace("---\n", f"---\nlayout: {layout}\n", 1)
    (folder / "issues" / "example.md").write_text(issue, encoding="utf-8")
    project = open_project(folder)
    compiled = project.compile(project.issue("example"))
    template = compile_send_template(compiled.html, html=True, sample=True)
    return template.render({"segment": "client", "country": "de"}, unsubscribe_url="#", view_url="#")


def make_project(folder: Path) -> None:
    """Write the folder that the examples are compiled in."""
    for name, text in {
        "mailer.toml": SETTINGS,
        "parts/event.md": PARTIAL,
        "layouts/theme.toml": 'social = [{ name = "Website", url = "https://example.com" }]\n',
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "issues").mkdir()


def main() -> None:
    """Write the sheets and tell where they are."""
    if find_spec("playwright") is None:
        sys.exit("the sheet needs Playwright: .venv/bin/python -m pip install playwright")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as name,
        import_module("playwright.sync_api").sync_playwright() as runner,
    ):
        folder = Path(name)
        make_project(folder)
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = runner.chromium.launch(executable_path=path, args=FLAGS)
        forced = runner.chromium.launch(executable_path=path, args=FLAGS + FORCED)
        for layout in LAYOUTS:
            pages = [(block, page_of(folder, layout, block, source)) for block, source in examples()]
            shots = [
                shoot(forced if palette == "forced" else browser, pages, width, palette)
                for width, palette in VIEWS
            ]
            write_sheet(browser, pages, shots, FOLDER / f"{layout}.png")
            if layout == LAYOUTS[0]:
                documented = len(examples_of_the_document())
                write_sheet(browser, pages[:documented], [shots[0], shots[3]], PICTURE, scale=0.7)
        browser.close()
        forced.close()


def shoot(browser: Any, pages: list[Page], width: int, palette: str) -> list[str]:
    """Return a picture of each page, as an element of HTML."""
    by_force = palette == "forced"
    view = {"viewport": {"width": width, "height": 300}, "color_scheme": "light" if by_force else palette}
    tab = browser.new_context(**view).new_page()
    tab.route("**/*", answer)
    pictures = []
    for name, html in pages:
        tab.set_content(html.replace("color-scheme", "x-scheme") if by_force else html)
        overflow = tab.evaluate("document.documentElement.scrollWidth") - width
        if overflow > 0:
            print(f"{name} {width} {palette}: {overflow} pixels too wide")
        data = base64.b64encode(content_of(tab).screenshot()).decode("ascii")
        pictures.append(f'<img width="{width}" src="data:image/png;base64,{data}">')
    tab.context.close()
    return pictures


def write_sheet(
    browser: Any, pages: list[Page], shots: list[list[str]], path: Path, *, scale: float = 1
) -> None:
    """Put pictures together, a row for each page; `scale` makes them smaller."""
    rows = [
        f"<tr><th>{escape(name)}</th>{''.join(f'<td>{shot[number]}</td>' for shot in shots)}</tr>"
        for number, (name, _) in enumerate(pages)
    ]
    sheet = browser.new_page(viewport={"width": 100, "height": 100})
    sheet.set_content(
        f"<style>td,th{{vertical-align:top;padding:8px;font:16px sans-serif;text-align:left}}"
        f"body{{background:#bbb;margin:0}}table{{zoom:{scale}}}</style><table>{''.join(rows)}</table>"
    )
    options = {"quality": 70} if path.suffix == ".jpg" else {}
    sheet.locator("table").screenshot(path=str(path), **options)
    sheet.close()
    print(path)


def content_of(tab: Any) -> Any:
    """Return the part of the page that the layout puts the issue in, with what is around it."""
    return tab.locator(".md").first.locator(
        "xpath=ancestor::div[contains(@class, 'side') or not(parent::td)][1]"
    )


def answer(route: Any) -> None:
    """Draw every picture, and refuse all else."""
    if route.request.resource_type == "image":
        route.fulfill(body=DRAWING, content_type="image/svg+xml")
    else:
        route.abort()

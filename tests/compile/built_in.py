"""The built-in layout, rendered for tests by Jinja alone."""

import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from mailer.compile.mjml import to_html
from mailer.compile.newsletter import Newsletter
from mailer.layout.code import CODE_CLASSES
from mailer.layout.dark import dark_rules, outlook_dark_rules
from mailer.layout.layout import Layout
from mailer.layout.load import load_layout
from mailer.layout.markup import annotate

PLACEHOLDER = "zxcontent"
BUILT_IN = ("newsletter", "plain", "digest")
CONTENT_CSS = files("mailer.layout") / "builtin" / "content.css"
USED = frozenset(
    re.findall(r"[a-z][a-z0-9-]*", re.sub(r"\{[^}]*\}", "", CONTENT_CSS.read_text(encoding="utf-8")))
) | {name for names in CODE_CLASSES.values() for name in names}
"""All that the content's styles are about: an issue with one of everything."""


def built_in_values(layout: Layout, **changed: Any) -> dict[str, Any]:
    newsletter = Newsletter(
        name="Field Notes & more",
        sender="Field Notes <news@example.com>",
        url="https://example.com",
        view_url="https://example.com/{slug}/",
        postal_address="1 Main St, Springfield",
    )
    used = changed.get("used", USED)
    return {
        "theme": layout.theme,
        "newsletter": newsletter,
        "issue": {"date": datetime(2019, 4, 17, tzinfo=UTC)},
        "subject": 'Teaching "machines" & us',
        "preheader": "What faces give away",
        "lang": "en",
        "dir": "ltr",
        "content": PLACEHOLDER,
        "sections": PLACEHOLDER,
        "used": used,
        "dark_rules": Markup(dark_rules(layout.theme["dark"], used)),
        "outlook_dark_rules": Markup(outlook_dark_rules(layout.theme["dark"], used)),
        "code_classes": CODE_CLASSES,
        "unsubscribe_url": "zxq12340v0zx",
        "view_url": "zxq12341v0zx",
    } | changed


def built_in_page(folder: Path | None = None, *, name: str = "newsletter", **changed: Any) -> str:
    layout = load_layout(name, folder, aliases={})
    return to_html(_render(layout, layout.entry, **changed), layout)


def built_in_css(**changed: Any) -> str:
    layout = load_layout("newsletter", None, aliases={})
    return _render(layout, layout.content_css, **changed)


def _render(layout: Layout, template: str, **changed: Any) -> str:
    sources = {name: annotate(text, layout.paths[name]) for name, text in layout.templates.items()}
    environment = Environment(loader=DictLoader(sources), autoescape=True, undefined=StrictUndefined)
    return environment.get_template(template).render(built_in_values(layout, **changed))

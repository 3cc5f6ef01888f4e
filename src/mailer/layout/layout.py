"""How issues look: the templates and the theme."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailer.finding import Finding
from mailer.layout.theme import ThemeFile


@dataclass(frozen=True, slots=True)
class Layout:
    """
    A set of Jinja2 templates of MJML with a theme.

    `entry` is the template to render. `templates` maps each template's name to its source; `paths` maps the
    same names to what an author calls the file. The names of built-in templates begin with `builtin/`.
    `theme` holds the theme's values after defaults, for `{{ theme.… }}`. `content_css` names the template of
    the CSS that is inlined into the content. `theme_file` is the project's own theme, if it has one.
    """

    name: str
    entry: str
    templates: Mapping[str, str]
    paths: Mapping[str, str]
    theme: Mapping[str, Any]
    content_css: str = "builtin/content.css"
    findings: tuple[Finding, ...] = ()
    theme_file: ThemeFile | None = None

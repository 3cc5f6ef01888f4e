"""
Issue + Layout -> CompiledIssue, once per issue.

`compile_issue` has the stages in order. It is a pure function: the same values give the same bytes on any
machine, and nothing is fetched or read but what `load` gives for an `{% include %}` and
`pictures` for a local image.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from mailer.compile.blocks import Form, Place, Setting, expand
from mailer.compile.compiled import CompiledIssue
from mailer.compile.content import render_content
from mailer.compile.content_css import content_css
from mailer.compile.fragment import names_in
from mailer.compile.inline import inline, splice
from mailer.compile.liquid import read_liquid, site_of, without_more
from mailer.compile.markdown import convert
from mailer.compile.marker import choose_salt
from mailer.compile.merge.partings import partings_of
from mailer.compile.merge.render import Rendered, mark_values, render_issue, render_layout, without_columns
from mailer.compile.merge.restore import restore, restore_text
from mailer.compile.merge.settle import settle
from mailer.compile.mjml import to_html as mjml_to_html
from mailer.compile.newsletter import Newsletter
from mailer.compile.pictures import LoadPicture
from mailer.compile.pictures.page import place_in_page
from mailer.compile.polish import Polished, polish
from mailer.compile.sections import in_sections
from mailer.compile.shown import shown_images
from mailer.compile.text import compose_text, to_text
from mailer.compile.view_link import view_link_findings
from mailer.compile.written import Markdown
from mailer.errors import CompileError, IssueError, LayoutError, SourceError
from mailer.issue.document import Issue
from mailer.layout.code import CODE_CLASSES
from mailer.layout.dark import dark_rules, outlook_dark_rules
from mailer.layout.layout import Layout
from mailer.layout.markup import annotate, annotations_hidden
from mailer.layout.words import in_language
from mailer.position import Position
from mailer.template.source import Load, Source, load_nothing

__all__ = ["compile_issue"]

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
"""Languages written from right to left, by their first subtag (BCP 47)."""

_TEMPLATES = 64
"""Templates of layouts that are kept as Jinja gets them."""


def compile_issue(
    issue: Issue,
    layout: Layout,
    newsletter: Newsletter,
    *,
    site: Mapping[str, Any],
    load: Load = load_nothing,
    pictures: LoadPicture | None = None,
    form: Form = "email",
) -> CompiledIssue:
    """
    Return the compiled issue, its merge fields open.

    `site` is what templates see as `site.…`; `load` finds what an issue includes, `pictures` its local
    images (None: they are left as written). `form` is what the page is for; that on the web is never sent.
    Raises IssueError, LayoutError or CompileError, with a position in the author's file.
    """
    values = _values(issue, newsletter, site)
    layout = in_language(layout, values["lang"])
    content, places = render_content(issue, values, load)
    written = Markdown(issue.body, issue.path, issue.body_line, content.tags)
    converted = convert(content.text, lang=values["lang"], written=written)
    setting = _setting(layout, values["dir"], places, form)
    polished = polish(
        without_more(converted.html), base_url=newsletter.url, source=written, setting=setting, load=pictures
    )
    settled = settle(polished.html, content.tags)
    fragment = expand(settled.html, setting)
    plain = expand(settled.html, replace(setting, target="text"))
    subject = _subject(issue, values, content, polished)
    first_line = issue.lines_of_keys.get("preheader", 1)
    preheader = _defer(issue.preheader, issue, values, first_line=first_line, apart=[content, subject])
    values |= {"theme": layout.theme, "code_classes": CODE_CLASSES}
    values |= {"subject": subject.text, "preheader": preheader.text}
    page, html = _page(layout, values, fragment, apart=content)
    of_page = place_in_page(html, pictures, newsletter.url, layout)
    html, named = of_page.html, {one.address: one.position for one in polished.pictures}
    ways_out = mark_values("unsubscribe_url", "view_url", salt=choose_salt(html, fragment))
    tags = {**settled.tags, **subject.tags, **preheader.tags, **page.tags, **ways_out.tags}
    return CompiledIssue(
        slug=issue.slug,
        subject=restore_text(subject.text, tags),
        html=restore(html, tags),
        text=restore_text(_text(plain, newsletter, layout.theme["words"], ways_out.text), tags),
        headers=tuple(_headers(issue, newsletter)),
        images=tuple({one.sha256: one for one in (*polished.files, *of_page.placed.files)}.values()),
        fields=(*content.fields, *subject.fields, *preheader.fields, *page.fields),
        findings=(
            *(*issue.findings, *layout.findings, *converted.findings),
            *(*polished.findings, *of_page.placed.findings),
            *view_link_findings(content.tags, newsletter.view_url),
        ),
        shown=shown_images(html, {**of_page.named, **named}, layout),
        partings=partings_of(content.tags, subject.tags, preheader.tags, page.tags),
        subject_position=_subject_position(issue, polished),
    )


def _values(issue: Issue, newsletter: Newsletter, site: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every template of a compile may use."""
    lang = issue.lang or newsletter.lang
    known = {
        "slug": issue.slug,
        "subject": issue.subject or "",
        "title": issue.title or issue.subject or "",
        "date": issue.date,
        "tags": list(issue.tags),
        "lang": lang,
        "preheader": issue.preheader,
    }
    as_written = {**issue.front_matter, **known}
    return {
        "site": {"title": newsletter.name, "url": newsletter.url.rstrip("/"), "baseurl": "", **site},
        "issue": as_written,
        "page": as_written,
        "newsletter": asdict(newsletter),
        "lang": lang,
        "dir": issue.dir or _direction(lang),
    }


def _direction(lang: str) -> str:
    return "rtl" if lang.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def _defer(
    text: str,
    issue: Issue,
    values: Mapping[str, Any],
    *,
    first_line: int,
    apart: Sequence[Rendered] = (),
) -> Rendered:
    """
    Run the compile-time tags of a text of the front matter; its markers differ from those of `apart`.

    Its faults have a line and no column: the text begins somewhere in its line.
    """
    salt = choose_salt(text, *(one.text for one in apart))
    try:
        source = read_liquid(Source(text, issue.path, first_line, IssueError), site_of(values["newsletter"]))
        return without_columns(render_issue(source, values, salt=salt))
    except SourceError as error:
        error.position = replace(error.position, column=0)
        raise


def _setting(layout: Layout, direction: str, places: Sequence[Place], form: Form) -> Setting:
    """Return what blocks need to know."""
    theme = layout.theme
    return Setting(
        width=theme["width"] - 2 * theme["padding"],
        start="right" if direction == "rtl" else "left",
        words=theme["words"],
        social=theme["social"],
        places=places,
        target=form,
    )


def _subject(issue: Issue, values: Mapping[str, Any], content: Rendered, polished: Polished) -> Rendered:
    """Return the subject: of the front matter, else the title, else the first heading without its markup."""
    if written := issue.subject or issue.title:
        return _defer(written, issue, values, first_line=_subject_line(issue), apart=[content])
    if not polished.first_heading:
        raise _no_subject(issue)
    return Rendered(polished.first_heading, content.tags)


def _no_subject(issue: Issue) -> IssueError:
    for slip in issue.findings:
        return IssueError(f"the issue has no subject, and {slip.message}", slip.position, hint=slip.hint)
    return IssueError(
        "the issue has no subject",
        Position(issue.path, 1),
        hint="write `subject: …` in the front matter, or begin with a heading",
    )


def _subject_line(issue: Issue) -> int:
    key = "subject" if "subject" in issue.lines_of_keys else "title"
    return issue.lines_of_keys.get(key, 1)


def _subject_position(issue: Issue, polished: Polished) -> Position:
    if issue.subject or issue.title:
        return Position(issue.path, _subject_line(issue))
    return Markdown(issue.body, issue.path, issue.body_line).find(polished.first_heading)


def _page(
    layout: Layout, values: Mapping[str, Any], fragment: str, *, apart: Rendered
) -> tuple[Rendered, str]:
    """Return the rendered layout, and the finished page that came of it and the fragment."""
    written = (apart.text, fragment, values["subject"], values["preheader"])
    salt = choose_salt(*layout.templates.values(), apart=written)
    whole, divided = f"zxcontent{salt}", f"zxsections{salt}"
    sources = {
        name: Source(_annotated(name, text, layout.paths[name]), layout.paths[name], 1, LayoutError)
        for name, text in layout.templates.items()
    }
    with annotations_hidden():
        content = {"content": whole, "sections": divided, **_styles(layout, fragment)}
        page = render_layout(sources, layout.entry, {**values, **content}, salt=salt)
        css = content_css(layout, sources, values)
    html = mjml_to_html(page.text, layout)
    if divided in html:
        html, fragment = html.replace(divided, whole), in_sections(fragment)
    inlined = inline(fragment, css)
    try:
        return page, splice(html, whole, inlined)
    except CompileError as error:
        error.position = Position(layout.paths[layout.entry])
        raise


def _styles(layout: Layout, fragment: str) -> dict[str, Any]:
    """Return what the style rules of a page depend on: the names in its content, and its dark colours."""
    used, dark = names_in(fragment), layout.theme["dark"]
    return {
        "used": used,
        "dark_rules": Markup(dark_rules(dark, used)),  # noqa: S704 - colours, and names of our own
        "outlook_dark_rules": Markup(outlook_dark_rules(dark, used)),  # noqa: S704 - the same
    }


def _text(fragment: str, newsletter: Newsletter, words: Mapping[str, str], ways_out: str) -> str:
    """Return the text part with its footer, markers in it."""
    unsubscribe, view = ways_out.split("\n")
    return compose_text(
        to_text(fragment, words=words),
        identity=(newsletter.name, newsletter.postal_address),
        reason=words["reason"].replace("{newsletter}", newsletter.name),
        links=((words["unsubscribe"], unsubscribe), (words["view"], view if newsletter.view_url else "")),
    )


@lru_cache(maxsize=_TEMPLATES)
def _annotated(name: str, text: str, path: str) -> str:
    return annotate(text, path) if name.endswith(".mjml") else text


def _headers(issue: Issue, newsletter: Newsletter) -> Iterator[tuple[str, str]]:
    yield "From", issue.sender or newsletter.sender
    optional = (
        ("Reply-To", issue.reply_to or newsletter.reply_to),
        ("List-Id", newsletter.list_id),
        ("Feedback-ID", newsletter.feedback_id),
    )
    yield from ((name, value) for name, value in optional if value)

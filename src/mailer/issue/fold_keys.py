"""Front matter of copies, one per audience -> the front matter of the one issue."""

from collections.abc import Mapping
from typing import Any

import yaml

from mailer.errors import IssueError, MailerError
from mailer.issue.document import Issue
from mailer.issue.fold import EVERYBODY_ELSE, condition
from mailer.position import Position

_WIDE = 10_000
_MAY_DIFFER = ("subject", "title", "preheader")


def audience_of(issue: Issue) -> tuple[str, str]:
    """Return the two parts of a slug: `2019-04-17` and `client` of `2019-04-17-client`."""
    common, _, audience = issue.slug.rpartition("-")
    if not common or audience.isdigit() or not audience.isidentifier():
        raise IssueError(
            f"the slug '{issue.slug}' ends with no audience",
            Position(issue.path, issue.lines_of_keys.get("slug", 0)),
            hint=f"call copies by date and audience, such as {issue.slug}-client",
        )
    return common, audience


def by_audience(issues: list[Issue]) -> tuple[str, dict[str, Issue]]:
    """Return the slug that copies have in common, and the copies by audience, everybody else's last."""
    copies: dict[str, Issue] = {}
    slugs: dict[str, Issue] = {}
    for issue in issues:
        common, audience = audience_of(issue)
        if audience in copies:
            raise MailerError(
                f"two copies are for '{audience}': {copies[audience].path} and {issue.path}",
                hint="name one copy for each audience",
            )
        copies[audience] = slugs[common] = issue
    if len(slugs) > 1:
        one, other = list(slugs)[:2]
        raise MailerError(
            f"these are copies of different issues: '{one}' and '{other}'",
            hint="the slugs of copies are alike but for the audience at their end",
        )
    ordered = sorted(copies, key=lambda audience: audience == EVERYBODY_ELSE)
    return next(iter(slugs)), {audience: copies[audience] for audience in ordered}


def fold_keys(slug: str, copies: Mapping[str, Issue]) -> str:
    """
    Return the front matter, an empty text where no copy has any.

    A subject, title or preheader that differs becomes a condition; another key that differs is an IssueError.
    """
    folded: dict[str, Any] = {}
    for key in dict.fromkeys(key for issue in copies.values() for key in issue.front_matter):
        folded[key] = slug if key == "slug" else _folded(key, copies)
    if not folded:
        return ""
    try:
        written = yaml.safe_dump(folded, sort_keys=False, allow_unicode=True, width=_WIDE)
    except yaml.YAMLError:
        raise MailerError(
            "the front matter holds a value that YAML does not know", hint="put it in quotes"
        ) from None
    return f"---\n{written}---\n\n"


def _folded(key: str, copies: Mapping[str, Issue]) -> Any:
    values = {audience: issue.front_matter.get(key) for audience, issue in copies.items()}
    everywhere = all(key in issue.front_matter for issue in copies.values())
    first, *others = values.values()
    if everywhere and all(type(one) is type(first) and one == first for one in others):
        return first
    if not _may_differ(key, copies, everywhere=everywhere):
        raise _differs(key, copies)
    return _conditional({audience: getattr(issue, key) for audience, issue in copies.items()})


def _may_differ(key: str, copies: Mapping[str, Issue], *, everywhere: bool) -> bool:
    """Tell whether a key is filled per recipient; a title is so where it is the subject."""
    if key == "title" and any("subject" in issue.front_matter for issue in copies.values()):
        return False
    return key == "preheader" or (key in _MAY_DIFFER and everywhere)


def _conditional(texts: Mapping[str, str]) -> str:
    """Return a template that gives each audience its text, and everybody else the last."""
    audiences = list(texts)
    groups: dict[str, set[str]] = {}
    for audience in reversed(audiences):
        groups.setdefault(texts[audience], set()).add(audience)
    otherwise, *particular = groups
    written, tag = "", "if"
    for text in reversed(particular):
        written += f"{{% {tag} recipient.{condition(groups[text], audiences)} %}}{text}"
        tag = "elif"
    return f"{written}{{% else %}}{otherwise}{{% endif %}}"


def _differs(key: str, copies: Mapping[str, Issue]) -> IssueError:
    shown = [
        f"{issue.front_matter[key]!r} in {issue.path}"
        if key in issue.front_matter
        else f"none in {issue.path}"
        for issue in copies.values()
    ]
    where = next(issue for issue in copies.values() if key in issue.front_matter)
    hint = "make it alike in all copies, or take it out"
    if key == "subject":
        hint = "write a subject in each copy"
    return IssueError(
        f"the front matter key '{key}' differs: {', '.join(shown)}",
        Position(where.path, where.lines_of_keys.get(key, 0)),
        hint=hint,
    )

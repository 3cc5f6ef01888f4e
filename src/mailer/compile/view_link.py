"""Tags of an issue -> a warning where a link to the issue on the web would lead nowhere."""

import re
from collections.abc import Iterator, Mapping

from mailer.compile.merge.render import Tag
from mailer.finding import Finding, Severity

NO_PAGE = "LINK-04"
"""Rule: `view_url` is used, and the issue has no place on the web."""

_VIEW_URL = re.compile(r"(?<![\w.])view_url(?!\w)")


def view_link_findings(tags: Mapping[str, Tag], view_url: str) -> Iterator[Finding]:
    """Yield a warning for the first use of an address that is empty for all, unless a condition asks."""
    uses = [tag for tag in tags.values() if _VIEW_URL.search(tag.source)]
    if uses and not view_url and not any(tag.keyword for tag in uses):
        yield Finding(
            NO_PAGE,
            Severity.WARNING,
            "view_url is empty: the issue has no place on the web",
            "set newsletter.view_url in mailer.toml, or write {% if view_url %} around the link",
            uses[0].position,
        )

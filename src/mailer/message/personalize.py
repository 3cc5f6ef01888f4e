"""CompiledIssue -> three templates, compiled once; templates + merge values -> one recipient's content."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.compile.compiled import CompiledIssue
from mailer.compile.merge import SendTemplate, compile_send_template


@dataclass(frozen=True, slots=True)
class Links:
    """One recipient's addresses: the way out, and the issue on the web (empty where there is none)."""

    unsubscribe_url: str
    view_url: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """What one recipient reads."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Personalizer:
    """The compiled templates of an issue."""

    subject: SendTemplate
    html: SendTemplate
    text: SendTemplate

    def fill(self, values: Mapping[str, str], links: Links) -> Filled:
        """
        Fill the merge fields; values are escaped in HTML only.

        Raises MessageError that names a field which is missing and has no default.
        """
        urls = {"unsubscribe_url": links.unsubscribe_url, "view_url": links.view_url}
        row = dict(values)
        return Filled(
            subject=" ".join(self.subject.render(row, **urls).split()),
            html=self.html.render(row, **urls),
            text=self.text.render(row, **urls),
        )


def prepare(compiled: CompiledIssue, *, sample: bool = False) -> Personalizer:
    """Compile the templates of an issue, once for all recipients; in a `sample` nothing can be missing."""
    return Personalizer(
        subject=compile_send_template(compiled.subject, html=False, sample=sample),
        html=compile_send_template(compiled.html, html=True, sample=sample),
        text=compile_send_template(compiled.text, html=False, sample=sample),
    )

"""CompiledIssue -> three templates, compiled once; templates + merge values -> one recipient's content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailer.compile.compiled import CompiledIssue
from mailer.compile.merge.send import SendTemplate, compile_send_template


@dataclass(frozen=True, slots=True)
class Links:
    """One recipient's addresses: the way out, and the issue on the web (empty where there is none)."""

    unsubscribe_url: str
    view_url: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """What one recipient reads; of HTML and text the chunks, those that all recipients share apart."""

    subject: str
    html_chunks: Sequence[str]
    text_chunks: Sequence[str]

    @property
    def html(self) -> str:
        """Return the page."""
        return "".join(self.html_chunks)

    @property
    def text(self) -> str:
        """Return the plain text."""
        return "".join(self.text_chunks)


@dataclass(frozen=True, slots=True)
class Personalizer:
    """The compiled templates of an issue."""

    subject: SendTemplate
    html: SendTemplate
    text: SendTemplate

    @property
    def constants(self) -> frozenset[str]:
        """Return the chunks of HTML and text that are the same for all, and some that are never given."""
        return self.html.constants | self.text.constants

    def fill(self, values: Mapping[str, str], links: Links) -> Filled:
        """
        Fill the merge fields; values are escaped in HTML only.

        Raises MessageError that names a field which is missing and has no default.
        """
        urls = {"unsubscribe_url": links.unsubscribe_url, "view_url": links.view_url}
        row = {name: _with_unix_line_ends(value) for name, value in values.items()}
        return Filled(
            subject=self.fill_subject(row, links),
            html_chunks=self.html.chunks(row, **urls),
            text_chunks=self.text.chunks(row, **urls),
        )

    def fill_subject(self, values: Mapping[str, str], links: Links) -> str:
        """Fill the subject alone, which is one line."""
        filled = self.subject.render(values, unsubscribe_url=links.unsubscribe_url, view_url=links.view_url)
        return " ".join(filled.split())


def prepare(compiled: CompiledIssue, *, sample: bool = False) -> Personalizer:
    """Compile the templates of an issue, once for all recipients; in a `sample` nothing can be missing."""
    return Personalizer(
        subject=compile_send_template(compiled.subject, html=False, sample=sample),
        html=compile_send_template(compiled.html, html=True, sample=sample),
        text=compile_send_template(compiled.text, html=False, sample=sample),
    )


def _with_unix_line_ends(value: str) -> str:
    """Return a value whose line ends cannot run into those of the template."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value

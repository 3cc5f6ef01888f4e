"""What goes wrong in a template -> an error that points into the author's file."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType

from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from mailer.errors import MailerError, SourceError, did_you_mean
from mailer.position import Position
from mailer.template.budget import TooMuch
from mailer.template.foreign import ForeignTag, find_foreign
from mailer.template.sandbox import Complaint, Sandbox
from mailer.template.source import Refused, Source
from mailer.template.syntax import describe_syntax, describe_unknown

VALUES_ONLY = "templates get values, never what stands behind them: take it out"
"""What to do about `__class__` and its like."""

_NOT_FOUND = "check the name; an issue names files by their path in the project, a layout those in layouts/"
_LINES_OF_A_TAG = 20
_NAMES = 20
_UNSAFE = re.compile(r"attribute '(?P<name>[^']+)'")


@contextmanager
def faults_placed(sandbox: Sandbox, entry: Source, known: Iterable[str]) -> Iterator[None]:
    """
    Turn whatever a template does wrong inside into the SourceError of its source.

    `known` are the names that templates may use, for the nearest one.
    """
    try:
        yield
    except (MailerError, NameError, AssertionError):
        raise  # placed already, or a fault of ours: a template cannot raise the last two
    except Exception as error:  # noqa: BLE001 - an author's template can raise anything at all
        raise describe(error, sandbox, entry, known) from None


def describe(error: Exception, sandbox: Sandbox, entry: Source, known: Iterable[str]) -> SourceError:
    """Return the SourceError that tells the author about `error`."""
    source, line = _place(error, sandbox, entry)
    if isinstance(error, TemplateSyntaxError):
        fault = describe_syntax(error, source.text, sandbox)
        return fault_at(source, fault.message, hint=fault.hint, offset=fault.offset)
    foreign = find_foreign(source.text)
    if foreign and isinstance(error, UndefinedError) and _line_of(source.text, foreign.offset) == line:
        return _foreign_fault(source, foreign)
    unknown = describe_unknown(str(error), sandbox)
    message, hint, word = unknown or _tell(error, source, line, known)
    return fault_at(source, message, hint=hint, line=line, word=word)


def _foreign_fault(source: Source, foreign: ForeignTag) -> SourceError:
    return fault_at(source, foreign.message, hint=foreign.hint, offset=foreign.offset)


def fault_at(
    source: Source, message: str, *, hint: str = "", offset: int = -1, line: int = 0, word: str = ""
) -> SourceError:
    """
    Return a fault at an offset of the source, or at the first `word` from line `line` on.

    The line counts from 1 within the source; 0 means that it is not known.
    """
    lines = source.text.split("\n")
    column = 0
    if offset >= 0:
        line = _line_of(source.text, offset)
        column = offset - source.text.rfind("\n", 0, offset)
    elif word and line:
        line, column = _find_word(lines, line, word)
    position = Position(source.path, source.first_line + line - 1 if line else 0, column)
    source_line = lines[line - 1] if 0 < line <= len(lines) else ""
    return source.error(message, position, hint=hint, source_line=source_line)


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _find_word(lines: list[str], line: int, word: str) -> tuple[int, int]:
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    for number in range(line, min(line + _LINES_OF_A_TAG, len(lines) + 1)):
        if found := pattern.search(lines[number - 1]):
            return number, found.start() + 1
    return line, 0


def _place(error: Exception, sandbox: Sandbox, entry: Source) -> tuple[Source, int]:
    if isinstance(error, TemplateSyntaxError):
        return sandbox.sources.get(error.name or "", entry), error.lineno
    if isinstance(error, SyntaxError):  # Python's, of the code that Jinja makes
        return sandbox.sources.get(error.filename or "", entry), 0
    return _innermost(error.__traceback__, sandbox, entry)


def _innermost(traceback: TracebackType | None, sandbox: Sandbox, entry: Source) -> tuple[Source, int]:
    place = entry, 0
    while traceback:
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if template is not None and template.name in sandbox.sources:
            line = template.get_corresponding_lineno(traceback.tb_lineno)
            place = sandbox.sources[template.name], line
        traceback = traceback.tb_next
    return place


def _tell(  # noqa: PLR0911 - one line a kind
    error: Exception, source: Source, line: int, known: Iterable[str]
) -> tuple[str, str, str]:
    """Return message, hint and the word to point at."""
    text = str(error)
    match error:
        case UndefinedError():
            return _tell_undefined(error, source, line, known)
        case TooMuch():
            return text, "a template puts an issue together; let a program compute", ""
        case SecurityError():
            unsafe = _UNSAFE.search(text)
            word = unsafe["name"] if unsafe else ""
            return f"'{word}' is not for templates" if word else text.rstrip("."), VALUES_ONLY, word
        case TemplateNotFound():
            return f"there is no template '{error}' to take in", _NOT_FOUND, text
        case Refused():
            return text, error.hint, error.name
        case RecursionError() | MemoryError() | SyntaxError():
            return "the template is nested too deeply, or calls itself", "take a few levels out", ""
        case _:
            return _sentence(text or type(error).__name__), "", ""


def _sentence(text: str) -> str:
    return text.rstrip(".").replace("\n", " ")


def _tell_undefined(
    error: UndefinedError, source: Source, line: int, known: Iterable[str]
) -> tuple[str, str, str]:
    complaint = error.args[0] if error.args else ""
    if not isinstance(complaint, Complaint):
        return _sentence(str(complaint)), "", ""
    word = complaint.word
    if complaint.is_name:
        hint, nearest = _known_names(known), did_you_mean(word, known)
        if not nearest and "recipient" in known:
            hint += f"; a column of the list is written recipient.{word}"
        return f"'{word}' is not defined{nearest}", hint, word
    owner = _owner(source, line, word)
    more = "; others are written under [site] in mailer.toml" if owner == "'site'" else ""
    return (
        f"{owner} has no '{word}'{did_you_mean(word, complaint.known)}",
        _known_names(complaint.known) + more,
        word,
    )


def _known_names(known: Iterable[str]) -> str:
    names = sorted(known)
    if not names:
        return "set it, or give it a default: {{ … | default('…') }}"
    return f"there are {', '.join(names[:_NAMES])}{', …' if len(names) > _NAMES else ''}"


def _owner(source: Source, line: int, word: str) -> str:
    nearby = "\n".join(source.text.split("\n")[max(line - 1, 0) : line + _LINES_OF_A_TAG])
    found = re.search(rf"(?P<owner>[\w.]*\w)\s*(?:\.\s*|\[\s*['\"]){re.escape(word)}(?!\w)", nearby)
    return f"'{found['owner']}'" if found else "this value"

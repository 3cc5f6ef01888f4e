"""
Every error of mailer.

    MailerError                    message, hint, exit_code
    ├── ConfigError                lists every wrong key, with the nearest known one
    ├── SourceError                position (path, line, column) and the line itself
    │   ├── IssueError
    │   ├── LayoutError
    │   │   └── LayoutFaults       every fault of a layout, where there are several
    │   └── RecipientsError        every bad row
    ├── CompileError               stage, position where known
    ├── ChecksFailed               findings of severity error
    ├── MessageError               address or header that cannot be encoded
    ├── TransportError             the run stops, claimed deliveries go back
    │   ├── ConnectError
    │   ├── TransportTimeout
    │   ├── AuthError
    │   └── AnswerError
    ├── LedgerError
    │   ├── LedgerLocked
    │   └── SchemaMismatch
    └── TokenError

A recipient that the relay refuses is an outcome, not an error. No secret enters a message.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from mailer.finding import Finding
from mailer.position import Position


class MailerError(Exception):
    """Something the user can mend: what is wrong, and in `hint` what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return the message alone."""
        return self.message


class ConfigError(MailerError):
    """`mailer.toml` cannot be used; `problems` holds every fault found in it."""

    def __init__(self, message: str, *, hint: str = "", problems: Sequence[str] = ()) -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        """Return the message and every fault, one a line."""
        return "\n".join([self.message, *(f"  {problem}" for problem in self.problems)])


class SourceError(MailerError):
    """A fault in an author's file, at `position`; `source_line` is the line itself, where known."""

    def __init__(self, message: str, position: Position, *, hint: str = "", source_line: str = "") -> None:
        super().__init__(message, hint=hint)
        self.position = position
        self.source_line = source_line

    def __str__(self) -> str:
        """Return `path:line:column: message`, then the line itself with a caret under the column."""
        shown = f"{self.position}: {self.message}"
        if not self.source_line:
            return shown
        shown += f"\n    {self.source_line}"
        return f"{shown}\n    {' ' * (self.position.column - 1)}^" if self.position.column else shown


class IssueError(SourceError):
    """A fault in an issue."""


class LayoutError(SourceError):
    """A fault in a layout, a partial or a theme."""


class LayoutFaults(LayoutError):
    """Several faults of one layout, each a LayoutError with its own place, line and hint."""

    shown = 20

    def __init__(self, faults: Sequence[LayoutError]) -> None:
        message = f"{len(faults)} faults in this layout"
        super().__init__(message, faults[0].position, hint="each is told above; the first may cause others")
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """Return every fault with what to do about it."""
        told = [f"{fault}\n    → {fault.hint}" if fault.hint else str(fault) for fault in self.faults]
        left = len(told) - self.shown
        return "\n".join([self.message, *told[: self.shown], *([f"and {left} more"] if left > 0 else [])])


class RecipientsError(SourceError):
    """A list that cannot be used; `rows` holds every bad row as (line, reason), first line first."""

    shown_rows = 20

    def __init__(
        self, message: str, position: Position, *, hint: str = "", rows: Sequence[tuple[int, str]] = ()
    ) -> None:
        super().__init__(message, position, hint=hint)
        self.rows = tuple(rows)

    def __str__(self) -> str:
        """Return the message and the bad rows, one a line."""
        lines = [f"  {self.position.path}:{line}: {reason}" for line, reason in self.rows[: self.shown_rows]]
        if len(self.rows) > self.shown_rows:
            lines.append(f"  and {len(self.rows) - self.shown_rows} more")
        return "\n".join([f"{self.position}: {self.message}", *lines])


class CompileError(MailerError):
    """An issue and its layout cannot be compiled; `stage` names the step, `position` the place if known."""

    def __init__(self, message: str, *, stage: str, position: Position | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.stage = stage
        self.position = position

    def __str__(self) -> str:
        """Return `path:line:column: message`, or the message alone where no place is known."""
        return f"{self.position}: {self.message}" if self.position else self.message


class ChecksFailed(MailerError):
    """The issue has findings of severity error."""

    def __init__(self, findings: Iterable[Finding], *, hint: str = "") -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(f"{f.position}: {f.message} [{f.rule}]" for f in self.findings), hint=hint)


class MessageError(MailerError):
    """An address, a header or a body that cannot be put into a message."""


class TransportError(MailerError):
    """The transport itself is broken: the run stops and claimed deliveries go back."""


class ConnectError(TransportError):
    """The other side cannot be reached, or offers no safe connection."""


class TransportTimeout(TransportError):
    """The other side did not answer in time, before the point of no return."""


class AuthError(TransportError):
    """The login was refused or cannot be tried."""


class AnswerError(TransportError):
    """
    The other side answered outside its protocol or refused the session; `code` is its code.

    `wait` is how many seconds it asks to be left alone, None where it does not say.
    """

    def __init__(self, message: str, *, hint: str = "", code: int = 0, wait: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.wait = wait


class LedgerError(MailerError):
    """The ledger cannot be opened, read or written."""


class LedgerLocked(LedgerError):
    """Another process is sending from this ledger."""


class SchemaMismatch(LedgerError):
    """The ledger was written by another version of mailer."""


class TokenError(MailerError):
    """A token is not one that this newsletter signed."""


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the known word most like `word`, or an empty string; `cutoff` 1 asks for the very word."""
    return next(iter(get_close_matches(word, [*known], n=1, cutoff=cutoff)), "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean …?)` for the known word most like `word`, or an empty string."""
    found = nearest(word, known)
    return f" (did you mean '{found}'?)" if found else ""

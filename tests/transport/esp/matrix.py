"""The table of providers as docs/transports.md shows it: `python -m tests.transport.esp.matrix` prints it."""

from collections.abc import Iterator

from mailer.transport.esp.provider import WATCHED, Provider, Tracking
from mailer.transport.esp.providers import PROVIDERS

_OFF = {
    Tracking.REQUEST: "by every request",
    Tracking.HEADER: "by every request",
    Tracking.ACCOUNT: "by you, in the account",
    Tracking.NONE: "nothing to switch off",
}


def features() -> Iterator[str]:
    """Yield the lines of what each provider is and takes."""
    yield "| provider | URL | API key | rate | at once | largest message | asked again | pictures inside |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for one in PROVIDERS.values():
        cells = (
            one.name,
            f"`{one.example}`",
            f"`{one.key}`",
            one.rate or "not known",
            f"{one.limits.batch}",
            _size(one),
            _again(one),
            "yes" if one.pictures else "no",
        )
        yield f"| {' | '.join(cells)} |"


def fates() -> Iterator[str]:
    """Yield the lines of what becomes of headers, and how tracking is off."""
    yield f"| provider | {' | '.join(WATCHED)} | tracking is switched off |"
    yield f"| --- |{' --- |' * (len(WATCHED) + 1)}"
    for one in PROVIDERS.values():
        cells = (one.name, *(one.fate(name).value for name in WATCHED), _OFF[one.tracking])
        yield f"| {' | '.join(cells)} |"


def sources() -> Iterator[str]:
    """Yield the lines of where limits are from, and what else there is to know."""
    for one in PROVIDERS.values():
        if one.limits.seen:
            yield f"- {one.name}: <{one.limits.source}>, {one.limits.seen}"


def notes() -> Iterator[str]:
    """Yield the lines of what else there is to know."""
    for one in PROVIDERS.values():
        yield from (f"- {one.name}: {note}" for note in one.notes)


def _size(one: Provider) -> str:
    return f"{one.limits.size // 1024**2} MB" if one.limits.size else "not known"


def _again(one: Provider) -> str:
    if one.idempotency is None:
        return "no: in doubt"
    minutes = int(one.idempotency.seconds // 60)
    return f"for {minutes // 60} hours" if minutes % 60 == 0 else f"for {minutes} minutes"


if __name__ == "__main__":
    print("\n".join([*features(), "", *fates(), "", *sources(), "", *notes()]))  # noqa: T201 - to be pasted

"""
A send to a very long list beside one to a shorter list, by the command itself: what each costs, and memory.

`./run bench million` reads, plans, freezes and sends an issue to RECIPIENTS=1000000 and to a hundredth of
them, to the fast sink over 4 connections. What a recipient costs is counted beyond a send to one.
"""

import json
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.measured import Taken, run
from bench.sinks import CACHE, ROOT, Sink, running

FOLDER = CACHE / "million"
RESULT = CACHE / "million.json"
MOST_MEMORY = 64
GROWTH = 1.1
_SAMPLE = ROOT / "issues" / "2026-10-05-client.md"
_SETTINGS = """[newsletter]
name = "Field Notes"
from = "Field Notes <news@example.com>"
postal_address = "1 Main St, Springfield"
unsubscribe_url = "https://news.example.com"
url = "https://example.com"

[site]
url = "https://example.com"
github.url = "https://example.github.io"

[transports.default]
url = "%s"
connections = 4
"""


def main() -> None:
    """Measure, keep the figures and print the table."""
    recipients = int(os.environ.get("RECIPIENTS", "1000000"))
    load = os.getloadavg()[0]
    taken = {number: send(number) for number in (1, max(2, recipients // 100), recipients)}
    figures = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "load": load,
        "rows": [*rows_of(taken)],
    }
    RESULT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("\n".join(table(figures)))


def send(recipients: int) -> Taken:
    """Send to so many in a project of its own."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "issues").mkdir(parents=True)
    shutil.copy(_SAMPLE, FOLDER / "issues")
    with (FOLDER / "readers.csv").open("w", encoding="utf-8") as file:
        file.write("email,first_name\n")
        file.writelines(
            f"reader{number}@example{number % 5000}.org,Ada{number}\n" for number in range(recipients)
        )
    command = [
        str(Path(sys.executable).parent / "mailer"),
        "send",
        _SAMPLE.stem,
        "--to",
        "readers.csv",
        "--yes",
    ]
    with running(Sink(least_size=10_000), recipients) as url:
        (FOLDER / "mailer.toml").write_text(_SETTINGS % url, encoding="utf-8")
        taken = run([*command, "--untested", "a measurement"], FOLDER)
    shutil.rmtree(FOLDER)
    return taken


def rows_of(taken: dict[int, Taken]) -> Iterator[dict[str, Any]]:
    """Yield what each send took, a recipient's share beyond the send to one."""
    (_, start), *sends = taken.items()
    for recipients, one in sends:
        yield {
            "recipients": recipients,
            "seconds": one.seconds,
            "cpu": (one.cpu - start.cpu) / (recipients - 1),
            "peak": one.peak,
        }


def table(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the table, in Markdown."""
    yield f"`./run bench million`, {figures['date']}: {figures['machine']}."
    yield f"Load when it began: {figures['load']:.1f}.\n"
    yield "| recipients | seconds | CPU µs each | ratio | target | peak MiB | target |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    least = figures["rows"][0]["cpu"]
    for row in figures["rows"]:
        length = f"{row['recipients']:,} | {row['seconds']:,.0f}"
        cost = f"{row['cpu'] * 1e6:,.0f} | {row['cpu'] / least:.2f} | ≤ {GROWTH}"
        yield f"| {length} | {cost} | {row['peak']:.0f} | ≤ {MOST_MEMORY} |"


if __name__ == "__main__":
    main()

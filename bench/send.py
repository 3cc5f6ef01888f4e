"""
Sending through the whole engine beside Postfix's load generator, beside peers, and to relays far away.

`./run bench send` installs what it needs outside of git, lets the ways of each part take turns, prints one
table in Markdown and leaves the figures in .venv/bench/send.json. The clock, the processor and the memory are
measured from the start of each process to its end; the sink must have got every message. The median of the
rounds counts.

From the environment: PARTS=relay,peers,delays (all of them), MESSAGES=30000 of the fastest ways (slow ones
send fewer), ROUNDS=3. All of it takes half an hour; PARTS=relay MESSAGES=5000 ROUNDS=1 takes a minute.
"""

import json
import os
import platform
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench import installed, postfix
from bench.measured import Taken
from bench.sinks import CACHE, Sink, running
from bench.ways import PEERS, Send, alone, mailer, reference, signed

RESULT = CACHE / "send.json"
MESSAGES, CONNECTIONS = 30_000, 4
FAST, POSTFIX, TLS = Sink(), Sink("smtp-sink"), Sink(tls=True)
DELAYS, NUMBERS = (0.0, 0.05, 0.2), (1, 4, 16, 64)
SECONDS = 15
"""How long a case with a delay takes at the best: so long that the start hardly counts."""


@dataclass(frozen=True, slots=True)
class Case:
    """
    Something to measure: `who` sends to a sink.

    Its rate is given as a share of that of `beside`, another case or a number of messages per second; of a
    `peer` the other way round. `target` is the least that this should come to.
    """

    who: str
    send: Send
    sink: Sink
    messages: int
    connections: int = CONNECTIONS
    beside: "Case | float | None" = None
    peer: bool = False
    target: float | None = None

    def measure(self) -> Taken:
        """Send once."""
        with running(self.sink, self.messages) as url:
            return self.send(url, self.connections, self.messages)


def main() -> None:
    """Measure, keep the figures and print the table."""
    messages, rounds = int(os.environ.get("MESSAGES", MESSAGES)), int(os.environ.get("ROUNDS", "3"))
    parts = {"relay": relay_cases, "peers": peer_cases, "delays": delay_cases}
    figures = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "load": os.getloadavg()[0],
        "rounds": rounds,
        "rows": [
            row
            for name in os.environ.get("PARTS", ",".join(parts)).split(",")
            for row in rows_of(in_turns([*parts[name](messages)], rounds))
        ],
    }
    RESULT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("\n".join(table(figures)))


def relay_cases(messages: int) -> Iterator[Case]:
    """Yield Postfix's tool and ours, to both sinks; parts of ours to the fast one."""
    base = None
    if postfix.prepare():
        for sink, least, least_signed in ((POSTFIX, 1.0, 0.6), (FAST, 0.6, 0.25)):
            yield (base := Case("smtp-source", reference, sink, messages))
            yield Case("mailer", mailer, sink, messages, beside=base, target=least)
            yield Case("mailer, RSA-2048", signed, sink, messages // 4, beside=base, target=least_signed)
    yield Case("mailer, no ledger", alone, FAST, messages, beside=base)
    yield Case("mailer, TLS", mailer, TLS, messages // 2, beside=base)


def peer_cases(messages: int) -> Iterator[Case]:
    """Yield the peers and ours, all to Postfix's sink."""
    if not (postfix.prepare() and installed.prepare()):
        return
    yield (plain := Case("mailer", mailer, POSTFIX, messages))
    yield (dkim := Case("mailer, RSA-2048", signed, POSTFIX, messages // 4))
    for name, one in PEERS.items():
        number = max(20, messages * one.share // 1000)
        beside = dkim if one.signs else plain
        yield Case(name, one, POSTFIX, number, one.connections, beside=beside, peer=True, target=one.target)


def delay_cases(messages: int) -> Iterator[Case]:
    """Yield ours to a relay that answers late: it can take a message of each connection in each delay."""
    for delay in DELAYS:
        for connections in NUMBERS:
            bound = connections / delay if delay else None
            number = max(1, int(bound * SECONDS * messages / MESSAGES)) if bound else messages // 2
            target = 0.9 if (delay, connections) == (0.05, 64) else None
            sink = Sink(delay=delay)
            yield Case("mailer", mailer, sink, number, connections, beside=bound, target=target)


def in_turns(cases: Sequence[Case], rounds: int) -> Mapping[Case, Sequence[Taken]]:
    """Measure every case once in each round."""
    results: dict[Case, list[Taken]] = {case: [] for case in cases}
    for _ in range(rounds):
        for case, found in results.items():
            found.append(case.measure())
    return results


def rows_of(results: Mapping[Case, Sequence[Taken]]) -> Iterator[dict[str, Any]]:
    """Yield the medians of each case."""
    rates = {
        case: case.messages / statistics.median(one.seconds for one in found)
        for case, found in results.items()
    }
    for case, found in results.items():
        beside = rates[case.beside] if isinstance(case.beside, Case) else case.beside
        share = rates[case] / beside if beside else None
        yield {
            "who": case.who,
            "sink": str(case.sink),
            "connections": case.connections,
            "messages": case.messages,
            "rate": rates[case],
            "share": 1 / share if share and case.peer else share,
            "of": _what(case),
            "target": case.target,
            "cpu": statistics.median(one.cpu for one in found) / case.messages,
            "peak": max(one.peak for one in found),
        }


def _what(case: Case) -> str:
    """Say what the share is one of."""
    if isinstance(case.beside, Case):
        return f"{case.beside.who} ÷ it" if case.peer else f"÷ {case.beside.who}"
    return "÷ (connections ÷ delay)" if case.beside else ""


def table(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the table, in Markdown."""
    yield f"`./run bench send`, {figures['date']}: {figures['machine']}, {figures['rounds']} rounds."
    yield f"Load when it began: {figures['load']:.1f}.\n"
    head = ("sink", "connections", "who", "messages", "a second", "ratio", "", "target", "CPU µs", "peak MiB")
    yield f"| {' | '.join(head)} |"
    yield "| --- | ---: | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: |"
    for row in figures["rows"]:
        cells = (
            row["sink"],
            str(row["connections"]),
            row["who"],
            f"{row['messages']:,}",
            f"{row['rate']:,.0f}",
            f"{row['share']:.2f}" if row["share"] else "",
            row["of"],
            f"≥ {row['target']:g}" if row["target"] else "",
            f"{row['cpu'] * 1e6:,.0f}",
            f"{row['peak']:.0f}",
        )
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()

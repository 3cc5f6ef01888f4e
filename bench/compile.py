"""
A compile of one issue beside its peers from npm, in one run: cold commands, warm compiles, stages, growth.

`./run bench compile` prints tables in Markdown and leaves the figures in .venv/bench/compile.json. What is
compared alternates, so that a machine that grows slower slows all; medians are quoted. Each turn of ours
compiles an issue that it has not met before, so that nothing but the layout can be remembered.
"""

import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench import npm, sample

from mailer.cli import NEW_OBJECTS

ROUNDS = 7
TURNS = 20
WARMING = 200
LENGTHS = (1, 2, 5, 10, 20)
RESULT = npm.NODE / "compile.json"

STAGES: Mapping[str, tuple[str, ...]] = {
    "defer: Liquid, fences, Jinja": ("render_content", "_subject"),
    "markdown": ("convert",),
    "polish": ("polish",),
    "settle, expand": ("settle", "expand"),
    "layout: Jinja": ("render_layout", "content_css", "_styles"),
    "mjml": ("mjml_to_html",),
    "inline": ("inline",),
    "text": ("_text",),
    "restore": ("restore", "restore_text"),
}
"""The functions of `mailer.compile` that a stage is."""

Times = dict[str, float]
Spent = dict[str, float]
"""Of one command: `seconds` on the clock, and `cpu` on all cores together."""


def main() -> None:
    """Measure, keep the figures and print the tables."""
    npm.prepare()
    gc.set_threshold(NEW_OBJECTS)  # as the command has it
    figures = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, Node.js {_node_version()}",
        "load": os.getloadavg()[0],
        "issue": sample.PATH.name,
        "cold": cold(),
        "warm": warm(),
        "stages": stages(),
        "growth": growth(),
    }
    RESULT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("\n".join(report(figures)))


def _node_version() -> str:
    told = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True)
    return told.stdout.strip().removeprefix("v")


def cold() -> dict[str, Spent]:
    """Return what each command line takes from its start to its end, by its name."""
    with tempfile.TemporaryDirectory() as out:
        ours = [str(Path(sys.executable).parent / "mailer"), "build", str(sample.PATH), "--out", out]
        commands = {"mailer build": (ours, sample.ROOT)}
        commands |= {name: (command, npm.NODE) for name, command in npm.commands().items()}
        spent: dict[str, list[Spent]] = {name: [] for name in commands}
        for number in range(ROUNDS + 1):
            for name, (command, folder) in commands.items():
                taken = _run(command, folder)
                if number:  # in the first round Python writes its bytecode, and files come into memory
                    spent[name].append(taken)
    return {
        name: {key: statistics.median(run[key] for run in runs) for key in ("seconds", "cpu")}
        for name, runs in spent.items()
    }


def _run(command: list[str], folder: Path) -> Spent:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed")
    return {"seconds": time.perf_counter() - start, "cpu": usage.ru_utime + usage.ru_stime}


def warm() -> dict[str, Times]:
    """Return the milliseconds of each compile in a process that has done many: the median, and the least."""
    compile_next = sample.compiler()
    with npm.warm() as node:
        for peer in npm.PEERS:
            node.turns(peer, WARMING)
        times: dict[str, list[float]] = {name: [] for name in ("mailer", *npm.PEERS)}
        for _ in range(ROUNDS):
            times["mailer"] += [seconds * 1000 for seconds in _timed(compile_next, TURNS)]
            for peer in npm.PEERS:
                times[peer] += node.turns(peer, TURNS)
    return {
        name: {"median": statistics.median(values), "least": min(values)} for name, values in times.items()
    }


def stages() -> Times:
    """Return the milliseconds of each stage of a warm compile."""
    compile_next = sample.compiler()
    _timed(compile_next, TURNS)
    with _watched() as spent:
        runs = []
        for _ in range(ROUNDS * TURNS):
            spent.clear()
            compile_next()
            runs.append(dict(spent))
    return {
        stage: 1000 * statistics.median(sum(run.get(name, 0) for name in names) for run in runs)
        for stage, names in STAGES.items()
    }


@contextmanager
def _watched() -> Iterator[Times]:
    """Measure the functions of STAGES: the dictionary has the seconds spent in each."""
    module = import_module("mailer.compile.stages")
    spent: Times = {}
    with ExitStack() as stack:
        for name in (name for names in STAGES.values() for name in names):
            stack.enter_context(patch.object(module, name, _adding(getattr(module, name), name, spent)))
        yield spent


def _adding(work: Callable[..., Any], name: str, spent: Times) -> Callable[..., Any]:
    @wraps(work)
    def measured(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return work(*arguments, **named)
        finally:
            spent[name] = spent.get(name, 0) + time.perf_counter() - start

    return measured


def growth() -> dict[str, float]:
    """Return the milliseconds of a warm compile by how many times the sample is compiled as one issue."""
    seconds = _medians({str(length): sample.compiler(length) for length in LENGTHS}, turns=2)
    return {length: 1000 * value for length, value in seconds.items()}


def _medians(actions: Mapping[str, Callable[[], object]], turns: int) -> Times:
    """Return the median seconds of each, taken in turns; the first round does not count."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(ROUNDS + 1):
        for name, action in actions.items():
            taken = _timed(action, turns)
            if number:
                times[name] += taken
    return {name: statistics.median(values) for name, values in times.items()}


def _timed(action: Callable[[], object], turns: int) -> list[float]:
    times = []
    for _ in range(turns):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return times


def report(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the tables, in Markdown."""
    yield f"`./run bench compile`, {figures['date']}: {figures['issue']}, {figures['machine']}."
    yield f"Load when it began: {figures['load']:.1f}.\n"
    cold_times, warm_times, by_length = figures["cold"], figures["warm"], figures["growth"]
    ours = cold_times["mailer build"]["seconds"]
    yield from _table(
        ("cold command", "s", "÷ mailer build", "CPU s"),
        [
            (name, f"{spent['seconds']:.2f}", _ratio(spent["seconds"], ours), f"{spent['cpu']:.2f}")
            for name, spent in cold_times.items()
        ],
    )
    mailer = warm_times["mailer"]
    yield from _table(
        ("warm compile", "median ms", "mailer ÷ it", "least ms", "mailer ÷ it"),
        [
            (name, *(cell for key in mailer for cell in (f"{of[key]:.2f}", _ratio(mailer[key], of[key]))))
            for name, of in warm_times.items()
        ],
    )
    whole = sum(figures["stages"].values())
    yield from _table(
        ("stage", "ms", "share"),
        [(name, f"{value:.2f}", f"{value / whole:.0%}") for name, value in figures["stages"].items()],
    )
    yield from _table(
        ("length", "ms", "ratio of times ÷ ratio of lengths"),
        [
            (f"{length} times", f"{value:.1f}", _ratio(value, by_length["1"] * int(length)))
            for length, value in by_length.items()
        ],
    )


def _ratio(value: float, other: float) -> str:
    return f"{value / other:.2f}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    for row in (head, ("---",) + ("---:",) * (len(head) - 1), *rows):
        yield f"| {' | '.join(row)} |"
    yield ""


if __name__ == "__main__":
    main()

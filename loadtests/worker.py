"""``python -m loadtests.worker``: whole workers drain loaded tasks, as fast as they can.

The same worker that claims and hands in one task at a time (``--prefetch 1``) runs in turn with
the one that claims ahead: the ratio says what that is worth. The rate counts from the first claim
to the last end that the server recorded, so that starting processes is not in it.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pyclient
from loadtests import report
from loadtests.processor import Processor, others
from loadtests.queues import drop_database
from loadtests.server import Server
from pyclient.app import App
from pyclient.dsn import Dsn, from_environment
from pyclient.migrate import migrate

_PLACE = "loadtests.worker:app"
_BATCH = 1000
_SIDES = {"ahead": ("--prefetch", "0"), "one by one": ("--prefetch", "1")}

app = App("bench")


@app.task("nothing")
def nothing() -> None:
    """Ends at once."""


@app.task("nothing_async")
async def nothing_async() -> None:
    """Ends at once, in an event loop."""


@app.task("wait")
def wait() -> None:
    """Takes 5 ms and no processor."""
    time.sleep(0.005)


@dataclasses.dataclass(frozen=True, slots=True)
class Workload:
    """Tasks of one kind, how many for each side, and the worker that runs them."""

    name: str
    task: str
    counts: tuple[int, int]
    options: tuple[str, ...]


_WORKLOADS = (
    Workload("no-op, 1 process", "nothing", (60_000, 6_000), ("-c", "1")),
    Workload("no-op, 4 processes", "nothing", (100_000, 10_000), ("-c", "4")),
    Workload(
        "no-op, 8 threads", "nothing", (60_000, 10_000), ("--pool", "thread", "-c", "8", "-w", "1")
    ),
    Workload(
        "no-op, 100 coroutines", "nothing_async", (60_000, 20_000), ("--pool", "asyncio", "-w", "1")
    ),
    Workload("5 ms, 1 process", "wait", (1_000, 1_000), ("-c", "1")),
    Workload("5 ms, 4 processes", "wait", (4_000, 2_000), ("-c", "4")),
    Workload("5 ms, 8 threads", "wait", (6_000, 4_000), ("--pool", "thread", "-c", "8", "-w", "1")),
)


def main(words: Sequence[str] | None = None) -> int:
    """Measure; 1 where a ledger is wrong."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.worker", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each side")
    parser.add_argument("--only", nargs="*", help="names that begin so")
    parser.add_argument("--markdown", type=Path, help="write the table here too")
    options = parser.parse_args(words)
    url = os.environ.get("CELERS_DSN", "")
    server = Server(dataclasses.replace(from_environment(url), database=None))
    processor = Processor(server)
    lines = [
        "# Workers",
        "",
        "Written by `python -m loadtests.worker --markdown`. Tasks a second, the median of "
        f"{options.rounds} runs in turn.",
        "",
        report.header(server.facts()),
        "",
        "| workload | ahead /s | one by one /s | ratio | others' cores |",
        "|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    for workload in _WORKLOADS:
        if options.only and not workload.name.startswith(tuple(options.only)):
            continue
        before = processor.read()
        rates = _measure(url, workload, options.rounds)
        noise = others(before, processor.read())
        ahead, single = (statistics.median(rates[side]) for side in _SIDES)
        ratio = statistics.median(a / b for a, b in zip(*rates.values(), strict=True))
        quiet = "unknown" if noise is None else f"{noise:.2f}"
        lines.append(f"| {workload.name} | {ahead:,.0f} | {single:,.0f} | {ratio:.2f} | {quiet} |")
        print(lines[-1], flush=True)
    if options.markdown:
        options.markdown.write_text("\n".join(lines) + "\n")
    return 0


def _measure(url: str, workload: Workload, rounds: int) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {side: [] for side in _SIDES}
    for _ in range(rounds):
        for (side, options), count in zip(_SIDES.items(), workload.counts, strict=True):
            rates[side].append(_run(url, workload, count, options))
    return rates


def _run(url: str, workload: Workload, count: int, options: tuple[str, ...]) -> float:
    """Tasks a second of one worker on a schema of its own."""
    with _schema(url) as own, pyclient.connect(own) as client:
        items = [{"task_name": workload.task, "payload": []}] * _BATCH
        for _ in range(count // _BATCH):
            client.call_enqueue_batch("default", items)
        command = [sys.executable, "-m", "pyclient", "worker", "run", _PLACE, "--burst"]
        quiet = ("--log-level", "warning")
        environment = os.environ | {"CELERS_DSN": own}
        subprocess.run([*command, *quiet, *workload.options, *options], env=environment, check=True)
        return _rate(client, count)


def _rate(client: pyclient.Client, count: int) -> float:
    """From the first claim to the last end; every task must have been run once."""
    [row] = client.call_get_statistics("default")
    if (row.completed, row.total, row.dlq) != (count, count, 0):
        raise SystemExit(f"WRONG: {row}")
    began, ended, after_id = [], [], None
    while page := client.call_list_tasks("default", "completed", 1000, after_id=after_id):
        after_id = page[-1].task_id
        for task in page:
            if task.attempt != 1 or task.started_at is None or task.finished_at is None:
                raise SystemExit(f"WRONG: {task}")
            began.append(task.started_at)
            ended.append(task.finished_at)
    return count / (max(ended) - min(began)).total_seconds()


@contextlib.contextmanager
def _schema(url: str) -> Iterator[str]:
    """The DSN of a schema that is there for the block."""
    name = f"celers_bench_{os.getpid()}_{secrets.token_hex(3)}"
    own = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    migrate(own, out=lambda _: None)
    try:
        yield own
    finally:
        drop_database(Dsn.parse(own))


if __name__ == "__main__":
    sys.exit(main())

"""``python -m loadtests.bench``: measure celers beside its baseline, and say what was promised."""

from __future__ import annotations

import argparse
import dataclasses
import json
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from loadtests import report
from loadtests.compare import Line
from loadtests.processor import Processor, others
from loadtests.queues import Fault
from loadtests.scenarios import SCENARIOS, Bench, Scenario
from loadtests.server import Facts, Server
from pyclient.dsn import from_environment
from pyclient.errors import InvalidDsn

_FULL = {"seconds": 2.5, "rounds": 2, "held_s": 60.0, "samples": 100, "idle_s": 5.0}
_QUICK = {"seconds": 1.0, "rounds": 1, "held_s": 6.0, "samples": 30, "idle_s": 2.0}
_QUIET_CORES = 0.25


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Returns the exit code: 1 where a ledger is wrong or a client of celers saw a deadlock or a lock
    timeout, 2 without a server. A target that is missed is reported and changes nothing.
    """
    options = _options(words)
    try:
        dsn = from_environment(None)
    except InvalidDsn as error:
        print(error, file=sys.stderr)
        return 2
    server = Server(dataclasses.replace(dsn, database=None))
    facts, deadlocks = server.facts(), server.deadlocks()
    print(report.header(facts), report.head(), sep="\n\n", flush=True)
    bench = Bench(dsn, server, Processor(server), **options.sizes)
    lines: list[Line] = []
    noise: list[float] = []
    try:
        for scenario in options.scenarios:
            before = bench.processor.read()
            for line in scenario.run(bench):
                print(report.text(line), flush=True)
                lines.append(line)
            noise += _note_noise(others(before, bench.processor.read()))
    except Fault as fault:
        print(f"\nWRONG: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    notes = _notes(bench, server.deadlocks() - deadlocks, noise)
    print("", *notes, sep="\n")
    _write(options, facts, lines, notes)
    return 1 if bench.tally.refusals["celers"] else 0


def _note_noise(cores: float | None) -> list[float]:
    if cores is not None and cores > _QUIET_CORES:
        print(f"    not quiet: others used {cores:.1f} cores meanwhile", flush=True)
    return [] if cores is None else [cores]


def _notes(bench: Bench, deadlocks: int, noise: Sequence[float]) -> list[str]:
    def counted(name: str) -> str:
        found = bench.tally.refusals[name]
        return ", ".join(f"{count} x {number}" for number, count in found.items()) or "none"

    notes = [
        f"deadlocks and lock timeouts seen by clients of celers: {counted('celers')}; "
        f"of the baseline: {counted('baseline')}; deadlocks in the server's count: {deadlocks}",
        f"ledgers checked: {bench.tally.ledgers}, all exact",
    ]
    if noise:
        notes.append(
            "cores that neither the server nor the clients used: "
            f"{sum(noise) / len(noise):.2f} in the mean, {max(noise):.2f} in the worst workload"
        )
    return notes


def _write(
    options: argparse.Namespace, facts: Facts, lines: Sequence[Line], notes: Sequence[str]
) -> None:
    if options.json:
        found = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "server": dataclasses.asdict(facts),
            "lines": [dataclasses.asdict(line) for line in lines],
            "notes": list(notes),
        }
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    if options.markdown:
        options.markdown.write_text(report.markdown(facts, lines, notes))


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m loadtests.bench",
        description="Measure celers beside its baseline on the server of CELERS_DSN, "
        "in databases of its own that are dropped in the end.",
    )
    add = parser.add_argument
    add("--only", nargs="+", default=[], metavar="NAME", help=f"of {_names(SCENARIOS)}")
    add("--seconds", type=float, metavar="N", help="how long each run of a workload counts")
    add("--rounds", type=int, metavar="N", help="how often celers and baseline alternate")
    add("--quick", action="store_true", help="a glance, in less than 90 s")
    add("--deep", action="store_true", help="also with 1,000,000 ready and 1,000,000 delayed tasks")
    add("--json", type=Path, metavar="FILE", help="write everything as JSON too")
    add("--markdown", type=Path, metavar="FILE", help="write the table as a page too")
    options = parser.parse_args(words)
    sizes = _QUICK if options.quick else _FULL
    given = {"seconds": options.seconds, "rounds": options.rounds}
    options.sizes = {**sizes, **{name: value for name, value in given.items() if value}}
    options.scenarios = _chosen(parser, options)
    return options


def _chosen(parser: argparse.ArgumentParser, options: argparse.Namespace) -> list[Scenario]:
    wanted = [name for word in options.only for name in word.split(",") if name]
    for name in wanted:
        if not any(scenario.answers_to(name) for scenario in SCENARIOS):
            parser.error(f"no workload {name}; there are {_names(SCENARIOS)}")

    def is_chosen(scenario: Scenario) -> bool:
        if any(map(scenario.answers_to, wanted)):
            return True
        if scenario.is_extra:
            return bool(options.deep)
        return not wanted and (scenario.is_quick or not options.quick)

    return list(filter(is_chosen, SCENARIOS))


def _names(scenarios: Sequence[Scenario]) -> str:
    return " ".join(scenario.name for scenario in scenarios)


if __name__ == "__main__":
    sys.exit(main())

"""``python -m loadtests.scales``: how the cost of celers grows, one dimension at a time."""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from loadtests.processor import Processor, others
from loadtests.queues import Fault
from loadtests.report import header
from loadtests.scales import points, report
from loadtests.scales.dimensions import DIMENSIONS, Dimension
from loadtests.scales.points import Results, Section
from loadtests.scales.stage import Sizes, Skip, Stage
from loadtests.server import Server
from pyclient.dsn import from_environment
from pyclient.errors import InvalidDsn

_FULL = Sizes(seconds=2.0, held_s=60.0, rounds=2, most=1_000_000)
_HUGE = dataclasses.replace(_FULL, most=10_000_000)
_QUICK = Sizes(seconds=0.7, held_s=6.0, rounds=1, most=10_000, is_short=True)


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says.

    Returns the exit code: 1 where a ledger is wrong or a client saw a deadlock or a lock timeout,
    2 without a server. A promise that is missed is reported and changes nothing else.
    """
    options = _options(words)
    try:
        dsn = dataclasses.replace(from_environment(None), database=None)
    except InvalidDsn as error:
        print(error, file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    server = Server(dsn)
    facts = server.facts()
    print(header(facts), flush=True)
    stage = Stage(dsn, server, Processor(server), options.sizes)
    results = _earlier(options.json, dataclasses.asdict(facts))
    rest = list(options.dimensions)
    try:
        while rest:
            results.put(measured(rest[0], stage))
            _write(options, results)
            del rest[0]
    except Fault as fault:
        print(f"\nWRONG: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        names = " ".join(dimension.name for dimension in rest)
        print(f"\ninterrupted; to go on: --only {names}", file=sys.stderr)
        return 128 + signal.SIGINT
    refused = ", ".join(f"{count} x {number}" for number, count in stage.refusals.items())
    print(f"\ndeadlocks and lock timeouts seen by clients: {refused or 'none'}")
    print(f"ledgers checked: {stage.ledgers}, all exact")
    return 1 if stage.refusals else 0


def measured(dimension: Dimension, stage: Stage) -> Section:
    """Measure a dimension, and say it."""
    section = Section(dimension.name, dimension.about, dimension.axis)
    print(report.title(section), flush=True)
    before, began_s = stage.processor.read(), time.monotonic()
    refused = stage.refusals.total()
    firsts: dict[str, points.Point] = {}
    try:
        for point in dimension.run(stage):
            section.points.append(point)
            name = f"{point.series} | {point.label}" if point.label else point.series
            shown = dataclasses.replace(point, label=name)
            print(report.text(shown, firsts.setdefault(point.series, point)), flush=True)
        section.promises = [
            *dimension.promises(section.points),
            _no_deadlocks(stage.refusals.total() - refused),
        ]
    except Skip as skip:
        section.skipped = str(skip)
        print(f"  skipped: {skip}", flush=True)
    section.others_cores = others(before, stage.processor.read())
    section.took_s = round(time.monotonic() - began_s, 1)
    section.at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for promise in section.promises:
        print(report.verdict(promise), flush=True)
    return section


def _no_deadlocks(count: int) -> points.Promise:
    return points.Promise(report.NO_REFUSAL, str(count), not count)


def _earlier(path: Path | None, server: dict[str, object]) -> Results:
    """What the file has of the same server; nothing without a file."""
    if path is None or not path.exists():
        return Results(server)
    found = points.load(path)
    if found.server == server:
        return found
    print(f"{path} is of another server or other settings, and is begun anew", flush=True)
    return Results(server)


def _write(options: argparse.Namespace, results: Results) -> None:
    if options.json:
        points.save(results, options.json)
    drawings: dict[Path, str] = {}
    if options.svg:
        from loadtests.scales import charts

        drawings = charts.draw(results, options.svg)
    if options.markdown:
        folder = options.markdown.parent
        seen = {os.path.relpath(path, folder): about for path, about in drawings.items()}
        options.markdown.write_text(report.markdown(results, seen))


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    names = [dimension.name for dimension in DIMENSIONS]
    parser = argparse.ArgumentParser(
        prog="python -m loadtests.scales",
        description="Measure how the cost of celers grows, on the server of CELERS_DSN, in "
        "databases of its own that are dropped in the end.",
    )
    add = parser.add_argument
    add("--only", nargs="+", metavar="NAME", choices=names, help=f"of {' '.join(names)}")
    add("--quick", action="store_true", help="a glance, in less than two minutes")
    add("--huge", action="store_true", help="also with 10,000,000 tasks (20 GB of disk)")
    add("--json", type=Path, metavar="FILE", help="keep everything there; other sections stay")
    add("--markdown", type=Path, metavar="FILE", help="write the tables as a page")
    add("--svg", type=Path, metavar="FOLDER", help="draw the dimensions that have an axis")
    options = parser.parse_args(words)
    if options.quick and options.huge:
        parser.error("--quick and --huge exclude each other")
    if options.svg and importlib.util.find_spec("matplotlib") is None:
        parser.error("--svg needs matplotlib: pip install '.[load]'")
    options.sizes = _QUICK if options.quick else _HUGE if options.huge else _FULL
    options.dimensions = [
        dimension
        for dimension in DIMENSIONS
        if dimension.name in (options.only or names)
        and (options.only or dimension.is_quick or not options.quick)
    ]
    return options


if __name__ == "__main__":
    sys.exit(main())

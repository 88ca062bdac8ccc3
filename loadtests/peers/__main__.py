"""``python -m loadtests.peers``: celers and other task queues side by side. See ``make peers``."""

from __future__ import annotations

import argparse
import dataclasses
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from loadtests.peers import cores, results
from loadtests.peers.catalogue import Entry, Unknown, find
from loadtests.peers.draining import DRAIN
from loadtests.peers.enqueueing import BULK, SINGLE
from loadtests.peers.harness import Harness
from loadtests.peers.held import WHOLE
from loadtests.peers.install import HOME
from loadtests.peers.latency import LATENCY
from loadtests.peers.machine import machine
from loadtests.peers.raw import DEEP, SHALLOW
from loadtests.peers.results import Results
from loadtests.peers.sizes import FULL, QUICK, Sizes
from tools.server.lock import try_lock

WORKLOADS = (SINGLE, BULK, DRAIN, LATENCY, SHALLOW, WHOLE, DEEP)


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says; 1 if a ledger is wrong, 2 if it cannot begin."""
    options = _options(words)
    HOME.mkdir(exist_ok=True)
    lock = try_lock(HOME / "lock")
    if lock is None:
        return _say("a side-by-side run goes on in this checkout already")
    cores.mark()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        entries, skipped = find(options.only)
        found = _results(options.json, options.sizes, is_resumed=options.resume)
    except (Unknown, _NotTheSame) as error:
        return _say(str(error))
    for one in skipped:
        print(f"--  {one.peer:32} skipped: {one.reason}", flush=True)
        found.skip(one)
    try:
        _run(options, entries, found)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        os.close(lock)
    return 1 if any(record.is_wrong for record in found.records) else 0


class _NotTheSame(Exception):
    """The file to go on with was measured otherwise."""


def _run(options: argparse.Namespace, entries: Sequence[Entry], found: Results) -> None:
    chosen = [one for one in WORKLOADS if not options.workloads or one.name in options.workloads]
    Harness(found, options.json, HOME, options.sizes, chosen).run(entries)
    wrong = [record for record in found.records if record.is_wrong]
    failed = [record for record in found.records if record.outcome != results.OK]
    print(
        f"\n{len(found.records)} records in {options.json}: {len(wrong)} with a wrong ledger, "
        f"{len(failed)} not finished or failed; {len(found.skipped)} skipped"
    )


def _results(path: Path, sizes: Sizes, *, is_resumed: bool) -> Results:
    """An empty file's, or those to go on with. An older file is kept beside a new one."""
    here, now = machine(), dataclasses.asdict(sizes)
    if not path.exists():
        return Results(machine=here, sizes=now)
    if not is_resumed:
        os.replace(path, path.with_name(path.name + ".old"))
        return Results(machine=here, sizes=now)
    found = results.load(path)
    if found.sizes != now:
        raise _NotTheSame(f"{path} was measured with other sizes: leave --resume or --quick out")
    if found.machine != here:
        raise _NotTheSame(f"{path} was measured on another machine, or with another Python")
    return found


def _say(words: str) -> int:
    print(words, file=sys.stderr)
    return 2


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m loadtests.peers",
        description="Measure celers and other task queues side by side, on private servers.",
    )
    names = [one.name for one in WORKLOADS]
    add = parser.add_argument
    add("--only", nargs="+", default=[], metavar="NAME", help="systems, by a part of their names")
    add("--workloads", nargs="+", default=[], choices=names, metavar="W", help=" ".join(names))
    add("--quick", action="store_true", help="a glance: small sizes, figures that mean little")
    add("--deep", type=int, metavar="N", help="tasks ready and delayed in W7; 1,000,000")
    add("--json", type=Path, default=HOME / "results.json", metavar="FILE", help="the results")
    add("--resume", action="store_true", help="go on with the results in that file")
    options = parser.parse_args(words)
    sizes = QUICK if options.quick else FULL
    options.sizes = dataclasses.replace(sizes, deep=options.deep) if options.deep else sizes
    return options


if __name__ == "__main__":
    sys.exit(main())

"""Dimensions of the server's own settings, which are put back in the end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from loadtests.driver import Cycle, Log, Run
from loadtests.queues import Link, Queue
from loadtests.scales.depths import LIFE
from loadtests.scales.points import Point, Promise
from loadtests.scales.stage import Skip, Stage, Trial, joined
from loadtests.server import binary_log_bytes
from loadtests.workloads import enqueue_and_step
from pyclient.dsn import Dsn
from pyclient.errors import CelersError

_FLUSH, _SYNC = "innodb_flush_log_at_trx_commit", "sync_binlog"
_PROFILES: Mapping[str, Mapping[str, str]] = {
    "durable: flush 1, sync_binlog 1": {_FLUSH: "1", _SYNC: "1"},
    "balanced: flush 2, sync_binlog 1000": {_FLUSH: "2", _SYNC: "1000"},
    "fast: flush 0, sync_binlog 0": {_FLUSH: "0", _SYNC: "0"},
}
_IMAGES: Mapping[str, Mapping[str, str]] = {
    f"binlog_row_image {image}": {"binlog_row_image": image} for image in ("FULL", "MINIMAL")
}
_COMPRESSION: Mapping[str, Mapping[str, str]] = {
    f"binlog_transaction_compression {switch}": {"binlog_transaction_compression": switch}
    for switch in ("OFF", "ON")
}
_WRITERS: Mapping[str, Mapping[str, str]] = {
    f"innodb_log_writer_threads {switch}": {"innodb_log_writer_threads": switch}
    for switch in ("OFF", "ON")
}
_BATCH = 100
_REFUSED = (1227, 1193, 1238)  # not allowed, not known to this server, read only


def durability(stage: Stage) -> Iterator[Point]:
    """What a commit waits for."""
    return _compared(stage, _PROFILES)


def row_image(stage: Stage) -> Iterator[Point]:
    """How much of a row goes into the binary log."""
    return _compared(stage, _IMAGES)


def compression(stage: Stage) -> Iterator[Point]:
    """Whether transactions are compressed in the binary log."""
    return _compared(stage, _COMPRESSION)


def log_writers(stage: Stage) -> Iterator[Point]:
    """Whether committing sessions write the redo log themselves."""
    return _compared(stage, _WRITERS)


def writer_promises(points: list[Point]) -> Iterator[Promise]:
    """No tail where threads of their own write it."""
    for found in points:
        if found.label in _WRITERS and found.label.endswith("ON") and found.latency:
            times = found.latency.p99_ms / found.latency.p50_ms
            yield Promise(
                f"{found.label}, {found.series}: p99 at most 3 times its p50",
                f"{times:.1f} times",
                times <= 3,
            )


@contextmanager
def changed(dsn: Dsn, values: Mapping[str, str]) -> Iterator[None]:
    """Global settings that hold for the block.

    Raises:
        Skip: the account may not change them, or the server does not know them.
    """
    with contextlib.closing(Link(dsn)) as link:
        names = ", ".join(f"@@GLOBAL.{name}" for name in values)
        try:
            [before] = link.run(f"SELECT {names}".encode())
            _set(link, values)
        except CelersError as error:
            if error.number in _REFUSED:
                raise Skip(f"the server refused: {error}") from error
            raise
        try:
            yield
        finally:
            _set(link, {name: str(old) for name, old in zip(values, before, strict=True)})


def _set(link: Link, values: Mapping[str, str]) -> None:
    listed = ", ".join(f"GLOBAL {name} = {value}" for name, value in values.items())
    link.run(f"SET {listed}".encode())


def _compared(stage: Stage, variants: Mapping[str, Mapping[str, str]]) -> Iterator[Point]:
    """The variants in turn, as often as there are rounds, with two kinds of load."""
    loads: Mapping[str, Cycle] = {LIFE: enqueue_and_step, f"the same, {_BATCH} a call": _many}
    for name, cycle in loads.items():
        runs: dict[str, list[Run]] = {label: [] for label in variants}
        sizes: dict[str, float] = {}
        with stage.trial() as trial:
            for _ in range(stage.sizes.rounds):
                for label, values in variants.items():
                    with changed(stage.dsn, values):
                        found, sizes[label] = _run(trial, cycle)
                    runs[label].append(found)
        for label, row in runs.items():
            note = f"{sizes[label]:,.0f} bytes of binary log per task" if sizes[label] else ""
            yield joined(row, name, None, label, note)


def _run(trial: Trial, cycle: Cycle) -> tuple[Run, float]:
    """A run, and the bytes of binary log that a task of it took."""
    with trial.queue():
        begin = binary_log_bytes(trial.sql)
        found = trial.run(cycle)
        written = binary_log_bytes(trial.sql) - begin
    return found, written / max(sum(sum(log.counts) for log in found.logs), 1)


def _many(queue: Queue, log: Log) -> int:
    """Enqueue 100 tasks, complete those held and claim 100."""
    log.enqueued += queue.enqueue_many(_BATCH)
    completed, found = queue.step(_BATCH)
    log.completed += completed
    return found

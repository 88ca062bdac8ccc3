"""What the server can do at all, and how much of that celers uses."""

from __future__ import annotations

import os
from collections.abc import Iterator

from loadtests import stats
from loadtests.driver import Cycle, Log, Run
from loadtests.scales.points import Point, Promise
from loadtests.scales.stage import CLIENTS, Stage, Trial, joined
from loadtests.scales.system import ScaleQueue, ours
from loadtests.workloads import enqueue_one, step
from pyclient._encode import new_uuid

ENQUEUE, STEP = "celers_enqueue, 1 client", f"celers_step, {CLIENTS} clients"
_INSERT = "bare INSERT, {} client{}"
_COMMIT = f"commit of a one-row UPDATE, {CLIENTS} clients"
_TABLE = (
    "CREATE TABLE bench_bare (id BINARY(16) PRIMARY KEY, payload VARCHAR(100) NOT NULL, "
    "number BIGINT NOT NULL DEFAULT 0)"
)
_PER_S = 10_000
#: Times as long as usual: everything else is read as a share of these.
_LONGER = 2


def limits(stage: Stage) -> Iterator[Point]:
    """Celers and its bound take turns, so that both see the same machine."""
    runs: dict[str, list[Run]] = {}
    bare, insert_few = _INSERT.format(1, ""), _INSERT.format(CLIENTS, "s")
    with stage.trial() as trial:
        trial.sql(_TABLE)
        for _ in range(stage.sizes.rounds):
            for name, cycle, clients in (
                (bare, _INSERT_ONE, 1),
                (ENQUEUE, enqueue_one, 1),
                (_COMMIT, _UPDATE_OWN, CLIENTS),
                (STEP, step(1), CLIENTS),
            ):
                runs.setdefault(name, []).append(_run(trial, cycle, clients))
        runs[insert_few] = [_run(trial, _INSERT_ONE, CLIENTS)]
        runs["SELECT 1, 1 client"] = [_run(trial, _SELECT_ONE, 1)]
    shares = {ENQUEUE: _share(runs, ENQUEUE, bare), STEP: _share(runs, STEP, _COMMIT)}
    for name, found in runs.items():
        share = shares.get(name)
        note = f"{share:.2f} of the line before" if share else ""
        yield joined(found, name, None, "", note)


def limit_promises(points: list[Point]) -> Iterator[Promise]:
    """Close to the limit."""
    for name, least, text in (
        (ENQUEUE, 0.9, "a single enqueue at least 0.9 of a bare INSERT, 1 client"),
        (STEP, 0.6, f"steps one by one at least 0.6 of the commit rate, {CLIENTS} clients"),
    ):
        [found] = [point for point in points if point.series == name]
        share = float(found.note.split()[0]) if found.note else 0.0
        yield Promise(text, f"{share:.2f}", share >= least)


def _run(trial: Trial, cycle: Cycle, clients: int) -> Run:
    with trial.queue():
        if clients > 1:
            trial.load(int(_PER_S * trial.stage.sizes.seconds * _LONGER))
        return trial.run(cycle, clients, seconds=trial.stage.sizes.seconds * _LONGER)


def _share(runs: dict[str, list[Run]], ours_name: str, bound: str) -> float | None:
    """The median of the ratios of neighbours."""
    return stats.ratio(*([found.rate for found in runs[name]] for name in (ours_name, bound)))


def _insert_one(queue: ScaleQueue, log: Log) -> int:
    hexadecimal = str(new_uuid()).replace("-", "")
    queue.statement(
        f"INSERT INTO bench_bare (id, payload) VALUES (X'{hexadecimal}', '{_TEXT}')".encode()
    )
    return 1


def _update_own(queue: ScaleQueue, log: Log) -> int:
    """A row of this client's own, made when it is not there yet."""
    own = f"{os.getpid():032x}"
    queue.statement(
        f"INSERT INTO bench_bare (id, payload) VALUES (X'{own}', '{_TEXT}') "
        "ON DUPLICATE KEY UPDATE number = number + 1".encode()
    )
    return 1


def _select_one(queue: ScaleQueue, log: Log) -> int:
    queue.statement(b"SELECT 1")
    return 1


_TEXT = '{"to": "a@b.c", "n": 7}'
_INSERT_ONE, _UPDATE_OWN, _SELECT_ONE = ours(_insert_one), ours(_update_own), ours(_select_one)

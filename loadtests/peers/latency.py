"""W4: how soon an idle worker starts a task, from before its enqueue to its execution."""

from __future__ import annotations

import random
import time
from array import array
from collections.abc import Iterator
from functools import partial

from loadtests import stats
from loadtests.peers import cores, ledger, notes
from loadtests.peers.adapter import Peer
from loadtests.peers.crew import apart
from loadtests.peers.notes import Count
from loadtests.peers.place import Figures, Place, Workload, open_count_at_rest
from loadtests.peers.results import DOES_NOT_FINISH, OK, Key
from loadtests.peers.workers import running

_INTERVAL_S = 0.05
_JITTER = 0.2
_SEED = 4
#: Tasks before, by which the workers are seen to work.
_FIRST = 5
_LAST_S = 15.0


def groups(place: Place) -> list[tuple[Key, ...]]:
    """Each variant of the workers, one process."""
    return [(place.key("W4", variant),) for variant in place.peer.variants]


def measure(place: Place, keys: tuple[Key, ...]) -> Iterator[tuple[Key, Figures]]:
    """One client adds tasks at irregular moments, at the same ones for every system."""
    for key in keys:
        yield key, _figures(place, key)


def gaps(count: int) -> list[float]:
    """Seconds between tasks, 20 a second in the mean; always the same."""
    chance = random.Random(_SEED)
    return [_INTERVAL_S * chance.uniform(1 - _JITTER, 1 + _JITTER) for _ in range(count)]


def _figures(place: Place, key: Key) -> Figures:
    peer, count = place.peer, place.sizes.latency_tasks
    peer.reset()
    path, log = place.folder / "notes", place.folder / "workers.log"
    path.unlink(missing_ok=True)
    lines = Count(path)
    with running(peer.workers(key.clients, key.variant), path, log) as workers:
        apart([partial(_produce, peer, 0, [0.0] * _FIRST)], place.sizes.bound_s)
        began = {}
        is_done = workers.wait(lambda: lines.lines() >= _FIRST, place.sizes.bound_s)
        if is_done:
            time.sleep(place.sizes.settle_s)
            before = cores.read()
            [moments] = apart([partial(_produce, peer, _FIRST, gaps(count))], place.sizes.loading_s)
            began = dict(zip(range(_FIRST, _FIRST + count), moments, strict=True))
            noise = cores.others(before, cores.read())
            is_done = workers.wait(lambda: lines.lines() >= _FIRST + count, _LAST_S)
            open_count_at_rest(place, 0)
    found = notes.read(path)
    first_ns = found.first_ns()
    delays = array("q", [first_ns[one] - began[one] for one in began if one in first_ns])
    given = range(_FIRST + len(began))
    left = open_count_at_rest(place, len(given) - len(first_ns))
    return Figures(
        latency=stats.latency([delays]),
        count=len(delays),
        seconds=sum(gaps(count)) if began else 0.0,
        ledger=ledger.check(given, found.numbers, left),
        outcome=OK if is_done else DOES_NOT_FINISH,
        others_cores=noise if began else None,
        note="" if is_done else f"{len(first_ns)} of {_FIRST + count} tasks",
    )


def _produce(peer: Peer, first: int, pauses: list[float]) -> list[int]:
    """Add a task after each pause; returns when each enqueue began, by time.time_ns()."""
    client = peer.client()
    began = []
    due_s = time.monotonic()
    for number, pause_s in enumerate(pauses, first):
        due_s += pause_s
        time.sleep(max(due_s - time.monotonic(), 0))
        began.append(time.time_ns())
        client.enqueue(number)
    client.close()
    return began


LATENCY = Workload("W4", "an idle worker, 20 tasks a second", groups, measure)

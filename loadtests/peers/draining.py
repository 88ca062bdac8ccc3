"""W3: worker processes do tasks that were loaded before, 1 process and 4, each variant.

How many are loaded a trial says, so that a run takes about as long as it is to take. The rate is
from the first execution to the last: starting the workers is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from loadtests.peers import cores, ledger, notes
from loadtests.peers.notes import Count
from loadtests.peers.place import Figures, Place, Workload, load, open_count_at_rest
from loadtests.peers.results import DOES_NOT_FINISH, OK, Key, Results
from loadtests.peers.sizes import Sizes
from loadtests.peers.workers import running

PROCESSES = (1, 4)
#: A trial that took less of the wanted time than this says little; the next has so many times more.
_TELLING = 0.1
_MORE = 25
#: With more processes it may be so much faster.
_FASTER = 2.0


def groups(place: Place) -> list[tuple[Key, ...]]:
    """Each variant of the workers, with 1 process and with 4."""
    return [
        tuple(place.key("W3", variant, clients=processes) for processes in PROCESSES)
        for variant in place.peer.variants
    ]


def measure(place: Place, keys: tuple[Key, ...]) -> Iterator[tuple[Key, Figures]]:
    """One process after a trial; what it found says how many tasks four are given."""
    for key in keys:
        rate = _known_rate(place.results, key) or _trial(place, key)
        yield key, drain(place, key, wanted(rate, place.sizes))


def wanted(rate: float, sizes: Sizes) -> int:
    """How many tasks keep workers of that rate busy for the time that a run is to take."""
    return int(min(max(rate * sizes.seconds, sizes.drain_trial), sizes.drain_most))


def drain(place: Place, key: Key, count: int) -> Figures:
    """Load, start the workers, wait until all is done or the bound is reached."""
    place.peer.reset()
    load(place, range(count))
    path, log = place.folder / "notes", place.folder / "workers.log"
    path.unlink(missing_ok=True)
    lines = Count(path)
    with running(place.peer.workers(key.clients, key.variant), path, log) as workers:
        has_begun = workers.wait(lambda: lines.lines() > 0, place.sizes.bound_s)
        before = cores.read()
        is_done = has_begun and workers.wait(lambda: lines.lines() >= count, place.sizes.bound_s)
        noise = cores.others(before, cores.read())
        if is_done:
            open_count_at_rest(place, 0)
    found = notes.read(path)
    left = open_count_at_rest(place, count - len(set(found.numbers)))
    return Figures(
        rate=found.rate,
        series=found.per_second(),
        count=len(found.numbers),
        seconds=found.seconds,
        ledger=ledger.check(range(count), found.numbers, left),
        outcome=OK if is_done else DOES_NOT_FINISH,
        others_cores=noise,
        note="" if is_done else f"{len(found.numbers):,} of {count:,} tasks",
        tasks=count,
    )


def _trial(place: Place, key: Key) -> float:
    found = drain(place, key, place.sizes.drain_trial)
    if found.seconds < place.sizes.seconds * _TELLING:
        more = min(place.sizes.drain_trial * _MORE, place.sizes.drain_most)
        found = drain(place, key, more)
    return found.rate or 0.0


def _known_rate(results: Results, key: Key) -> float | None:
    """What the same workers did with fewer processes, and some more."""
    fewer = [
        record.rate
        for record in results.records
        if (record.key.peer, record.key.workload, record.key.variant)
        == (key.peer, key.workload, key.variant)
        and record.key.clients < key.clients
        and record.rate
    ]
    return max(fewer) * _FASTER if fewer else None


DRAIN = Workload("W3", "worker processes do what was loaded", groups, measure)

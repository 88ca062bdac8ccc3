"""W5 and W7: the broker alone, from shallow and from deep queues: claim n, complete n."""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from loadtests.peers import clients, ledger
from loadtests.peers.adapter import Missing, Peer
from loadtests.peers.clients import Done, Numbers, Span
from loadtests.peers.crew import apart
from loadtests.peers.journal import per_second
from loadtests.peers.place import Figures, Place, Workload, load, open_count_at_rest
from loadtests.peers.results import DOES_NOT_FINISH, OK, Key

#: Tasks per claim, and how many times as fast as one by one that is, about.
BATCHES: Mapping[int, int] = {1: 1, 100: 10}
CASES = ("delayed first", "ready first")
_DELAY_S = 86_400
#: What is loaded for a run, of what the trial's rate would take.
_MARGIN = 1.5
_MOST = 1_000_000


class Consumer:
    """A client that claims and completes."""

    def __init__(self, peer: Peer, batch: int) -> None:
        broker = peer.broker()
        if broker is None:
            raise Missing("its broker has no interface of its own")
        self._broker = broker
        self._batch = batch

    def cycle(self) -> tuple[Numbers, Numbers]:
        """Claim so many, complete them."""
        numbers = self._broker.claim(self._batch)
        if numbers:
            self._broker.complete()
        return (), numbers

    def close(self) -> None:
        """End the connection."""
        self._broker.close()


def require_broker(place: Place) -> None:
    """Raise Missing where the system's broker has no interface of its own."""
    place.peer.reset()
    if not apart([partial(_has_broker, place.peer)], place.sizes.bound_s)[0]:
        raise Missing("its broker has no interface of its own")


def figures(done: Done, faults: str) -> Figures:
    """The figures of clients that completed tasks."""
    came_too_late = done.ran_empty and not done.count
    ended = "before its time began" if came_too_late else f"after {done.run.seconds:.1f} s"
    notes = [
        f"{done.killed} clients did not come back" if done.killed else "",
        f"ran empty {ended}" if done.ran_empty else "",
    ]
    return Figures(
        rate=None if came_too_late else done.run.rate,
        latency=done.latency,
        series=per_second(done.run),
        count=done.count,
        seconds=done.run.seconds,
        ledger=faults,
        outcome=DOES_NOT_FINISH if done.killed else OK,
        others_cores=done.others_cores,
        note="; ".join(filter(None, notes)),
    )


def _shallow_groups(place: Place) -> list[tuple[Key, ...]]:
    require_broker(place)
    return [
        (place.key("W5", clients=count, batch=batch),)
        for batch in BATCHES
        for count in (1, place.sizes.clients)
    ]


def _shallow(place: Place, keys: tuple[Key, ...]) -> Iterator[tuple[Key, Figures]]:
    for key in keys:
        place.peer.reset()
        loaded = place.sizes.trial_tasks * BATCHES[key.batch]
        load(place, range(loaded))
        span = Span(0.0, place.sizes.trial_s, place.sizes.bound_s)
        trial = _run(place, key, span)
        wanted = trial.run.rate * (place.sizes.seconds + place.sizes.warmup_s) * _MARGIN
        more = min(int(wanted) + loaded, _MOST)
        load(place, range(loaded, loaded + more))
        done = _run(place, key, _span(place))
        done.completed += trial.completed
        done.killed += trial.killed
        yield key, figures(done, _check(place, key, range(loaded + more), done.completed, done))


def _deep_groups(place: Place) -> list[tuple[Key, ...]]:
    require_broker(place)
    return [
        tuple(
            place.key("W7", case=case, clients=place.sizes.clients, batch=batch)
            for batch in BATCHES
        )
        for case in CASES
    ]


def _deep(place: Place, keys: tuple[Key, ...]) -> Iterator[tuple[Key, Figures]]:
    """Load once, then run with each size of batches; the ready tasks have the lower numbers."""
    size = place.sizes.deep
    ready, delayed = range(size), range(size, 2 * size)
    place.peer.reset()
    for numbers in (delayed, ready) if keys[0].case == CASES[0] else (ready, delayed):
        load(place, numbers, _DELAY_S if numbers is delayed else 0)
    completed, killed = array("q"), 0
    for key in keys:
        span = dataclasses.replace(_span(place), warmup_s=place.sizes.deep_warmup_s)
        done = _run(place, key, span)
        completed += done.completed
        killed += done.killed
        found = dataclasses.replace(done, killed=killed)
        faults = _check(place, key, range(2 * size), completed, found, delayed)
        yield key, dataclasses.replace(figures(done, faults), tasks=size)


def _span(place: Place) -> Span:
    return Span(place.sizes.warmup_s, place.sizes.seconds, place.sizes.bound_s)


def _run(place: Place, key: Key, span: Span) -> Done:
    members = [partial(Consumer, place.peer, key.batch)] * key.clients
    return clients.run(members, span, place.folder, counts_completed=True)


def _check(
    place: Place,
    key: Key,
    given: Collection[int],
    completed: Sequence[int],
    done: Done,
    delayed: range = range(0),
) -> str:
    left = open_count_at_rest(place, len(given) - len(completed))
    in_doubt = done.killed * key.batch
    return ledger.check(given, completed, left, delayed=delayed, in_doubt=in_doubt)


def _has_broker(peer: Peer) -> bool:
    broker = peer.broker()
    if broker is not None:
        broker.close()
    return broker is not None


SHALLOW = Workload("W5", "the broker alone: claim n, complete n", _shallow_groups, _shallow)
DEEP = Workload("W7", "W5 on many ready and many delayed tasks", _deep_groups, _deep)

"""W1 and W2: how fast one client adds tasks, one at a time and 1,000 per call."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from loadtests.peers import clients, ledger
from loadtests.peers.adapter import Missing, Peer
from loadtests.peers.clients import Numbers, Span
from loadtests.peers.place import Figures, Place, Workload, open_count_at_rest
from loadtests.peers.results import DOES_NOT_FINISH, OK, Key


class _Producer:
    def __init__(self, peer: Peer, batch: int) -> None:
        self._client = peer.client()
        self._batch = batch
        self._next = 0

    def cycle(self) -> tuple[Numbers, Numbers]:
        numbers = range(self._next, self._next + self._batch)
        if self._batch == 1:
            self._client.enqueue(self._next)
        else:
            self._client.enqueue_many(numbers)
        self._next += self._batch
        return numbers, ()

    def close(self) -> None:
        self._client.close()


def _single(place: Place) -> list[tuple[Key, ...]]:
    return [(place.key("W1"),)]


def _bulk(place: Place) -> list[tuple[Key, ...]]:
    if not place.peer.has_bulk:
        raise Missing("it has no bulk enqueue")
    return [(place.key("W2", batch=place.sizes.bulk),)]


def _measure(place: Place, keys: tuple[Key, ...]) -> Iterator[tuple[Key, Figures]]:
    for key in keys:
        place.peer.reset()
        yield key, _figures(place, key.batch)


def _figures(place: Place, batch: int) -> Figures:
    producer = partial(_Producer, place.peer, batch)
    span = Span(place.sizes.warmup_s, place.sizes.seconds, place.sizes.bound_s)
    done = clients.run([producer], span, place.folder, counts_completed=False)
    found = open_count_at_rest(place, len(done.enqueued))
    return Figures(
        rate=done.run.rate,
        latency=done.latency,
        count=done.count,
        seconds=done.run.seconds,
        ledger=ledger.check(done.enqueued, (), found, in_doubt=done.killed * batch),
        outcome=DOES_NOT_FINISH if done.killed else OK,
        others_cores=done.others_cores,
    )


SINGLE = Workload("W1", "one client enqueues one at a time", _single, _measure)
BULK = Workload("W2", "one client enqueues 1,000 per call", _bulk, _measure)

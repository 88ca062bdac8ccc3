"""W6: the whole life of tasks at full speed, free and beside a snapshot that is held open.

Rows that are deleted or changed stay for as long as the oldest snapshot lives. What does not know
where the living ones begin walks over all of them with every claim.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial

from loadtests.peers import clients, ledger
from loadtests.peers.adapter import Missing, Peer
from loadtests.peers.clients import Numbers, Span
from loadtests.peers.place import Figures, Place, Workload, open_count_at_rest
from loadtests.peers.raw import Consumer, figures, require_broker
from loadtests.peers.results import Key

FREE, HELD = "free", "held"
_NUMBERS_EACH = 10_000_000


class _Whole:
    """A client that enqueues one, claims one and completes it."""

    def __init__(self, peer: Peer, first: int) -> None:
        self._client = peer.client()
        self._consumer = Consumer(peer, 1)
        self._next = first

    def cycle(self) -> tuple[Numbers, Numbers]:
        enqueued = (self._next,)
        self._client.enqueue(self._next)
        self._next += 1
        return enqueued, self._consumer.cycle()[1]

    def close(self) -> None:
        self._consumer.close()
        self._client.close()


def groups(place: Place) -> list[tuple[Key, ...]]:
    """Without and beside a snapshot."""
    if place.snapshot is None:
        raise Missing("its store has no snapshots")
    require_broker(place)
    return [(place.key("W6", case=case, clients=place.sizes.clients),) for case in (FREE, HELD)]


def measure(place: Place, keys: tuple[Key, ...]) -> Iterator[tuple[Key, Figures]]:
    """Each on an empty store, the snapshot taken before the first task."""
    for key in keys:
        place.peer.reset()
        seconds = place.sizes.held_s if key.case == HELD else place.sizes.free_s
        span = Span(place.sizes.warmup_s, seconds, place.sizes.bound_s)
        members = [
            partial(_Whole, place.peer, client * _NUMBERS_EACH) for client in range(key.clients)
        ]
        with contextlib.ExitStack() as stack:
            if key.case == HELD and place.snapshot is not None:
                stack.enter_context(place.snapshot())
            done = clients.run(members, span, place.folder, counts_completed=True)
        left = open_count_at_rest(place, len(done.enqueued) - len(done.completed))
        faults = ledger.check(done.enqueued, done.completed, left, in_doubt=2 * done.killed)
        yield key, figures(done, faults)


WHOLE = Workload("W6", "8 clients enqueue, claim and complete one", groups, measure)

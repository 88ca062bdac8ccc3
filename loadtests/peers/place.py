"""What a workload works with, what it finds, and what all of them do alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from loadtests.peers.adapter import Missing, Peer
from loadtests.peers.crew import apart
from loadtests.peers.results import OK, UNCHECKED, Key, Results
from loadtests.peers.sizes import Sizes
from loadtests.stats import Latency

_LOADERS = 2
_SLICE = 50_000
_REST_POLL_S = 0.1


@dataclass(frozen=True)
class Place:
    """One system on its running server.

    Attributes:
        folder: for files of a run.
        snapshot: holds a snapshot open on the server for a block; None where it has none.
        results: what was found so far, to judge sizes by.
    """

    peer: Peer
    sizes: Sizes
    folder: Path
    snapshot: Callable[[], AbstractContextManager[None]] | None
    results: Results

    def key(
        self, workload: str, variant: str = "", case: str = "", clients: int = 1, batch: int = 1
    ) -> Key:
        """The key of a run of this system."""
        return Key(self.peer.name, workload, variant, case, clients, batch)


@dataclass(frozen=True)
class Figures:
    """What a run found: of the fields of results.Record those that a workload knows."""

    rate: float | None = None
    latency: Latency | None = None
    series: tuple[float, ...] = ()
    count: int = 0
    seconds: float = 0.0
    ledger: str = f"{UNCHECKED}: no run"
    outcome: str = OK
    others_cores: float | None = None
    note: str = ""
    tasks: int = 0


@dataclass(frozen=True)
class Workload:
    """One of W1 to W7.

    Attributes:
        about: in a few words.
        groups: the keys to measure for a system; those of one group share what is loaded. Raises
            adapter.Missing where the system has no such thing.
        measure: measures a group, in its order.
    """

    name: str
    about: str
    groups: Callable[[Place], list[tuple[Key, ...]]]
    measure: Callable[[Place, tuple[Key, ...]], Iterator[tuple[Key, Figures]]]


def load(place: Place, numbers: range, delay_s: int = 0) -> None:
    """Load tasks in processes of their own.

    Raises:
        crew.NotFinished, crew.ProcessFailed: it was not done.
        adapter.Missing: the system cannot delay tasks.
    """
    loaders = _LOADERS if len(numbers) >= _SLICE else 1
    share = -(-len(numbers) // loaders)
    jobs = [
        partial(_load, place.peer, numbers[start : start + share], delay_s)
        for start in range(0, len(numbers), share)
    ]
    if not all(apart(jobs, place.sizes.loading_s)):
        raise Missing("it cannot delay tasks")


def open_count_at_rest(place: Place, expected: int) -> int:
    """How many tasks are open: the expected number, or another that is still so after a while."""
    until = time.monotonic() + place.sizes.rest_s
    while (found := place.peer.open_count()) != expected and time.monotonic() < until:
        time.sleep(_REST_POLL_S)
    return found


def _load(peer: Peer, numbers: Sequence[int], delay_s: int) -> bool:
    """Load a share of them; returns whether it can be done at all."""
    for start in range(0, len(numbers), _SLICE):
        some = numbers[start : start + _SLICE]
        if not delay_s:
            _enqueue_all(peer, some)
            continue
        try:
            peer.delay_many(some, delay_s)
        except NotImplementedError:
            return False
    return True


def _enqueue_all(peer: Peer, numbers: Sequence[int]) -> None:
    client = peer.client()
    if peer.has_bulk:
        client.enqueue_many(numbers)
    else:
        for number in numbers:
            client.enqueue(number)
    client.close()

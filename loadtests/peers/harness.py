"""Run workloads on one system after another, each on a server of its own, and keep what is found.

Only one server runs at a time, and it is a new one for each system: what one left to be cleaned up
is not charged to the next.
"""

from __future__ import annotations

import contextlib
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from loadtests.peers import cores, servers
from loadtests.peers import results as form
from loadtests.peers.adapter import Missing, Peer
from loadtests.peers.catalogue import Entry
from loadtests.peers.crew import NotFinished
from loadtests.peers.place import Figures, Place, Workload
from loadtests.peers.results import DOES_NOT_FINISH, FAILED, UNCHECKED, Key, Record, Skipped
from loadtests.peers.sizes import Sizes
from loadtests.peers.snapshots import SNAPSHOTS

_QUIET_CORES = 0.25


@dataclass
class Harness:
    """A run.

    Attributes:
        results: what is found is added here.
        path: and written there after each record.
        home: the folder of the servers and of files of runs.
        url: of a server that runs already and is used by all systems; None = start them.
    """

    results: form.Results
    path: Path
    home: Path
    sizes: Sizes
    workloads: Sequence[Workload]
    url: str | None = None

    def run(self, entries: Sequence[Entry]) -> None:
        """Measure what is not measured yet."""
        self.results.forget_skipped(
            (name for entry in entries for name in (entry.name, entry.module)),
            (workload.name for workload in self.workloads),
        )
        for entry in entries:
            try:
                with self._server(entry.server) as (server, url):
                    self.results.servers[entry.server] = server.settings(url)
                    cores.calm_down()
                    self._measure(entry.make(url), url)
            except Missing as error:
                self._skip(entry.name, "", str(error))

    @contextlib.contextmanager
    def _server(self, name: str) -> Iterator[tuple[servers.Server, str]]:
        server = servers.load(name)
        if self.url is not None:
            yield server, self.url
            return
        folder = self.home / "servers" / name
        folder.mkdir(parents=True, exist_ok=True)
        with server.start(folder) as url:
            yield server, url

    def _measure(self, peer: Peer, url: str) -> None:
        snapshot = SNAPSHOTS.get(peer.server)
        folder = self.home / "run"
        folder.mkdir(parents=True, exist_ok=True)
        place = Place(
            peer, self.sizes, folder, partial(snapshot, url) if snapshot else None, self.results
        )
        for workload in self.workloads:
            try:
                with _bounded(self.sizes.loading_s):
                    groups = workload.groups(place)
                for keys in groups:
                    self._group(place, workload, keys)
            except Missing as error:
                self._skip(peer.name, workload.name, str(error))
            except Exception as error:
                traceback.print_exc()
                self._skip(peer.name, workload.name, f"failed: {_last_line(error)}")

    def _group(self, place: Place, workload: Workload, keys: tuple[Key, ...]) -> None:
        """Measure those of a group that have no figures; the others are kept."""
        left = [key for key in keys if not self._is_known(key)]
        try:
            if left:
                with _bounded(self.sizes.loading_s * (len(left) + 1)):
                    for key, figures in workload.measure(place, tuple(left)):
                        self._keep(place.peer, key, figures)
                        left.remove(key)
        except Missing:
            raise
        except NotFinished as error:
            self._give_up(place.peer, left, DOES_NOT_FINISH, str(error))
        except Exception as error:
            traceback.print_exc()
            self._give_up(place.peer, left, FAILED, _last_line(error))

    def _is_known(self, key: Key) -> bool:
        return any(
            record.key == key and record.outcome != FAILED for record in self.results.records
        )

    def _give_up(self, peer: Peer, keys: Sequence[Key], outcome: str, note: str) -> None:
        for key in keys:
            figures = Figures(outcome=outcome, note=note, ledger=f"{UNCHECKED}: {outcome}")
            self._keep(peer, key, figures)

    def _keep(self, peer: Peer, key: Key, figures: Figures) -> None:
        record = _record(peer, key, figures)
        self.results.add(record)
        form.save(self.results, self.path)
        print(text(record), flush=True)

    def _skip(self, peer: str, workload: str, reason: str) -> None:
        self.results.skip(Skipped(peer, workload, reason))
        form.save(self.results, self.path)
        print(f"{workload or '--':3} {peer:32} skipped: {reason}", flush=True)


def _record(peer: Peer, key: Key, figures: Figures) -> Record:
    latency = figures.latency
    return Record(
        key=key,
        version=peer.version,
        server=peer.server,
        guarantee=peer.guarantee,
        outcome=figures.outcome,
        ledger=figures.ledger,
        at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        rate=figures.rate,
        p50_ms=latency.p50_ms if latency else None,
        p95_ms=latency.p95_ms if latency else None,
        p99_ms=latency.p99_ms if latency else None,
        series=figures.series,
        count=figures.count,
        seconds=figures.seconds,
        others_cores=figures.others_cores,
        note=figures.note,
        tasks=figures.tasks,
    )


def text(record: Record) -> str:
    """A record as a line."""
    key = record.key
    latency = [record.p50_ms, record.p95_ms, record.p99_ms]
    parts = [
        f"{key.workload} {key.peer:32} {key.clients}x{key.batch:<4}",
        f"{' '.join(filter(None, (key.variant, key.case))):24}",
        "" if record.rate is None else f"{record.rate:>10,.0f}/s",
        " / ".join(f"{one:.2f}" for one in latency if one is not None) + " ms" * any(latency),
        "" if record.ledger == form.EXACT else record.ledger,
        "" if record.outcome == form.OK else record.outcome,
        record.note,
    ]
    if record.others_cores is not None and record.others_cores > _QUIET_CORES:
        parts.append(f"not quiet: others used {record.others_cores:.1f} cores")
    return "  ".join(filter(None, parts))


@contextlib.contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    """Raise NotFinished in the block after so long: the last resort, where all else hangs."""

    def ring(*_: object) -> None:
        raise NotFinished(f"not done within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _last_line(error: Exception) -> str:
    return next(iter(reversed(str(error).strip().splitlines())), type(error).__name__)

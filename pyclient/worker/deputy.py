"""What the supervisor does for children that cannot: it speaks for the dead and the stuck."""

from __future__ import annotations

import os
import queue
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pyclient._generated import StepRow
from pyclient.errors import CelersError
from pyclient.worker.board import Entry, Phase, Why
from pyclient.worker.config import WorkerConfig, log
from pyclient.worker.link import GaveUp, Link, Stop

_LOOK_S = 1.0
_SECONDS_LEFT = 10.0  # for the last deaths, when the worker ends
_MOST_TASKS = 1000  # of one claim
_LATE_CLAIM_S = 0.3  # the server may still be at the claim of a process that was killed


@dataclass(frozen=True, slots=True)
class Death:
    """A process that ended and left tasks.

    Attributes:
        entries: what it held.
        how: a sentence without a subject, "was killed by signal 9 (SIGKILL)".
        verdicts: tasks for which the supervisor killed it, and why.
        error: what its other running tasks fail with; None = they are given back.
        open_request: id of a claim whose answer it did not read.
    """

    entries: Sequence[Entry]
    how: str
    verdicts: Mapping[tuple[str, str], Why] = field(default_factory=dict)
    error: str | None = None
    open_request: str | None = None


def how_it_died(code: int | None) -> str:
    """The exit code of a process in words."""
    if code is None or code >= 0:
        return f"ended with status {code}"
    try:
        return f"was killed by signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"was killed by signal {-code}"


class Deputy:
    """A thread with a connection of its own.

    It hands in how the attempts of dead children ended, and prolongs the leases of children whose
    own heartbeat is late: code that holds Python's global lock, or a stopped process, keeps them
    from it, and their tasks should not be begun a second time meanwhile.
    """

    def __init__(self, config: WorkerConfig, late_receipts: Callable[[], list[str]]) -> None:
        """Nothing runs yet; late_receipts says which leases nobody prolongs."""
        self._config, self._late_receipts = config, late_receipts
        self._stop = Stop()
        self._link = Link(config.dsn, self._stop)
        self._name = f"supervisor@{socket.gethostname()[:120]}:{os.getpid()}"
        self._deaths: queue.SimpleQueue[Death | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="deputy", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def report(self, death: Death) -> None:
        """Hand in what a dead child cannot."""
        self._deaths.put(death)

    def end(self) -> None:
        """Finish what was reported, as long as there is hope."""
        self._deaths.put(None)
        self._stop.ask()
        self._thread.join(_SECONDS_LEFT)
        self._link.close()

    def _run(self) -> None:
        while True:
            try:
                death = self._deaths.get(timeout=_LOOK_S)
            except queue.Empty:
                self._prolong(self._late_receipts())
                continue
            if death is None:
                return
            self._hand_in(death)

    def _prolong(self, receipts: list[str]) -> None:
        if receipts:
            log.warning("%d leases prolonged for processes that do not", len(receipts))
            self._step(extend=receipts)

    def _hand_in(self, death: Death) -> None:
        acks, rejects = [], []
        for entry in death.entries:
            item: dict[str, object] = {"task_id": entry.task_id, "receipt": entry.receipt}
            if entry.phase == Phase.DONE:
                acks.append(item)
            elif (verdict := _verdict(entry, death)) is not None:
                log.warning("%s", verdict["error"], extra={"task_id": entry.task_id})
                rejects.append(item | verdict)
        if death.open_request is not None:
            rejects += self._unread(death, death.open_request)
        if acks or rejects:
            self._step(acks, rejects)

    def _unread(self, death: Death, request_id: str) -> list[dict[str, object]]:
        """Give back what a claim brought whose answer was not read: repeated, it says the same.

        One that brought nothing is not repeated, as that would claim.
        """
        time.sleep(_LATE_CLAIM_S)
        if any(row.outcome == "lost" for row in self._step(extend=[request_id])):
            return []
        queues, lease_s = ",".join(self._config.queues), self._config.lease_s
        rows = self._through(
            lambda: self._link.client.call_step(
                *(self._name, None, None),
                queues=queues,
                limit=_MOST_TASKS,
                request_id=request_id,
                lease_s=lease_s,
            )
        )
        known = {entry.key for entry in death.entries}
        error = f"WorkerLost: its process {death.how}"
        return [
            {"task_id": row.task_id, "receipt": row.receipt, "error": error, "release": True}
            for row in rows
            if row.outcome == "claimed" and (row.task_id, row.receipt) not in known
        ]

    def _step(
        self,
        acks: Sequence[Mapping[str, object]] = (),
        rejects: Sequence[Mapping[str, object]] = (),
        extend: Sequence[str] = (),
    ) -> Sequence[StepRow]:
        lease_s = self._config.lease_s
        return self._through(
            lambda: self._link.client.call_step(
                self._name,
                acks or None,
                rejects or None,
                limit=0,
                extend=extend or None,
                extend_s=lease_s,
            )
        )

    def _through(self, call: Callable[[], Sequence[StepRow]]) -> Sequence[StepRow]:
        try:
            return self._link.through(call)
        except (CelersError, GaveUp) as error:
            log.error("could not speak for a process, its leases will run out: %s", error)
            return []


def _verdict(entry: Entry, death: Death) -> dict[str, object] | None:
    """How the attempt of a dead process ended; None = it is another worker's by now."""
    why = death.verdicts.get(entry.key) if entry.phase == Phase.RUNNING else None
    match why:
        case Why.LEASE_LOST:
            return None
        case Why.CANCELLED:
            return {"error": "TaskCancelled: it went on, its process was killed", "cancel": True}
        case Why.TIMEOUT:
            return {"error": "HardTimeout: it went on after its timeout, its process was killed"}
    if entry.phase == Phase.RUNNING and death.error is not None:
        return {"error": death.error}
    return {"error": f"WorkerLost: its process {death.how}", "release": True, "delay_s": 0}

"""What the supervisor does for children that cannot: it speaks for the dead and the stuck."""

from __future__ import annotations

import os
import queue
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from pyclient._generated import StepRow
from pyclient.errors import CelersError
from pyclient.worker.board import Entry, Phase, Why
from pyclient.worker.config import WorkerConfig, log
from pyclient.worker.link import GaveUp, Link, Stop

_LOOK_S = 0.5
_SECONDS_LEFT = 10.0  # for the last deaths, when the worker ends
_MOST_TASKS = 1000  # of one claim
#: The server does not notice that a process was killed: it may still be at its claim, and one that
#: waits for tasks goes on waiting. Its answer is looked for twice.
_LATE_CLAIM_S, _LATE_WAIT_S = 0.3, 1.5


@dataclass(frozen=True, slots=True)
class Death:
    """A process that ended and left tasks.

    Attributes:
        pid: its process id.
        entries: what it held.
        how: a sentence without a subject, "was killed by signal 9 (SIGKILL)".
        verdicts: tasks for which the supervisor killed it, and why.
        error: what its other running tasks fail with; None = they are given back.
        open_request: id of a claim whose answer it did not read.
    """

    pid: int
    entries: Sequence[Entry]
    how: str
    verdicts: Mapping[tuple[str, str], Why] = field(default_factory=dict)
    error: str | None = None
    open_request: str | None = None

    @property
    def why_given_back(self) -> str:
        """What stands at tasks that are not to blame."""
        word = "Shutdown" if self.error is None else "WorkerLost"
        return f"{word}: its process {self.how}"


class _Look(NamedTuple):
    """When to look for the answer to a claim that a dead process did not read."""

    at: float
    death: Death
    request_id: str
    is_last: bool = False


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

    def __init__(
        self, config: WorkerConfig, app_name: str, late_receipts: Callable[[], list[str]]
    ) -> None:
        """Nothing runs yet; late_receipts says which leases nobody prolongs."""
        self._config, self._app_name = config, app_name
        self._late_receipts = late_receipts
        self._stop = Stop()
        self._link = Link(config.dsn, self._stop)
        self._name = f"supervisor@{socket.gethostname()[:120]}:{os.getpid()}"
        self._deaths: queue.SimpleQueue[Death | None] = queue.SimpleQueue()
        self._unread: list[_Look] = []
        self._reported_count = self._known_count = 0
        self._look_at = 0.0
        self._thread = threading.Thread(target=self._run, name="deputy", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def report(self, death: Death) -> None:
        """Hand in what a dead child cannot."""
        self._reported_count += 1
        self._deaths.put(death)

    @property
    def is_busy(self) -> bool:
        """Whether tasks of dead children may not be ready again yet."""
        return self._reported_count > self._known_count

    def end(self) -> None:
        """Finish what was reported, as long as there is hope."""
        self._deaths.put(None)
        self._stop.ask()
        self._thread.join(_SECONDS_LEFT)
        self._link.close()

    def _run(self) -> None:
        is_over = False
        while not is_over or self._unread:
            with suppress(queue.Empty):
                death = self._deaths.get(timeout=self._pause_s())
                is_over |= death is None
                if death is not None:
                    self._hand_in(death)
            if time.monotonic() >= self._look_at:
                self._prolong(self._late_receipts())
                self._look_at = time.monotonic() + _LOOK_S
            self._look_for_unread()

    def _pause_s(self) -> float:
        next_at = min([self._look_at, *(look.at for look in self._unread)])
        return max(0.0, next_at - time.monotonic())

    def _look_for_unread(self) -> None:
        now = time.monotonic()
        due = [look for look in self._unread if look.at <= now]
        self._unread = [look for look in self._unread if look.at > now]
        for look in due:
            self._give_back(look.death, look.request_id)
            if not look.is_last:
                self._known_count += 1
                again_at = look.at + _LATE_WAIT_S - _LATE_CLAIM_S
                self._unread.append(look._replace(at=again_at, is_last=True))

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
                if "release" not in verdict:
                    log.warning("%s", verdict["error"], extra={"task_id": entry.task_id})
                rejects.append(item | verdict)
        if given_back := sum("release" in item for item in rejects):
            log.info("process %d %s: %d tasks given back", death.pid, death.how, given_back)
        if acks or rejects:
            self._step(acks, rejects)
        self._forget(death)
        if death.open_request is None:
            self._known_count += 1
        else:
            at = time.monotonic() + _LATE_CLAIM_S
            self._unread.append(_Look(at, death, death.open_request))

    def _forget(self, death: Death) -> None:
        """Take it off the list of workers; nothing depends on it."""
        worker_id = self._config.worker_id(self._app_name, death.pid)
        try:
            self._link.client.call_unregister_worker(worker_id)
        except CelersError as error:
            log.debug("not taken off the list of workers: %s", error)

    def _give_back(self, death: Death, request_id: str) -> None:
        """Give back what a claim brought whose answer was not read: repeated, it says the same.

        One that brought nothing is not repeated, as that would claim.
        """
        if any(row.outcome == "lost" for row in self._step(extend=[request_id])):
            return
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
        error = death.why_given_back
        rejects: list[dict[str, object]] = [
            {"task_id": row.task_id, "receipt": row.receipt, "error": error, "release": True}
            for row in rows
            if row.outcome == "claimed" and (row.task_id, row.receipt) not in known
        ]
        if rejects:
            self._step(rejects=rejects)

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
    return {"error": death.why_given_back, "release": True, "delay_s": 0}

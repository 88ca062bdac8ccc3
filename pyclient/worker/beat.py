"""The thread of a child that keeps its leases while tasks run."""

from __future__ import annotations

import threading
import time
from multiprocessing import parent_process

from pyclient.worker.board import Board
from pyclient.worker.config import WorkerConfig, log
from pyclient.worker.exchange import Exchange
from pyclient.worker.held import Held
from pyclient.worker.link import GaveUp, Link, Stop

#: Seconds that an outcome may lie here while other tasks run.
LATE_S = 0.25
#: The same where tasks run side by side: nobody hands in while the child waits for more of them.
LATE_BESIDE_OTHERS_S = 0.02
_LOOK_S = 1.0  # for the supervisor


class Beat:
    """Prolongs the leases at a third of their length, and learns of cancellations by that.

    It also tells the server that the worker lives, hands in outcomes that lie behind a long task,
    and ends the child when the supervisor has died.

    Attributes:
        has_failed: it has ended the child because of an error.
    """

    def __init__(
        self, config: WorkerConfig, exchange: Exchange, held: Held, board: Board, stop: Stop
    ) -> None:
        """Nothing runs yet."""
        self.has_failed = False
        self._exchange, self._held, self._board, self._stop = exchange, held, board, stop
        self._period_s = min(config.lease_s / 3, config.heartbeat_s)
        self._late_s = LATE_S if config.slots == 1 else LATE_BESIDE_OTHERS_S
        self._link = Link(config.dsn, stop)
        self._thread = threading.Thread(target=self._run, name="beat", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self) -> None:
        """Stop, and wait until what is on its way has arrived or was given up."""
        self._held.close()
        self._thread.join()
        self._link.close()

    def _run(self) -> None:
        try:
            self._loop()
        except GaveUp as error:
            log.warning("the leases are not prolonged any more: %s", error)
        except Exception:
            log.exception("the leases are not prolonged any more: ending")
            self.has_failed = True
            self._stop.ask()

    def _loop(self) -> None:
        next_at = time.monotonic()
        while not self._held.is_over:
            until = min(next_at, time.monotonic() + _LOOK_S)
            is_late = self._held.wait_for_late_outcomes(until, self._late_s)
            is_due = time.monotonic() >= next_at
            if is_due:
                self._exchange.show(self._link, "busy" if self._held.running else "idle")
                next_at = time.monotonic() + self._period_s
            if is_late or is_due:
                self._send(is_late, is_due)
            self._look_for_supervisor()
            if self._stop.is_asked:  # do not let them wait for the end of the running task
                self._held.give_back()

    def _send(self, with_outcomes: bool, with_leases: bool) -> None:
        receipts = self._held.receipts() if with_leases else []
        outcomes = self._held.take() if with_outcomes else []
        if receipts or outcomes:
            self._exchange.step(self._link, outcomes, extend=receipts)
        if with_leases:
            self._board.beat()

    def _look_for_supervisor(self) -> None:
        supervisor = parent_process()
        if supervisor is not None and not supervisor.is_alive() and not self._stop.is_asked:
            log.warning("the supervisor died: ending")
            self._stop.ask()

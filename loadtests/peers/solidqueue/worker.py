"""``python -m loadtests.peers.solidqueue.worker DSN THREADS``: a loop like that of its worker.

A poller claims as many jobs as threads are idle, and looks again when one becomes idle, or after
the polling interval while some are. A thread does a job and finishes it.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import sys
import threading

from loadtests.peers.adapter import note
from loadtests.peers.solidqueue.statements import Session

#: Its default, in seconds.
POLL_S = 0.1


class Worker:
    """The poller and its threads, each with a connection of its own."""

    def __init__(self, dsn: str, threads: int) -> None:
        self._dsn = dsn
        self._threads = [threading.Thread(target=self._serve) for _ in range(threads)]
        self._jobs: queue.SimpleQueue[tuple[int, int] | None] = queue.SimpleQueue()
        self._idle = threads
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._is_ending = False

    def run(self) -> None:
        """Work until end(), and finish what was claimed by then."""
        for thread in self._threads:
            thread.start()
        with contextlib.closing(Session(self._dsn)) as session:
            process_id = session.register()
            while not self._is_ending:
                self._poll(session, process_id)
        for _ in self._threads:
            self._jobs.put(None)

    def end(self, *_: object) -> None:
        """Claim no more."""
        self._is_ending = True
        self._wake.set()

    def _poll(self, session: Session, process_id: int) -> None:
        self._wake.clear()
        with self._lock:
            idle = self._idle
        if idle:
            found = session.claim(process_id, idle)
            with self._lock:
                self._idle -= len(found)
                idle = self._idle
            for job in found:
                self._jobs.put(job)
        if not self._is_ending:
            self._wake.wait(POLL_S if idle else None)

    def _serve(self) -> None:
        with contextlib.closing(Session(self._dsn)) as session:
            while (claimed := self._jobs.get()) is not None:
                job, number = claimed
                note(number)
                session.finish(job)
                with self._lock:
                    self._idle += 1
                self._wake.set()


def main() -> None:
    """Work until SIGTERM."""
    worker = Worker(sys.argv[1], int(sys.argv[2]))
    signal.signal(signal.SIGTERM, worker.end)
    worker.run()


if __name__ == "__main__":
    main()

"""One child process: claims tasks, runs them one at a time, hands in how they ended."""

from __future__ import annotations

import signal
from types import FrameType

from pyclient.errors import CelersError
from pyclient.worker.app import App, load
from pyclient.worker.beat import Beat
from pyclient.worker.config import WorkerConfig, log, log_to_stderr
from pyclient.worker.exchange import Exchange
from pyclient.worker.held import Held
from pyclient.worker.interrupts import Interrupts
from pyclient.worker.job import Outcome
from pyclient.worker.link import GaveUp, Link, Stop
from pyclient.worker.run import run

#: Exit codes of a child that ended as it should; any other means that it is to be replaced.
DONE, NOT_HANDED_IN = 0, 10
DIED = 70
#: The signal of the supervisor to give up the running task.
FORCE = signal.SIGUSR1


def main(config: WorkerConfig) -> None:
    """The body of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from a terminal: the supervisor decides
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    log_to_stderr(config.log_level)
    child = Child(config, load(config.place))
    child.listen()
    raise SystemExit(child.work())


class Child:
    """The loop, and what it works with."""

    def __init__(self, config: WorkerConfig, app: App) -> None:
        """Nothing is connected yet."""
        self._config, self._app = config, app
        self._stop = Stop()
        self._held = Held()
        self._interrupts = Interrupts()
        self._link = Link(config.dsn, self._stop)
        self._exchange = Exchange(config, app, self._held, self._interrupts)
        self._beat = Beat(config, self._exchange, self._held, self._stop)

    def listen(self) -> None:
        """Take signals: SIGTERM ends after the running task, FORCE at once."""
        signal.signal(signal.SIGTERM, self._asked)
        signal.signal(FORCE, self._forced)
        self._interrupts.install()

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self._stop.ask()

    def _forced(self, number: int, frame: FrameType | None) -> None:
        self._stop.force()
        self._interrupts.shut_down()

    def work(self) -> int:
        """Work until told to end, or in a burst until there is nothing to do; the exit code."""
        self._beat.start()
        code = DIED
        try:
            self._loop()
            code = DONE
        except GaveUp as error:
            code = DONE
            log.error("the server did not answer to the end: %s", error)
        except SystemExit as error:
            log.error("a task ended its process with status %s", error.code)
        finally:
            self._stop.ask()
            self._leave()
        return NOT_HANDED_IN if self._exchange.has_lost else code

    def _loop(self) -> None:
        while not self._stop.is_asked:
            job = self._held.begin()
            if job is None:
                if not self._claim() and self._config.is_burst:
                    return
                continue
            outcome: Outcome | None = None
            try:
                outcome = run(self._app, job, self._interrupts)
            finally:  # SystemExit passes here: the attempt ends with its lease, as if killed
                self._held.end(outcome)

    def _claim(self) -> bool:
        """Hand in what there is and claim; whether anything was claimed."""
        if self._held.has_outcomes or self._config.is_burst:
            return self._exchange.step(self._link, self._held.take(), limit=self._config.prefetch)
        return self._exchange.wait(self._link)

    def _leave(self) -> None:
        """Hand in what is left, and take leave."""
        self._held.give_back()
        self._beat.end()
        outcomes = self._held.take()
        try:
            if outcomes:
                self._exchange.step(self._link, outcomes)
            self._exchange.show(self._link, "offline")
        except (CelersError, GaveUp) as error:
            log.error("left without a word: %s", error)
        finally:
            self._link.close()

"""One child process: claims tasks, has them run, hands in how they ended."""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType

import pyclient
from pyclient import logs, tracing
from pyclient.app import App, load
from pyclient.breaker import CircuitBreaker
from pyclient.errors import CelersError
from pyclient.worker.alarm import Alarm
from pyclient.worker.attempt import Attempt
from pyclient.worker.beat import Beat
from pyclient.worker.board import Board
from pyclient.worker.claims import Claims
from pyclient.worker.config import ASYNCIO, PROCESS, WorkerConfig, log
from pyclient.worker.exchange import Exchange
from pyclient.worker.held import Held
from pyclient.worker.job import Job, Outcome
from pyclient.worker.link import GaveUp, Link, Stop
from pyclient.worker.pools import Pool
from pyclient.worker.run import unknown

#: Exit codes of a child that ended as it should; any other means that it died.
DONE, NOT_HANDED_IN, WORN_OUT = 0, 10, 11
DIED = 70
#: The signal of the supervisor to give up what runs.
FORCE = signal.SIGUSR1
_LOOK_S = 0.2  # for the wish to end
_LEFTOVERS_S = 5.0  # for threads and processes that tasks began and left behind


def main(config: WorkerConfig, board: Board) -> None:
    """The body of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from a terminal: the supervisor decides
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    logs.configure(config.log_level, config.log_format)
    if not config.has_tracing:
        tracing.switch_off()
    # what tasks enqueue goes where they came from
    pyclient.configure(config.dsn, breaker=CircuitBreaker(**config.breaker))
    app = load(config.place)
    app.autodiscover(*config.modules, pattern=None)
    child = Child(config, app, board)
    child.listen()
    code = DIED
    try:
        code = child.work()
    finally:
        _end_soon(code)
    if child.is_forced:  # do not wait for threads of tasks that go on
        logging.shutdown()
        os._exit(code)
    raise SystemExit(code)


def _end_soon(code: int) -> None:
    """Have the process end, even if Python waits for what tasks left behind."""
    timer = threading.Timer(_LEFTOVERS_S, os._exit, (code,))
    timer.daemon = True
    timer.start()


class Child:
    """The loop, and what it works with."""

    def __init__(self, config: WorkerConfig, app: App, board: Board) -> None:
        """Nothing is connected yet."""
        self._config, self._app, self._board = config, app, board
        self._stop = Stop()
        self._held = Held(board, config.force_after_s if config.pool == PROCESS else None)
        self._link = Link(config.dsn, self._stop)
        self._exchange = Exchange(config, app, self._held, board)
        self._beat = Beat(config, self._exchange, self._held, board, self._stop)
        self._alarm = Alarm(self._held.shut_down)
        self._claims = Claims(config, self._held, self._exchange, self._link, board)
        self._pool = self._make_pool()
        self._beginning = threading.Lock()  # of a task: the pool must not be closed meanwhile
        self._failure: BaseException | None = None

    def _make_pool(self) -> Pool:
        if self._config.pool == PROCESS:
            from pyclient.worker.pools.main import MainThread

            return MainThread(self._ended)
        if self._config.pool == ASYNCIO:
            from pyclient.worker.pools.loop import EventLoop

            return EventLoop(self._ended, self._config.slots)
        from pyclient.worker.pools.threads import Threads

        return Threads(self._ended, self._config.slots)

    @property
    def is_forced(self) -> bool:
        """Whether it was told to end at once."""
        return self._stop.is_forced

    def listen(self) -> None:
        """Take signals: SIGTERM ends after the running tasks, FORCE at once."""
        signal.signal(signal.SIGTERM, self._asked)
        signal.signal(FORCE, self._forced)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self._stop.ask()

    def _forced(self, number: int, frame: FrameType | None) -> None:
        self._stop.force()
        self._alarm.force()

    def work(self) -> int:
        """Work until told to end, or in a burst until there is nothing to do; the exit code."""
        self._alarm.start()
        self._beat.start()
        code = DIED
        try:
            self._exchange.step(self._link)  # the server is there, and lets this account work
            self._board.ready()
            self._run_tasks()
            if not self._beat.has_failed:
                code = WORN_OUT if self._claims.is_worn_out else DONE
        except GaveUp as error:
            code = DONE
            log.error("the server did not answer to the end: %s", error)
        finally:
            self._stop.ask()
            self._leave()
        return NOT_HANDED_IN if self._exchange.has_lost else code

    def _run_tasks(self) -> None:
        try:
            if self._config.pool == PROCESS:
                self._work_in_this_thread()
            else:
                self._claim_and_begin()
        finally:  # what runs has its time to end, also where the server does not answer
            with self._beginning:
                self._stop.ask()
            self._pool.close()

    def _claim_and_begin(self) -> None:
        """Tasks run beside this thread, which claims; each one that ends begins the next."""
        while not self._stop.is_asked and self._claims.turn():
            self._begin_more()

    def _begin_more(self) -> None:
        """Begin what was claimed, as far as there are places."""
        with self._beginning:
            while self._may_begin() and (job := self._held.next(self._config.slots)):
                self._begin(job)

    def _may_begin(self) -> bool:
        return not self._stop.is_asked

    def _work_in_this_thread(self) -> None:
        """Tasks run in this thread; another one hands in and claims meanwhile."""
        thread = threading.Thread(target=self._claim, name="claims", daemon=True)
        thread.start()
        while not self._stop.is_asked and self._failure is None:
            job = self._held.wait_for_job(_LOOK_S)
            if job is None:
                if not thread.is_alive():
                    break
            elif self._may_begin():
                self._begin(job)
            else:
                self._held.put_back(job)
        thread.join()
        if self._failure is not None:
            raise self._failure

    def _claim(self) -> None:
        try:
            while not self._stop.is_asked and self._claims.turn():
                pass
        except BaseException as error:  # raised again in the main thread
            self._failure = error

    def _begin(self, job: Job) -> None:
        task = self._app.tasks.get(job.name)
        if task is None:
            self._held.end(job, unknown(self._app, job))
            return
        client = pyclient.default_client()
        attempt = Attempt(self._app, task, job, client, self._exchange.worker_id)
        self._held.begin(attempt, self._limit_s(attempt))
        if job.timeout_s is not None:
            self._alarm.set(attempt, job.timeout_s)
        self._pool.start(attempt)

    def _limit_s(self, attempt: Attempt) -> float | None:
        """Seconds until it is ended by force."""
        if attempt.task.hard_timeout_s is not None:
            return attempt.task.hard_timeout_s
        timeout_s = attempt.job.timeout_s
        return None if timeout_s is None else timeout_s + self._config.force_after_s

    def _ended(self, attempt: Attempt, outcome: Outcome | None) -> None:
        self._claims.note(attempt.ran_s)
        self._held.end(attempt.job, outcome)
        if self._config.pool != PROCESS:
            self._begin_more()

    def _leave(self) -> None:
        """Hand in what is left, and take leave."""
        self._held.give_back()
        self._beat.end()
        outcomes = self._held.take()
        try:
            if outcomes:
                self._exchange.step(self._link, outcomes)
            self._exchange.leave(self._link)
        except (CelersError, GaveUp) as error:
            log.error("left without a word: %s", error)
        finally:
            self._link.close()

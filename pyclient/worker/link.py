"""Calls that are repeated until they get through, and the wish to end."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from typing import TypeVar

from pyclient._retry import RetryPolicy
from pyclient.client import Client, connect
from pyclient.dsn import Dsn
from pyclient.errors import CelersError, ConnectionLost, ServerError, SetupError, Unavailable
from pyclient.worker.config import log

T = TypeVar("T")

#: Seconds that a worker which was told to end goes on trying a call.
LAST_TRIES_S = 5.0
#: A call whose connection broke may still be on its way to being carried out. One that repeats it
#: must not overtake it: the tasks that the first one claims then would wait for their lease's end.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 1.0
_SLICE_S = 0.05  # a signal handler cannot end a sleep
_SERVER_ERRORS = 5
_SAY_AGAIN_S = 30.0


class GaveUp(Exception):
    """The worker is to end, and the server could not be reached in the time left for it."""


class Stop:
    """Whether the worker is to end. Its attributes are all that signal handlers touch.

    Attributes:
        asked_at: time.monotonic() of the wish, None while there is none.
        is_forced: at once, the running task is given up.
    """

    asked_at: float | None = None
    is_forced = False

    @property
    def is_asked(self) -> bool:
        """Whether no more tasks are to be begun."""
        return self.asked_at is not None

    def ask(self) -> None:
        """Finish what runs, begin nothing."""
        if self.asked_at is None:
            self.asked_at = time.monotonic()

    def force(self) -> None:
        """Finish nothing."""
        self.ask()
        self.is_forced = True

    def is_over(self, since: float) -> bool:
        """Whether a call that was first tried at this time.monotonic() is to be tried no more."""
        if self.asked_at is None:
            return False
        return self.is_forced or time.monotonic() - max(since, self.asked_at) > LAST_TRIES_S


class _LeftToTheLink(RetryPolicy):
    """Repeats only what a deployment interrupts: the rest is repeated where a signal is seen."""

    def pause_s(self, error: CelersError, attempt: int, elapsed_s: float) -> float | None:
        """See RetryPolicy."""
        if isinstance(error, ConnectionLost):
            return None
        return super().pause_s(error, attempt, elapsed_s)


class Link:
    """One connection to the server, through which calls go however long it takes."""

    def __init__(self, dsn: Dsn, stop: Stop) -> None:
        """Nothing is connected yet."""
        self.client: Client = connect(dsn, pool_size=1, retry=_LeftToTheLink())
        self._stop = stop
        self._said_at: float | None = None

    def through(self, call: Callable[[], T]) -> T:
        """Repeat the same call until the server answers it.

        Raises:
            GaveUp: the worker is to end, and the server did not answer.
            CelersError: an answer that repeating does not change.
        """
        began, pause_s, server_errors = time.monotonic(), _FIRST_PAUSE_S, 0
        for tries in itertools.count(1):
            try:
                answer = call()
            except CelersError as error:
                server_errors += isinstance(error, ServerError)
                if not _may_pass(error) or server_errors > _SERVER_ERRORS:
                    raise
                if tries > 1:
                    self._say(error)
                if tries > 1 and self._stop.is_over(began):
                    self._stop.force()  # the other calls need not find out for themselves
                    raise GaveUp(str(error)) from error
            else:
                self._say_again()
                return answer
            self._pause(began, random.uniform(pause_s / 2, pause_s))
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
        raise AssertionError("counting never ends")

    def close(self) -> None:
        """Close the connection."""
        self.client.close()

    def _pause(self, began: float, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stop.is_over(began) and (left_s := until - time.monotonic()) > 0:
            time.sleep(min(left_s, _SLICE_S))

    def _say(self, error: CelersError) -> None:
        now = time.monotonic()
        if self._said_at is None or now - self._said_at > _SAY_AGAIN_S:
            log.warning("no answer, trying on: %s: %s", type(error).__name__, error)
            self._said_at = now

    def _say_again(self) -> None:
        if self._said_at is not None:
            log.warning("the server answers again")
            self._said_at = None


def _may_pass(error: CelersError) -> bool:
    """Whether the same call may succeed later, without or with a person's help."""
    return error.kind == "unavailable" or isinstance(error, Unavailable | SetupError | ServerError)

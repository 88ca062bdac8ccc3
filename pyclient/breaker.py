"""A circuit breaker: while the database is down, calls fail at once instead of waiting for it.

``pyclient.connect(dsn, breaker=CircuitBreaker())`` puts one before every call of a client; clients
of the same server may share one. A call with all its retries counts once.
"""

from __future__ import annotations

import math
import os
import threading
import time
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypedDict, TypeVar

from pyclient.errors import (
    CelersError,
    DeadlockError,
    InvalidArgument,
    LockTimeout,
    PoolTimeout,
    Unavailable,
)

# pybreaker holds its lock while the guarded function runs: all calls would wait for one another.

T = TypeVar("T")
_PROBE_WAIT_S = 1.0
_NUMBERS_OF_DRIVERS = range(2000, 3000)


class State(StrEnum):
    """closed: calls pass. open: none does. half_open: a few probe whether the database is back."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitOpen(Unavailable):
    """The breaker let no call through, because the database was unavailable.

    Attributes:
        retry_in_s: seconds after which a call may pass.
    """

    def __init__(self, retry_in_s: float) -> None:
        """Nothing was sent."""
        seconds = math.ceil(retry_in_s * 10) / 10
        super().__init__(f"the database was unavailable: the next try is in {seconds:g} s")
        self.retry_in_s = retry_in_s

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.retry_in_s,)


class BreakerStats(TypedDict):
    """What a breaker has seen.

    Attributes:
        state: now.
        failure_count: failures in a row; those that opened it are kept until it closes.
        success_count: successes since it became half open.
        last_failure_time: aware, UTC; None = there was none.
        last_state_change: aware, UTC; of the making, where there was none.
        rejected_count: calls that were not let through since the making or reset().
    """

    state: State
    failure_count: int
    success_count: int
    last_failure_time: datetime | None
    last_state_change: datetime
    rejected_count: int


class CircuitBreaker:
    """Closed, open after failures in a row, half open after a time, closed after successes.

    Only what says that the database cannot be reached or takes no connections is a failure:
    ConnectionLost and the server's own Unavailable. Any other answer of the server shows that it
    lives. May be used by many threads and inherited by fork.
    """

    def __init__(
        self,
        failure_threshold: int = 5,
        timeout_s: float = 60.0,
        success_threshold: int = 2,
        probe_limit: int = 1,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Closed.

        Args:
            failure_threshold: failures in a row that open it.
            timeout_s: seconds that it stays open.
            success_threshold: successes that close it again.
            probe_limit: calls at most that are under way at once while it is half open.
            clock: monotonic seconds.

        Raises:
            InvalidArgument: a count below 1, or a time that is not above 0.
        """
        if min(failure_threshold, success_threshold, probe_limit) < 1 or not timeout_s > 0:
            raise InvalidArgument("a breaker needs counts of 1 or more and a timeout above 0 s")
        self._failure_threshold, self._timeout_s = failure_threshold, timeout_s
        self._success_threshold, self._probe_limit = success_threshold, probe_limit
        self._clock = clock
        self._lock = threading.Lock()
        self._round = 0  # a call that began in an earlier one says nothing about this one
        self._last_failure_time: datetime | None = None
        self._rejected_count = 0
        self._close()
        _breakers.add(self)

    def call(self, function: Callable[[], T]) -> T:
        """Call the function, unless the breaker is open.

        Raises:
            CircuitOpen: it is; the function was not called.
        """
        began_in = self._enter()
        try:
            result = function()
        except BaseException as error:
            self._leave(began_in, _verdict(error))
            raise
        self._leave(began_in, is_success=True)
        return result

    @property
    def state(self) -> State:
        """What it is now."""
        with self._lock:
            self._let_time_pass()
            return self._state

    def stats(self) -> BreakerStats:
        """What it has seen."""
        with self._lock:
            self._let_time_pass()
            return BreakerStats(
                state=self._state,
                failure_count=self._failure_count,
                success_count=self._success_count,
                last_failure_time=self._last_failure_time,
                last_state_change=self._last_state_change,
                rejected_count=self._rejected_count,
            )

    def reset(self) -> None:
        """Close it, and forget what it has seen."""
        with self._lock:
            self._last_failure_time, self._rejected_count = None, 0
            self._close()

    def _enter(self) -> int:
        with self._lock:
            self._let_time_pass()
            if self._state is State.OPEN:
                self._rejected_count += 1
                raise CircuitOpen(self._timeout_s - (self._clock() - self._round_began_at))
            if self._state is State.HALF_OPEN:
                if self._probes >= self._probe_limit:
                    self._rejected_count += 1
                    raise CircuitOpen(min(self._timeout_s, _PROBE_WAIT_S))
                self._probes += 1
            return self._round

    def _leave(self, began_in: int, is_success: bool | None) -> None:
        with self._lock:
            if is_success is False:
                self._last_failure_time = datetime.now(UTC)
            if began_in != self._round:
                return
            if self._state is State.HALF_OPEN:
                self._probes -= 1
            if is_success:
                self._succeeded()
            elif is_success is False:
                self._failed()

    def _succeeded(self) -> None:
        if self._state is State.CLOSED:
            self._failure_count = 0
            return
        self._success_count += 1
        if self._success_count >= self._success_threshold:
            self._close()

    def _failed(self) -> None:
        self._failure_count += 1
        if self._state is State.HALF_OPEN or self._failure_count >= self._failure_threshold:
            self._change(State.OPEN)

    def _close(self) -> None:
        self._failure_count = self._success_count = 0
        self._change(State.CLOSED)

    def _let_time_pass(self) -> None:
        """From open to half open; and to new probes, where the old ones never came back."""
        if self._state is State.CLOSED or self._clock() - self._round_began_at < self._timeout_s:
            return
        if self._state is State.OPEN:
            self._success_count = 0
            self._change(State.HALF_OPEN)
        elif self._probes >= self._probe_limit:
            self._begin_round()

    def _change(self, state: State) -> None:
        self._state, self._last_state_change = state, datetime.now(UTC)
        self._begin_round()

    def _begin_round(self) -> None:
        self._round += 1
        self._probes, self._round_began_at = 0, self._clock()

    def start_in_child(self) -> None:
        """After a fork: another thread may have held the lock, and what it probes is not ours."""
        self._lock = threading.Lock()
        self._round += 1
        self._probes = 0


def _verdict(error: BaseException) -> bool | None:
    """False = the database failed, True = it answered, None = this says nothing about it."""
    if not isinstance(error, CelersError) or isinstance(error, PoolTimeout):
        return None
    if error.is_own or isinstance(error, DeadlockError | LockTimeout):
        return True
    if isinstance(error, Unavailable):
        return False
    has_answered = bool(error.number) and error.number not in _NUMBERS_OF_DRIVERS
    return True if has_answered else None


_breakers: weakref.WeakSet[CircuitBreaker] = weakref.WeakSet()


def _after_fork() -> None:
    for breaker in list(_breakers):
        breaker.start_in_child()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_after_fork)

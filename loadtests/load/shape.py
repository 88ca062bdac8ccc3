"""The shape that Locust asks each second: one user of each class first, then the chosen curve."""

from __future__ import annotations

import time
from typing import Any

from locust import LoadTestShape
from locust.runners import MasterRunner

from loadtests.load import shapes
from loadtests.load.session import Session
from loadtests.load.user import PATIENCE_S

#: Seconds of a step of the ramp: until it has settled, and while it counts.
_SETTLE_S, _COUNT_S = 2, 6
#: Helping processes report every three seconds.
_REPORT_S = 4
#: Locust warns of more users a second.
_SPAWN_RATE = 100


class CelersShape(LoadTestShape):  # type: ignore[misc]
    """-u is the peak, -t how long it takes after the idle run, --shape what lies between."""

    use_common_options = True
    abstract = False

    def __init__(self) -> None:
        super().__init__()
        self._forget()

    def reset_time(self) -> None:
        """Begin anew: Locust calls this at each start."""
        super().reset_time()
        self._forget()
        self.runner.environment.celers.begin_anew()

    def _forget(self) -> None:
        self.ramp: shapes.Ramp | None = None
        self._idle_at = self._loaded_at = self._step_at = 0.0

    def tick(self) -> tuple[int, float] | None:
        """How many users there should be, and how fast they come; None = it is over."""
        environment = self.runner.environment
        session: Session = environment.celers
        classes = len(environment.user_classes)
        if not session.is_loaded:
            if self._is_idle(classes, session.options.idle):
                return classes, _SPAWN_RATE
            session.load()
            self._loaded_at = self._step_at = time.monotonic()
        users = self._users(session.options, classes)
        session.is_complete = users is None
        return None if users is None else (users, _SPAWN_RATE)

    def _is_idle(self, users: int, seconds: float) -> bool:
        """Whether the idle run goes on; it counts from when its users are there."""
        now = time.monotonic()
        if not self._idle_at:
            if self.runner.user_count < users and self.get_run_time() < PATIENCE_S:
                return True
            self._idle_at = now
        return now - self._idle_at < seconds

    def _users(self, options: Any, classes: int) -> int | None:
        elapsed_s = time.monotonic() - self._loaded_at
        if options.shape != shapes.SATURATION:
            return shapes.users_at(options.shape, elapsed_s, options.run_time, options.num_users)
        if self.ramp is None:
            self.ramp = shapes.Ramp(min(classes, options.num_users), options.num_users)
        self._climb(self.ramp)
        return None if self.ramp.is_over or elapsed_s >= options.run_time else self.ramp.users

    def _climb(self, ramp: shapes.Ramp) -> None:
        lag_s = _REPORT_S if isinstance(self.runner, MasterRunner) else 1
        if time.monotonic() - self._step_at < _SETTLE_S + _COUNT_S + lag_s:
            return
        end = int(time.time()) - lag_s
        counts = self.runner.stats.total.num_reqs_per_sec
        ramp.note(sum(counts.get(second, 0) for second in range(end - _COUNT_S, end)) / _COUNT_S)
        self._step_at = time.monotonic()

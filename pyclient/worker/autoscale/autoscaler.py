"""The thread that samples, has the controller decide, and changes the pool."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pyclient.client import Client
from pyclient.errors import CelersError
from pyclient.worker.autoscale.config import AutoscalerConfig
from pyclient.worker.autoscale.controller import Controller
from pyclient.worker.autoscale.decision import Decision
from pyclient.worker.autoscale.sampler import Sampler
from pyclient.worker.autoscale.target import Target

log = logging.getLogger("celers.worker.autoscale")
#: Decisions that are kept.
KEPT = 100
#: Seconds between two looks at the pool at most, and looks for one sample at least.
_LOOK_S, _LOOKS = 1.0, 10
_ROUTINE_DENIED = 1370  # the server's message names the routine


class Autoscaler:
    """Changes the size of a pool by what its queues and its workers show.

    The first decision comes one interval after start(). While the server cannot be asked, or the
    account lacks the role viewer, the pool stays as it is.
    """

    def __init__(
        self, config: AutoscalerConfig, target: Target, client: Client, queues: Sequence[str]
    ) -> None:
        """Nothing runs yet.

        Args:
            config: how to decide.
            target: the pool.
            client: of an account with the role viewer. It stays the caller's, who closes it.
            queues: the names of those that the pool serves.
        """
        self._config, self._target = config, target
        self._controller = Controller(config)
        self._sampler = Sampler(target, client, queues)
        self._decisions: deque[Decision] = deque(maxlen=KEPT)
        self._lock = threading.Lock()  # no change comes after stop()
        self._ending = threading.Event()
        self._failure = ""
        self._thread = threading.Thread(target=self._run, name="autoscaler", daemon=True)

    def start(self) -> None:
        """Begin. Once only."""
        self._thread.start()

    def stop(self, wait_s: float = 5.0) -> None:
        """End: the pool is not changed any more from now on.

        Args:
            wait_s: seconds to wait for a call that is on its way.
        """
        with self._lock:
            self._ending.set()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    def decisions(self) -> list[Decision]:
        """The latest 100 decisions, the oldest first."""
        with self._lock:
            return list(self._decisions)

    def _run(self) -> None:
        look_s = min(_LOOK_S, self._config.interval_s / _LOOKS)
        due_at = time.monotonic() + self._config.interval_s
        while not self._ending.wait(look_s):
            is_due = time.monotonic() >= due_at
            try:
                self._sampler.look()
                if is_due:
                    self._round()
            except Exception as error:
                self._fail(error, is_due)
            if is_due:
                due_at = time.monotonic() + self._config.interval_s

    def _round(self) -> None:
        sample = self._sampler.take()
        if self._failure:
            log.info("autoscaler: samples again")
            self._failure = ""
        self._obey(self._controller.decide(sample, time.monotonic()))

    def _obey(self, decision: Decision) -> None:
        with self._lock:
            if self._ending.is_set():
                return
            self._decisions.append(decision)
            is_change = decision.action != "hold"
            if is_change and not self._config.advise_only:
                self._target.resize(decision.to_size)
        verb = "autoscaler advises" if self._config.advise_only else "autoscaler"
        level = logging.INFO if is_change else logging.DEBUG
        log.log(level, "%s: %s", verb, decision, extra=_fields(decision))

    def _fail(self, error: Exception, is_due: bool) -> None:
        """Leave the pool as it is; say so once for each kind of trouble."""
        if self._ending.is_set():  # the caller may have closed the client
            return
        reason = _advice(error)
        if is_due:
            self._obey(self._controller.hold(self._target.size, datetime.now(UTC), reason))
        if reason != self._failure:
            self._failure = reason
            unexpected = None if isinstance(error, CelersError) else error
            log.warning("autoscaler: holds, %s", reason, exc_info=unexpected)


def _fields(decision: Decision) -> dict[str, Any]:
    """For logs: what the sentence does not say."""
    known = decision.as_dict()
    return {key: known[key] for key in ("action", "from", "to")} | (known["metrics"] or {})


def _advice(error: Exception) -> str:
    if isinstance(error, CelersError) and error.number == _ROUTINE_DENIED:
        return f"{error}: the autoscaler needs an account with the role viewer"
    return f"{type(error).__name__}: {error}"

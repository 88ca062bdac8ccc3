"""When a call that failed is sent once more, with the same arguments.

Every call is repeatable: the client brings the ids that identify it. So whatever may pass by
itself is tried again: a deadlock, a lock wait that timed out, a routine that is being replaced,
a broken connection or a failover. Nothing is tried again inside a transaction or on a connection
that the caller brought.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from pyclient.errors import CelersError, ConnectionLost, DeadlockError, LockTimeout

_ROUTINE_IS_BEING_REPLACED = (1305, 1370)
_REQUEST_IS_BEING_ANSWERED = 50120  # REQUEST_BUSY


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long one call is tried.

    Attributes:
        max_attempts: tries in all of a call that meets deadlocks or lock timeouts.
        deadline_s: no try begins later than this many seconds after the first, except that a call
            whose connection broke is always tried twice. It should cover a failover.
        deploy_window_s: how long a missing routine is waited for: a deployment replaces a routine
            in milliseconds.
    """

    max_attempts: int = 5
    deadline_s: float = 30.0
    deploy_window_s: float = 2.0

    def pause_s(self, error: CelersError, attempt: int, elapsed_s: float) -> float | None:
        """Seconds to wait before the next try; None = the error is final.

        Args:
            error: what the latest try ended with.
            attempt: the number of the latest try, from 1.
            elapsed_s: seconds since the first try began.
        """
        if isinstance(error, ConnectionLost):
            if attempt == 1:
                # the server may still be at the first try, and should be answered for before
                return random.uniform(0.1, 0.3)
            longest = min(1.0, 0.025 * 2.0 ** min(attempt, 10))
            return random.uniform(longest / 2, longest) if elapsed_s < self.deadline_s else None
        if isinstance(error, DeadlockError | LockTimeout):
            goes_on = attempt < self.max_attempts and elapsed_s < self.deadline_s
            return random.uniform(0, 0.005 * 2.0**attempt) if goes_on else None
        if error.number == _REQUEST_IS_BEING_ANSWERED and elapsed_s < self.deadline_s:
            return random.uniform(0.005, 0.05)
        if error.number in _ROUTINE_IS_BEING_REPLACED and elapsed_s < self.deploy_window_s:
            return random.uniform(0.001, 0.02)
        return None

"""How many tasks a child claims, and from which queue first."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

#: What is claimed ahead should be begun within this time: it waits here although another worker
#: may be idle, and what of it has ended is repeated when the process is killed.
AHEAD_S = 0.05
#: Tasks in hand at most where some are claimed ahead. They must fit into one call when the process
#: is killed, and so must those of which the server has not heard yet that they are done.
IN_HAND_MOST = 800
#: What has ended is collected no longer than about this while other tasks run, so that one call
#: hands in several; the heartbeat hands in what lies longer.
COLLECT_S = 0.015
_WEIGHT = 0.2  # of the newest task in the moving average


class Prefetch:
    """Learns how long tasks run, and from that how many to claim beyond the free places."""

    def __init__(self, fixed: int) -> None:
        """Nothing is known yet, so nothing is claimed ahead.

        Args:
            fixed: claim so many for each place instead of learning; 0 = learn.
        """
        self._fixed = fixed
        self._mean_s: float | None = None
        self._ahead = 0

    def note(self, ran_s: float) -> None:
        """A task ran so long."""
        if self._mean_s is None:
            self._mean_s = ran_s
        else:
            self._mean_s += _WEIGHT * (ran_s - self._mean_s)

    def ahead(self, places: int) -> int:
        """Tasks to hold beyond those that run. It doubles at most from one call to the next."""
        if self._fixed:
            return (self._fixed - 1) * places
        most = max(0, IN_HAND_MOST - places)
        self._ahead = min(self._within(AHEAD_S, places), 2 * self._ahead + 1, most)
        return self._ahead

    def enough(self, places: int) -> int:
        """Tasks that wait, at more of which nothing is handed in or claimed yet.

        Half of those to claim ahead, or more: these run while one call carries the others.
        """
        ahead = (self._fixed - 1) * places if self._fixed else self._ahead
        return ahead - min(ahead // 2, self._within(COLLECT_S, places))

    def _within(self, seconds: float, places: int) -> int:
        """How many tasks begin within this time; 0 while it is not known."""
        return 0 if self._mean_s is None else int(seconds * places / max(self._mean_s, 1e-6))


class QueueOrder:
    """The queues of a claim, as celers_step takes them."""

    def __init__(self, queues: Sequence[str], weights: Mapping[str, float]) -> None:
        """A strict order; with weights each claim draws one.

        Args:
            queues: names, the preferred ones first.
            weights: by name; of a queue without one it is 1.
        """
        self.fixed = ",".join(queues)
        self._queues = list(queues)
        self._weights = [weights.get(queue, 1.0) for queue in queues] if weights else None

    def draw(self) -> str:
        """The order of one claim: a queue of twice the weight goes first twice as often.

        Weighted sampling without replacement after Efraimidis and Spirakis (2006): sorted by
        u ** (1 / weight) for a uniform u.
        """
        if self._weights is None:
            return self.fixed
        keys = [random.random() ** (1 / weight) for weight in self._weights]
        drawn = sorted(zip(keys, self._queues, strict=True), reverse=True)
        return ",".join(queue for _, queue in drawn)

"""How fast the tasks of a queue end, and how long they wait and run."""

from __future__ import annotations

from dataclasses import dataclass

from pyclient.client import Client

# celers_get_task_latency_percentiles looks at no more tasks than this.
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Pace:
    """What a look back over ``window_s`` seconds found, dead letters apart.

    Attributes:
        window_s: seconds that were looked back.
        ended: tasks that were started and ended within them.
        wait_p50_ms, wait_p95_ms: milliseconds from due to started; None = no task ended.
        run_p50_ms, run_p95_ms, run_p99_ms: milliseconds from started to ended.
    """

    window_s: int
    ended: int
    wait_p50_ms: float | None
    wait_p95_ms: float | None
    run_p50_ms: float | None
    run_p95_ms: float | None
    run_p99_ms: float | None

    @property
    def per_s(self) -> float:
        """Tasks per second."""
        return self.ended / self.window_s

    @property
    def run_s(self) -> float | None:
        """About how many seconds a task runs on average, rather too long than too short.

        Between the percentiles the times are taken to rise evenly.
        """
        if self.run_p50_ms is None or self.run_p95_ms is None or self.run_p99_ms is None:
            return None
        low, high, top = self.run_p50_ms, self.run_p95_ms, self.run_p99_ms
        return (0.5 * low + 0.45 * (low + high) / 2 + 0.05 * (high + top) / 2) / 1000


def measure(client: Client, queue: str | None, window_s: int = 60) -> Pace:
    """Look back over a queue, None = all of them.

    Where more tasks ended than the server looks at, the window is made shorter until it holds
    them all, or is one second.
    """
    while True:
        row = client.call_get_task_latency_percentiles(queue, window_s)
        if row.task_count < _MOST or window_s == 1:
            break
        window_s = max(1, window_s // 10)
    return Pace(
        window_s,
        row.task_count,
        row.wait_p50_ms,
        row.wait_p95_ms,
        row.run_p50_ms,
        row.run_p95_ms,
        row.run_p99_ms,
    )

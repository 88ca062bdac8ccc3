"""Which metrics ask for more workers, and which for fewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pyclient.worker.autoscale.config import ScalingTriggers, TargetSla
from pyclient.worker.autoscale.metrics import Metrics

#: A metric asks for fewer workers when it is below its threshold times this.
DOWN_FACTORS = {
    "queue_pressure": 0.3,
    "worker_utilization": 0.4,
    "task_complexity": 0.5,
    "error_rate": 0.2,
    "memory_pressure": 0.5,
}

#: Metrics of work that waits or fills the slots. The others tell how hard the work is: more
#: workers help with that only where there is too much of it.
DEMAND = frozenset({"queue_pressure", "worker_utilization", "queue_wait_ms"})


@dataclass(frozen=True, slots=True)
class Signal:
    """A metric beyond its threshold.

    Attributes:
        metric: its name, as in Metrics.
        direction: what it asks for, more workers (up) or fewer (down).
        value: of the metric.
        threshold: what it exceeds (up) or stays below (down).
    """

    metric: str
    direction: Literal["up", "down"]
    value: float
    threshold: float

    @property
    def is_demand(self) -> bool:
        """Whether it tells of work that waits or fills the slots."""
        return self.metric in DEMAND

    def __str__(self) -> str:
        sign = ">" if self.direction == "up" else "<"
        return f"{self.metric} {_short(self.value)} {sign} {_short(self.threshold)}"

    def as_dict(self) -> dict[str, Any]:
        """As JSON: metric, direction, value, threshold."""
        return {
            "metric": self.metric,
            "direction": self.direction,
            "value": rounded(self.value),
            "threshold": rounded(self.threshold),
        }


def rounded(value: float | None) -> float | None:
    """For readers: to four places."""
    return None if value is None else round(value, 4)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 else f"{value:.4g}"


def find_signals(metrics: Metrics, triggers: ScalingTriggers, sla: TargetSla) -> tuple[Signal, ...]:
    """The signals of the five metrics and of the two promises, in the order of Metrics.

    A metric that is not known gives none. A broken promise only ever asks for more.
    """
    found = []
    for metric, factor in DOWN_FACTORS.items():
        value = getattr(metrics, metric)
        threshold = getattr(triggers, f"{metric}_threshold")
        if value is None:
            continue
        if value > threshold:
            found.append(Signal(metric, "up", value, threshold))
        elif value < threshold * factor:
            found.append(Signal(metric, "down", value, threshold * factor))
    promises = (
        ("p95_latency_ms", metrics.p95_latency_ms, sla.max_p95_latency_ms),
        ("queue_wait_ms", metrics.queue_wait_ms, sla.max_queue_wait_time_ms),
    )
    for metric, value, limit in promises:
        if value is not None and value > limit:
            found.append(Signal(metric, "up", value, limit))
    return tuple(found)

"""Thresholds of pressure and utilization that follow what the last minutes taught."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from pyclient.worker.autoscale.config import AutoscalerConfig, ScalingTriggers
from pyclient.worker.autoscale.metrics import Metrics

#: Seconds between two adaptations, and how many of the latest samples one looks at.
PERIOD_S, SAMPLES = 300.0, 10
PRESSURE_LIMITS, UTILIZATION_LIMITS = (0.1, 2.0), (0.1, 0.95)
#: How much better than promised the success rate has to be before more may wait.
_SUCCESS_MARGIN = 0.02
#: How far the utilization may be from its target.
_UTILIZATION_MARGIN = 0.1


class Adaptation:
    """Keeps the thresholds in force.

    Samples in which nothing ran teach nothing: a quiet night leaves the thresholds alone.
    """

    def __init__(self, config: AutoscalerConfig) -> None:
        """Begin with the configured thresholds."""
        self._config = config
        self._seen: deque[tuple[float, Metrics]] = deque(maxlen=SAMPLES)
        self._adapted_at_s: float | None = None
        self.triggers = config.scaling_triggers

    def observe(self, metrics: Metrics, now_s: float) -> None:
        """Take one sample into account; every 300 s the thresholds move."""
        if not self._config.enable_adaptive_thresholds:
            return
        if metrics.worker_utilization > 0 or metrics.error_rate is not None:
            self._seen.append((now_s, metrics))
        if self._adapted_at_s is None:
            self._adapted_at_s = now_s
        if now_s - self._adapted_at_s < PERIOD_S:
            return
        self._adapted_at_s = now_s
        window_s = self._config.adaptation_window_minutes * 60
        seen = [one for at_s, one in self._seen if now_s - at_s <= window_s]
        if seen:
            self.triggers = self._adapted(seen)

    def _adapted(self, seen: Sequence[Metrics]) -> ScalingTriggers:
        now = self.triggers
        pressure = now.queue_pressure_threshold * self._pressure_factor(seen)
        utilization = now.worker_utilization_threshold * self._utilization_factor(seen)
        return replace(
            now,
            queue_pressure_threshold=_clamp(pressure, PRESSURE_LIMITS),
            worker_utilization_threshold=_clamp(utilization, UTILIZATION_LIMITS),
        )

    def _pressure_factor(self, seen: Sequence[Metrics]) -> float:
        """Less may wait when promises are broken, more when all is better than promised."""
        sla, rate = self._config.target_sla, self._config.learning_rate
        success = [1 - one.error_rate for one in seen if one.error_rate is not None]
        waits_too_long = fmean(one.queue_wait_ms for one in seen) > sla.max_queue_wait_time_ms
        if waits_too_long or (success and fmean(success) < sla.min_success_rate):
            return 1 - rate
        if success and fmean(success) > sla.min_success_rate + _SUCCESS_MARGIN:
            return 1 + rate / 2
        return 1.0

    def _utilization_factor(self, seen: Sequence[Metrics]) -> float:
        """A pool that is busier than its target grows earlier, an idler one later."""
        target = self._config.target_sla.target_worker_utilization
        beyond = fmean(one.worker_utilization for one in seen) - target
        is_far = abs(beyond) > _UTILIZATION_MARGIN
        return 1 - beyond * self._config.learning_rate if is_far else 1.0


def _clamp(value: float, limits: tuple[float, float]) -> float:
    low, high = limits
    return min(max(value, low), high)

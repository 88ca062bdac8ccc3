"""How an autoscaler decides: limits, thresholds, steps, cooldowns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from pyclient.errors import InvalidArgument

if TYPE_CHECKING:
    from pyclient.config.autoscaler import Autoscaler as AutoscalerSettings


@dataclass(frozen=True, slots=True)
class ScalingTriggers:
    """What each metric has to exceed to ask for more workers.

    Attributes:
        queue_pressure_threshold: weighted ready tasks per worker, more than 0, at most 2.
        worker_utilization_threshold: busy slots / slots, more than 0, at most 1.
        task_complexity_threshold: run time now / run time usually, more than 0.
        error_rate_threshold: failed / ended tasks, 0..1.
        memory_pressure_threshold: MB per worker, more than 0.
    """

    queue_pressure_threshold: float = 0.75
    worker_utilization_threshold: float = 0.80
    task_complexity_threshold: float = 1.5
    error_rate_threshold: float = 0.05
    memory_pressure_threshold: float = 512.0


@dataclass(frozen=True, slots=True)
class TargetSla:
    """What is promised to those who wait for tasks.

    Attributes:
        max_p95_latency_ms: from due to ended, in milliseconds.
        min_success_rate: completed / ended tasks, 0..1.
        max_queue_wait_time_ms: of the ready task that waits longest, in milliseconds.
        target_worker_utilization: busy slots / slots that the pool is kept at, more than 0, at
            most 1. It never shrinks to where its busy slots would be a larger share.
    """

    max_p95_latency_ms: float = 5000.0
    min_success_rate: float = 0.95
    max_queue_wait_time_ms: float = 10000.0
    target_worker_utilization: float = 0.70


@dataclass(frozen=True, slots=True)
class AutoscalerConfig:
    """How an autoscaler decides.

    Attributes:
        min_workers, max_workers: limits of the pool, 1..1000.
        scale_up_count, scale_down_count: workers of one step, 1..50.
        scaling_triggers: the thresholds.
        enable_adaptive_thresholds: whether the thresholds of pressure and utilization follow
            what the last minutes taught.
        learning_rate: how fast, more than 0, at most 1.
        adaptation_window_minutes: minutes after which a sample teaches nothing any more.
        scale_up_cooldown_seconds: from one step up to the next, at least.
        scale_down_cooldown_seconds: from any step to the next one down, at least.
        consecutive_signals_required: samples in a row that have to ask for the same.
        target_sla: what is promised.
        interval_s: seconds between two samples.
        advise_only: decide and explain, but leave the pool as it is.
    """

    min_workers: int = 1
    max_workers: int = 20
    scale_up_count: int = 2
    scale_down_count: int = 1
    scaling_triggers: ScalingTriggers = ScalingTriggers()
    enable_adaptive_thresholds: bool = True
    learning_rate: float = 0.1
    adaptation_window_minutes: float = 30
    scale_up_cooldown_seconds: float = 60
    scale_down_cooldown_seconds: float = 300
    consecutive_signals_required: int = 2
    target_sla: TargetSla = TargetSla()
    interval_s: float = 30.0
    advise_only: bool = False

    @classmethod
    def from_settings(cls, settings: AutoscalerSettings) -> Self:
        """What the section [autoscaler] of the configuration says."""
        given = settings.model_dump(exclude={"enabled"})
        triggers, sla = given.pop("scaling_triggers"), given.pop("target_sla")
        return cls(
            scaling_triggers=ScalingTriggers(**triggers), target_sla=TargetSla(**sla), **given
        )

    def __post_init__(self) -> None:
        """Refuse what cannot be kept to.

        Raises:
            InvalidArgument: the maximum is below the minimum, or a count or time is not positive.
        """
        if not 1 <= self.min_workers <= self.max_workers:
            raise InvalidArgument(
                f"a pool of {self.min_workers}..{self.max_workers} workers: the minimum is at "
                "least 1, the maximum at least the minimum"
            )
        for name in (
            "scale_up_count",
            "scale_down_count",
            "consecutive_signals_required",
            "interval_s",
        ):
            if getattr(self, name) <= 0:
                raise InvalidArgument(f"{name} must be more than 0, not {getattr(self, name)}")

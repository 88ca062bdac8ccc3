"""The section [autoscaler]: how the number of processes follows the load."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from pyclient.config.section import Section, fault


class ScalingTriggers(Section):
    """A metric above its threshold is a signal to grow."""

    queue_pressure_threshold: float = Field(
        default=0.75,
        gt=0,
        le=2,
        description="Waiting tasks per worker, weighted by the priority of their queues.",
    )
    worker_utilization_threshold: float = Field(
        default=0.80, gt=0, le=1, description="Share of the workers' places that are busy."
    )
    task_complexity_threshold: float = Field(
        default=1.5,
        gt=0,
        le=1000,
        description="Duration of tasks now against their usual duration.",
    )
    error_rate_threshold: float = Field(
        default=0.05, ge=0, le=1, description="Share of tasks that fail."
    )
    memory_pressure_threshold: float = Field(
        default=512, gt=0, le=16_777_216, description="Megabytes of memory per worker."
    )


class TargetSla(Section):
    """What the thresholds are adapted to."""

    max_p95_latency_ms: float = Field(
        default=5000,
        gt=0,
        le=86_400_000,
        description="Milliseconds in which 95 of 100 tasks are run.",
    )
    min_success_rate: float = Field(
        default=0.95, ge=0, le=1, description="Share of tasks that are to succeed."
    )
    max_queue_wait_time_ms: float = Field(
        default=10_000, gt=0, le=86_400_000, description="Milliseconds that tasks may wait."
    )
    target_worker_utilization: float = Field(
        default=0.70, gt=0, le=1, description="Share of the workers' places that should be busy."
    )


class Autoscaler(Section):
    """How the number of processes follows the load."""

    enabled: bool = Field(
        default=False, description="Whether the number of processes follows the load."
    )
    advise_only: bool = Field(
        default=False, description="Record and explain decisions without carrying them out."
    )
    interval_s: float = Field(
        default=30, ge=1, le=3600, description="Seconds between two looks at the load."
    )
    min_workers: int = Field(default=1, ge=1, le=1000, description="Fewest processes.")
    max_workers: int = Field(default=20, ge=1, le=1000, description="Most processes.")
    scale_up_count: int = Field(default=2, ge=1, le=50, description="Processes that one step adds.")
    scale_down_count: int = Field(
        default=1, ge=1, le=50, description="Processes that one step takes away."
    )
    scale_up_cooldown_seconds: float = Field(
        default=60, ge=0, le=86_400, description="Seconds after a step before the number may grow."
    )
    scale_down_cooldown_seconds: float = Field(
        default=300,
        ge=0,
        le=86_400,
        description="Seconds after a step before the number may shrink.",
    )
    consecutive_signals_required: int = Field(
        default=2, ge=1, le=100, description="Looks in a row that must agree before a step."
    )
    enable_adaptive_thresholds: bool = Field(
        default=True, description="Whether the thresholds adapt themselves to target_sla."
    )
    learning_rate: float = Field(default=0.1, gt=0, le=1, description="How strongly they adapt.")
    adaptation_window_minutes: float = Field(
        default=30, ge=1, le=10_080, description="Minutes of the past by which they adapt."
    )
    scaling_triggers: ScalingTriggers = Field(
        default=ScalingTriggers(), description="A metric above its threshold is a signal to grow."
    )
    target_sla: TargetSla = Field(
        default=TargetSla(), description="What the thresholds are adapted to."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.max_workers < self.min_workers:
            raise fault(
                f"must be at least min_workers ({self.min_workers})", "max_workers", "min_workers"
            )
        return self

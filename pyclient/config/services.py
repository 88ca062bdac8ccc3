"""The small sections: what else runs beside the tasks, and what is said about it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from pyclient.config.section import Section, fault
from pyclient.config.words import read_list


class Scheduler(Section):
    """How scheduled tasks become ready."""

    enabled: bool = Field(
        default=False,
        description="Whether a worker that begins sets the pace below for the database.",
    )
    tick_interval: float | None = Field(
        default=None,
        ge=0.01,
        le=3600,
        description="Seconds between two looks for scheduled tasks that are due. "
        "Without it the database's setting stays.",
        examples=[1],
    )
    max_tasks_per_tick: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="Tasks that become ready at a time. Without it the database's setting stays.",
        examples=[100],
    )


class AutoRegister(Section):
    """Modules that are imported for the tasks in them."""

    enabled: bool = Field(default=False, description="Whether the modules are imported.")
    modules: Annotated[list[str], BeforeValidator(read_list)] = Field(
        default=[], description="Packages and modules; packages with all that is in them."
    )


class Web(Section):
    """The pages and calls that are served by HTTP. Checked, and not used yet."""

    auto_configure_routes: bool = Field(default=True, description="Whether the routes are added.")
    route_prefix: str = Field(
        default="/api/v1/tasks",
        pattern="^/",
        description='What every path begins with: "/" and more.',
    )
    enable_metrics: bool = Field(default=True, description="Whether metrics are served.")
    enable_health_check: bool = Field(
        default=True, description="Whether the health check is served."
    )


class Metrics(Section):
    """What is measured, and for how long it is kept. Checked, and not used yet."""

    enabled: bool = Field(default=True, description="Whether metrics are exported.")
    export_interval: float = Field(
        default=60, ge=1, le=86_400, description="Seconds between two exports."
    )
    retention_days: int = Field(
        default=30, ge=1, le=3650, description="Days that figures are kept."
    )
    enable_alerts: bool = Field(
        default=True, description="Whether the thresholds in [alerts] count."
    )
    collect_scaling_metrics: bool = Field(default=True, description="Whether scaling is measured.")
    collect_sla_metrics: bool = Field(
        default=True, description="Whether the target_sla is measured."
    )
    collect_adaptive_threshold_metrics: bool = Field(
        default=True, description="Whether the adapted thresholds are kept."
    )
    scaling_metrics_resolution: float = Field(
        default=30, ge=1, le=86_400, description="Seconds between two figures about scaling."
    )


class Logging(Section):
    """The log, on stderr."""

    level: Annotated[
        Literal["trace", "debug", "info", "warn", "warning", "error"],
        BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
    ] = Field(default="info", description="The least important that is logged.")
    format: Literal["json", "compact", "pretty"] = Field(
        default="pretty", description="json for programs; compact and pretty for people."
    )


class Alerts(Section):
    """Thresholds from which an alert is raised. Checked, and not used yet."""

    max_queue_size: int = Field(default=10_000, ge=1, description="Tasks that wait in one queue.")
    max_error_rate: float = Field(default=0.05, ge=0, le=1, description="Share of tasks that fail.")
    max_task_duration_ms: int = Field(
        default=300_000, ge=1, description="Milliseconds of one task."
    )
    max_memory_usage_mb: int = Field(
        default=1024, ge=1, description="Megabytes of a worker's memory."
    )
    max_worker_idle_time_sec: int = Field(
        default=300, ge=1, description="Seconds that a worker has nothing to do."
    )
    max_queue_pressure_score: float = Field(
        default=2.0,
        gt=0,
        description="Waiting tasks per worker, weighted by the priority of their queues.",
    )
    min_worker_utilization: float = Field(
        default=0.10, ge=0, le=1, description="Least share of the workers' places that are busy."
    )
    max_worker_utilization: float = Field(
        default=0.95, ge=0, le=1, description="Greatest share of the workers' places that are busy."
    )
    max_scaling_frequency_per_hour: int = Field(
        default=10, ge=1, description="Steps of the autoscaler in an hour."
    )
    min_sla_success_rate: float = Field(
        default=0.98, ge=0, le=1, description="Least share of tasks that succeed."
    )
    max_p95_latency_breach_ms: int = Field(
        default=5000, ge=1, description="Milliseconds in which 95 of 100 tasks are run."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        least = self.min_worker_utilization
        if self.max_worker_utilization < least:
            raise fault(
                f"must be at least min_worker_utilization ({least})",
                "max_worker_utilization",
                "min_worker_utilization",
            )
        return self


class Breaker(Section):
    """The circuit breaker around the database."""

    failure_threshold: int = Field(
        default=5, ge=1, le=1_000_000, description="Failures in a row that open it."
    )
    timeout_s: float = Field(
        default=60, gt=0, le=86_400, description="Seconds that it stays open before it probes."
    )
    success_threshold: int = Field(
        default=2, ge=1, le=1_000_000, description="Successful probes that close it."
    )
    probe_limit: int = Field(default=1, ge=1, le=1000, description="Probes at a time.")


class Tracing(Section):
    """Spans, where opentelemetry-api is installed."""

    enabled: bool = Field(
        default=True, description="Whether spans are made and passed on with tasks."
    )

"""Thresholds that follow what the last minutes taught."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pyclient.worker.autoscale import AutoscalerConfig, ScalingTriggers
from pyclient.worker.autoscale.adaptation import Adaptation
from pyclient.worker.autoscale.metrics import Metrics

#: As it should be: neither threshold has a reason to move.
GOOD = Metrics(
    queue_pressure=0.5,
    worker_utilization=0.7,
    task_complexity=1.0,
    error_rate=0.04,
    memory_pressure=100.0,
    p95_latency_ms=None,
    queue_wait_ms=0.0,
)
FAILING = replace(GOOD, error_rate=0.10)
FLAWLESS = replace(GOOD, error_rate=0.0)
QUIET = replace(GOOD, worker_utilization=0.0, error_rate=None)


def after(
    metrics: Metrics, *more: Metrics, seconds: int = 300, config: AutoscalerConfig | None = None
) -> ScalingTriggers:
    """The thresholds after so many seconds of these metrics, in turns, every 30 s."""
    adaptation = Adaptation(config or AutoscalerConfig())
    turns = (metrics, *more)
    for number in range(seconds // 30 + 1):
        adaptation.observe(turns[number % len(turns)], 1000.0 + 30 * number)
    return adaptation.triggers


def test_thresholds_move_every_300_s_and_not_before() -> None:
    assert after(FAILING, seconds=270) == ScalingTriggers()
    assert after(FAILING, seconds=300).queue_pressure_threshold == pytest.approx(0.675)
    assert after(FAILING, seconds=570).queue_pressure_threshold == pytest.approx(0.675)
    assert after(FAILING, seconds=600).queue_pressure_threshold == pytest.approx(0.6075)


def test_pressure_follows_the_success_rate() -> None:
    assert after(GOOD).queue_pressure_threshold == 0.75
    assert after(FLAWLESS).queue_pressure_threshold == pytest.approx(0.75 * 1.05)
    assert after(GOOD, FAILING).queue_pressure_threshold == pytest.approx(0.675)


def test_a_wait_beyond_the_promise_lowers_it_however_well_the_tasks_end() -> None:
    late = replace(FLAWLESS, queue_wait_ms=10_001.0)
    assert after(late).queue_pressure_threshold == pytest.approx(0.675)


@pytest.mark.parametrize(
    ("utilization", "factor"),
    [(0.7, 1.0), (0.79, 1.0), (0.61, 1.0), (1.0, 1 - 0.3 * 0.1), (0.4, 1 + 0.3 * 0.1)],
)
def test_utilization_follows_its_target(utilization: float, factor: float) -> None:
    adapted = after(replace(GOOD, worker_utilization=utilization))
    assert adapted.worker_utilization_threshold == pytest.approx(0.80 * factor)


def test_thresholds_stay_within_limits() -> None:
    day_s = 86_400
    assert after(FAILING, seconds=day_s).queue_pressure_threshold == 0.1
    assert after(FLAWLESS, seconds=day_s).queue_pressure_threshold == 2.0
    busy, lazy = (replace(GOOD, worker_utilization=share) for share in (1.0, 0.1))
    assert after(busy, seconds=day_s).worker_utilization_threshold == 0.1
    assert after(lazy, seconds=day_s).worker_utilization_threshold == 0.95


def test_quiet_samples_teach_nothing() -> None:
    assert after(QUIET, seconds=86_400) == ScalingTriggers()
    assert after(QUIET, FAILING) == after(FAILING)


def test_what_is_older_than_the_window_is_forgotten() -> None:
    adaptation = Adaptation(AutoscalerConfig(adaptation_window_minutes=10))
    adaptation.observe(FAILING, 0.0)
    adaptation.observe(QUIET, 601.0)
    assert adaptation.triggers == ScalingTriggers()
    adaptation.observe(FAILING, 700.0)
    adaptation.observe(QUIET, 1000.0)
    assert adaptation.triggers.queue_pressure_threshold == pytest.approx(0.675)


def test_only_the_latest_ten_samples_count() -> None:
    adaptation = Adaptation(AutoscalerConfig())
    for number in range(10):
        adaptation.observe(FAILING, float(number))
    for number in range(10):
        adaptation.observe(GOOD, 291.0 + number)
    assert adaptation.triggers == ScalingTriggers()


def test_the_other_thresholds_never_move_and_none_does_when_told_so() -> None:
    config = AutoscalerConfig(enable_adaptive_thresholds=False)
    assert after(FAILING, seconds=86_400, config=config) == ScalingTriggers()
    adapted, original = after(FAILING, seconds=86_400), ScalingTriggers()
    assert adapted.task_complexity_threshold == original.task_complexity_threshold
    assert adapted.error_rate_threshold == original.error_rate_threshold
    assert adapted.memory_pressure_threshold == original.memory_pressure_threshold

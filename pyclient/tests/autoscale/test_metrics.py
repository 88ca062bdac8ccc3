"""The formulas, and where their thresholds lie."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from pyclient.tests.autoscale.samples import NOON, sample
from pyclient.worker.autoscale import (
    QueueSample,
    Sample,
    ScalingTriggers,
    TargetSla,
    resident_mb,
)
from pyclient.worker.autoscale.metrics import Metrics, measure
from pyclient.worker.autoscale.signals import find_signals

CALM = Metrics(
    queue_pressure=0.5,
    worker_utilization=0.6,
    task_complexity=1.0,
    error_rate=0.03,
    memory_pressure=300.0,
    p95_latency_ms=100.0,
    queue_wait_ms=0.0,
)


def of(*queues: QueueSample, size: int = 2) -> Metrics:
    """The metrics of these queues."""
    return measure(Sample(NOON, size, 0.5, 100.0 * size, queues))


def found(**changes: Any) -> list[str]:
    """The signals of calm metrics with these changes."""
    signals = find_signals(replace(CALM, **changes), ScalingTriggers(), TargetSla())
    return [f"{signal.direction} {signal.metric}" for signal in signals]


def test_pressure_is_the_mean_over_queues_of_weighted_ready_tasks_per_worker() -> None:
    queues = (
        QueueSample("high_priority", ready=4),
        QueueSample("default", ready=6),
        QueueSample("low_priority", ready=10),
    )
    assert of(*queues).queue_pressure == pytest.approx((2 * 3.0 + 3 * 1.0 + 5 * 0.3) / 3)
    assert of(QueueSample("mail", ready=6)).queue_pressure == 3


def test_workers_elsewhere_share_the_pressure_and_ours_count_before_they_register() -> None:
    assert of(QueueSample("mail", ready=6, workers=6)).queue_pressure == 1
    assert of(QueueSample("mail", ready=6, workers=1)).queue_pressure == 3
    assert of(QueueSample("mail", ready=6), size=0).queue_pressure == 6


def test_a_paused_queue_neither_presses_nor_waits() -> None:
    paused = QueueSample("mail", is_paused=True, ready=900, oldest_ready_s=900.0)
    waiting = QueueSample("default", ready=4, oldest_ready_s=1.5)
    assert of(paused, waiting).queue_pressure == 2
    assert of(paused, waiting).queue_wait_ms == 1500
    assert of(paused).queue_pressure == of(paused).queue_wait_ms == 0


def test_the_error_rate_is_of_all_tasks_that_ended() -> None:
    queues = QueueSample("a", completed=90, failed=2), QueueSample("b", completed=2, failed=6)
    assert of(*queues).error_rate == 0.08
    assert of(QueueSample("a")).error_rate is None


def test_complexity_is_how_long_tasks_run_compared_with_the_last_hour() -> None:
    usual = QueueSample("a", timed=100, run_p50_ms=10.0, usual_p50_ms=10.0)
    heavy = QueueSample("b", timed=300, run_p50_ms=50.0, usual_p50_ms=10.0)
    light = QueueSample("c", timed=100, run_p50_ms=2.0, usual_p50_ms=10.0)
    assert of(usual).task_complexity == 1
    assert of(heavy).task_complexity == 5
    assert of(light).task_complexity == 0.2
    assert of(usual, heavy).task_complexity == 4


@pytest.mark.parametrize(
    "queue",
    [
        QueueSample("a"),
        QueueSample(
            "a", timed=19, wait_p95_ms=1.0, run_p50_ms=9.0, run_p95_ms=9.0, usual_p50_ms=1.0
        ),
    ],
)
def test_few_tasks_tell_neither_complexity_nor_latency(queue: QueueSample) -> None:
    assert of(queue).task_complexity == 1
    assert of(queue).p95_latency_ms is None
    enough = replace(
        queue, timed=20, wait_p95_ms=1.0, run_p50_ms=9.0, run_p95_ms=9.0, usual_p50_ms=1.0
    )
    assert of(enough).task_complexity == 9
    assert of(enough).p95_latency_ms == 10


def test_tasks_that_took_no_time_are_not_divided_by() -> None:
    assert of(QueueSample("a", timed=50, run_p50_ms=1.0, usual_p50_ms=0.0)).task_complexity == 1


def test_latency_is_that_of_the_slowest_queue() -> None:
    slow = QueueSample("a", timed=20, wait_p95_ms=900.0, run_p50_ms=1.0, run_p95_ms=100.0)
    fast = QueueSample("b", timed=90, wait_p95_ms=1.0, run_p50_ms=1.0, run_p95_ms=2.0)
    assert of(slow, fast).p95_latency_ms == 1000


def test_memory_is_per_worker() -> None:
    assert measure(sample(4, memory_mb=2048.0)).memory_pressure == 512
    assert measure(sample(0, memory_mb=10.0)).memory_pressure == 10


@pytest.mark.parametrize(
    ("metric", "quiet", "up", "down"),
    [
        ("queue_pressure", (0.225, 0.75), 0.76, 0.22),
        ("worker_utilization", (0.33, 0.80), 0.81, 0.31),
        ("task_complexity", (0.75, 1.5), 1.6, 0.74),
        ("error_rate", (0.0101, 0.05), 0.06, 0.0099),
        ("memory_pressure", (256.0, 512.0), 513.0, 255.0),
    ],
)
def test_a_metric_signals_beyond_its_threshold(
    metric: str, quiet: tuple[float, float], up: float, down: float
) -> None:
    assert [found(**{metric: value}) for value in quiet] == [[], []]
    assert found(**{metric: up}) == [f"up {metric}"]
    assert found(**{metric: down}) == [f"down {metric}"]


def test_a_broken_promise_is_a_signal_of_its_own_and_a_kept_one_is_none() -> None:
    assert found(p95_latency_ms=5001.0) == ["up p95_latency_ms"]
    assert found(queue_wait_ms=10_001.0) == ["up queue_wait_ms"]
    assert found(p95_latency_ms=5000.0, queue_wait_ms=10_000.0) == []


def test_what_is_not_known_is_no_signal() -> None:
    assert found(error_rate=None, p95_latency_ms=None) == []


def test_memory_is_measured_and_processes_that_are_gone_count_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    own = resident_mb([os.getpid()])
    assert own > 5
    assert resident_mb([gone.pid]) == 0
    assert own / 2 < resident_mb([os.getpid(), gone.pid]) < own * 2

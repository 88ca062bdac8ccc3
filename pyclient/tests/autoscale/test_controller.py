"""From samples to decisions: counts, cooldowns, steps, limits, and the words for them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from pyclient.config.settings import Settings
from pyclient.errors import InvalidArgument
from pyclient.tests.autoscale.samples import NOON, content, idle, loaded, sample
from pyclient.worker.autoscale import AutoscalerConfig, Controller, Decision, Sample

#: The next sample decides, and thresholds stay where they are.
QUICK = AutoscalerConfig(
    consecutive_signals_required=1,
    scale_up_cooldown_seconds=0,
    scale_down_cooldown_seconds=0,
    enable_adaptive_thresholds=False,
)


def actions(config: AutoscalerConfig, samples: Iterable[Sample], every_s: float = 30) -> list[str]:
    """What is decided on samples at equal distances, as "up 6" or "hold"."""
    controller = Controller(config)
    found = []
    for number, one in enumerate(samples):
        decision = controller.decide(one, number * every_s)
        is_hold = decision.action == "hold"
        found.append("hold" if is_hold else f"{decision.action} {decision.to_size}")
    return found


def once(one: Sample, **changes: Any) -> Decision:
    """The decision on one sample where nothing but the sample holds it."""
    return Controller(replace(QUICK, **changes)).decide(one, 0.0)


def test_two_signals_up_add_a_step() -> None:
    decision = once(loaded(4))
    assert (decision.action, decision.from_size, decision.to_size) == ("up", 4, 6)
    assert decision.reason == "queue_pressure 10 > 0.75 and worker_utilization 1 > 0.8"


def test_two_signals_down_take_a_step_away() -> None:
    decision = once(idle(4))
    assert (decision.action, decision.from_size, decision.to_size) == ("down", 4, 3)
    assert decision.reason == "queue_pressure 0 < 0.225 and worker_utilization 0 < 0.32"


def test_no_signal_and_one_signal_hold() -> None:
    assert once(content()).reason == "no metric is beyond its threshold"
    one = once(sample(4, 0.6, ready=40))
    assert (one.action, one.to_size) == ("hold", 4)
    assert one.reason == "queue_pressure 10 > 0.75, but one signal is not enough"


def test_a_broken_promise_is_one_of_the_two() -> None:
    late = sample(8, 1.0, ready=1, oldest_ready_s=60.0)
    assert once(late).to_size == 10
    assert once(late).reason == "worker_utilization 1 > 0.8 and queue_wait_ms 60000 > 10000"
    slow = sample(8, 1.0, timed=20, wait_p95_ms=6000.0, run_p50_ms=1.0, run_p95_ms=1.0)
    assert once(slow).to_size == 10


def test_hard_work_without_much_of_it_adds_nobody() -> None:
    hard = sample(4, 0.6, 4 * 900.0, ready=2, failed=9, timed=20, run_p50_ms=9.0, usual_p50_ms=1.0)
    decision = once(hard)
    assert [str(signal) for signal in decision.signals] == [
        "task_complexity 9 > 1.5",
        "error_rate 1 > 0.05",
        "memory_pressure 900 > 512",
    ]
    assert decision.action == "hold"
    assert decision.reason.endswith(", but no work waits or fills the slots")


def test_signals_up_win() -> None:
    both = sample(4, 1.0, 4.0, ready=40, completed=100)
    assert {signal.direction for signal in once(both).signals} == {"up", "down"}
    assert once(both).action == "up"


def test_nobody_goes_while_work_waits() -> None:
    waiting = sample(4, 0.1, 4.0, completed=100, ready=1, oldest_ready_s=60.0)
    decision = once(waiting)
    assert len([one for one in decision.signals if one.direction == "down"]) == 3
    assert decision.action == "hold"
    assert decision.reason == "queue_wait_ms 60000 > 10000, but one signal is not enough"


def test_a_pool_shrinks_to_its_target_utilization_and_not_below() -> None:
    assert once(sample(10, 0.45, 10.0), scale_down_count=9).to_size == 7  # 4.5 / 0.7
    decision = once(sample(10, 0.69, 10.0))
    assert decision.action == "hold"
    assert decision.reason.endswith(
        ", but up to 6.9 workers were busy within 0 s, which takes 10 at 70%"
    )


def test_a_peak_within_the_cooldown_keeps_the_pool() -> None:
    config = replace(QUICK, scale_down_cooldown_seconds=300)
    busy = sample(10, 0.69, 10.0)
    assert actions(config, [busy, *[idle(10)] * 10]) == ["hold"] * 11
    assert actions(config, [busy, *[idle(10)] * 11])[-1] == "down 9"


def test_a_change_takes_as_many_samples_in_a_row_as_configured() -> None:
    config = replace(QUICK, consecutive_signals_required=3)
    up, down, calm = loaded(), idle(), content()
    assert actions(config, [up, up, up]) == ["hold", "hold", "up 6"]
    assert actions(config, [up, up, calm, up, up, up]) == ["hold"] * 5 + ["up 6"]
    assert actions(config, [up, up, down, up, up, up]) == ["hold"] * 5 + ["up 6"]
    assert actions(config, [down, down, up, down, down, down]) == ["hold"] * 5 + ["down 3"]
    assert actions(config, [up] * 7) == ["hold", "hold", "up 6"] * 2 + ["hold"]
    controller = Controller(config)
    reason = controller.decide(up, 0.0).reason
    assert reason.endswith("> 0.8, but only 1 of 3 samples in a row asked for it")


def test_a_missing_sample_begins_the_count_anew() -> None:
    controller = Controller(replace(QUICK, consecutive_signals_required=2))
    assert controller.decide(loaded(), 0.0).action == "hold"
    missing = controller.hold(4, NOON, "the server is away")
    assert (missing.action, missing.to_size, missing.metrics) == ("hold", 4, None)
    assert controller.decide(loaded(), 30.0).action == "hold"
    assert controller.decide(loaded(), 60.0).action == "up"


def test_steps_up_keep_their_cooldown_and_count_within_it() -> None:
    config = replace(QUICK, scale_up_cooldown_seconds=60, consecutive_signals_required=2)
    assert actions(config, [loaded()] * 6) == ["hold", "up 6", "hold", "up 6", "hold", "up 6"]
    controller = Controller(replace(config, consecutive_signals_required=1))
    assert controller.decide(loaded(), 100.0).action == "up"
    held = controller.decide(loaded(), 140.5)
    assert held.reason.endswith("> 0.8, but the cooldown of 60 s goes on for 20 s")
    assert controller.decide(loaded(), 159.9).action == "hold"
    assert controller.decide(loaded(), 160.0).action == "up"


def test_a_step_down_waits_for_either_and_a_step_up_only_for_its_own_kind() -> None:
    controller = Controller(
        replace(QUICK, scale_up_cooldown_seconds=60, scale_down_cooldown_seconds=300)
    )
    assert controller.decide(idle(6), 0.0).action == "down"
    assert controller.decide(loaded(5), 1.0).action == "up"
    assert controller.decide(idle(7), 300.9).action == "hold"
    assert controller.decide(idle(7), 301.9).action == "down"


def test_steps_end_at_the_limits() -> None:
    config = {"min_workers": 3, "max_workers": 5, "scale_down_count": 9}
    assert once(loaded(4), **config).to_size == 5
    assert once(idle(4), **config).to_size == 3
    assert once(loaded(5), **config).reason.endswith("> 0.8, but max_workers is 5")
    assert once(idle(3), **config).reason.endswith("< 0.32, but min_workers is 3")
    assert once(loaded(5), **config).action == once(idle(3), **config).action == "hold"


def test_a_size_beyond_the_limits_is_mended_at_once() -> None:
    config = AutoscalerConfig(min_workers=5, max_workers=8)
    assert actions(config, [content(1), content(20)]) == ["up 5", "down 8"]
    assert Controller(config).decide(idle(1), 0.0).reason == "min_workers is 5"


def test_thresholds_in_force_are_those_that_adapted() -> None:
    controller = Controller(replace(QUICK, enable_adaptive_thresholds=True))
    for number in range(11):
        controller.decide(sample(4, 0.7, completed=1, ready=2), number * 30.0)
    assert controller.triggers.queue_pressure_threshold == pytest.approx(0.7875)
    assert controller.decide(sample(4, 1.0, ready=3), 330.0).action == "hold"  # 0.75


def test_a_decision_is_json() -> None:
    decision = once(loaded(4))
    document = json.loads(json.dumps(decision.as_dict()))
    assert list(document) == ["at", "action", "from", "to", "reason", "metrics", "signals"]
    assert document["at"] == "2026-01-01T12:00:00Z"
    assert (document["action"], document["from"], document["to"]) == ("up", 4, 6)
    assert document["metrics"]["queue_pressure"] == 10
    assert document["metrics"]["error_rate"] is None
    assert once(sample(3, 1 / 3)).as_dict()["metrics"]["worker_utilization"] == 0.3333
    assert document["signals"][0] == {
        "metric": "queue_pressure",
        "direction": "up",
        "value": 10,
        "threshold": 0.75,
    }
    assert str(decision) == f"up 4 to 6: {decision.reason}"
    assert str(once(content())) == "hold at 4: no metric is beyond its threshold"


def test_the_configuration_says_the_same_as_the_defaults() -> None:
    assert AutoscalerConfig.from_settings(Settings().autoscaler) == AutoscalerConfig()
    given = Settings.model_validate(
        {
            "autoscaler": {
                "max_workers": 7,
                "scaling_triggers": {"error_rate_threshold": 0.5},
                "target_sla": {"max_queue_wait_time_ms": 1},
            }
        }
    )
    config = AutoscalerConfig.from_settings(given.autoscaler)
    assert config.max_workers == 7
    assert config.scaling_triggers.error_rate_threshold == 0.5
    assert config.target_sla.max_queue_wait_time_ms == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_workers": 0},
        {"min_workers": 5, "max_workers": 4},
        {"scale_up_count": 0},
        {"scale_down_count": -1},
        {"consecutive_signals_required": 0},
        {"interval_s": 0},
    ],
)
def test_a_configuration_that_cannot_be_kept_to_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        AutoscalerConfig(**wrong)

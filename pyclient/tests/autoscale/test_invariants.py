"""What holds whatever is seen, and whenever."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pyclient.tests.autoscale.samples import NOON
from pyclient.worker.autoscale import AutoscalerConfig, Controller, Decision, QueueSample, Sample

#: The time that an example takes says nothing.
whatever = settings(deadline=None)
_MILLISECONDS = st.none() | st.floats(0, 1e6)

QUEUES = st.builds(
    QueueSample,
    queue=st.sampled_from(["default", "high_priority", "low_priority", "mail"]),
    is_paused=st.booleans(),
    ready=st.integers(0, 10) | st.integers(0, 10**6),
    oldest_ready_s=st.floats(0, 20) | st.floats(0, 1e6),
    workers=st.integers(0, 50),
    completed=st.integers(0, 1000),
    failed=st.integers(0, 1000),
    timed=st.integers(0, 40),
    wait_p95_ms=_MILLISECONDS,
    run_p50_ms=_MILLISECONDS,
    run_p95_ms=_MILLISECONDS,
    usual_p50_ms=_MILLISECONDS,
)
_PAUSES_S = st.sampled_from([1.0, 30.0, 60.0, 300.0]) | st.floats(0, 1000)
_ANYTHING = st.tuples(
    _PAUSES_S, st.floats(0, 1), st.floats(0, 1e5), st.lists(QUEUES, max_size=3).map(tuple)
)
_LOAD = st.tuples(_PAUSES_S, st.just(1.0), st.just(0.0), st.just((QueueSample("mail", ready=999),)))
_NOTHING = st.tuples(_PAUSES_S, st.just(0.0), st.just(0.0), st.just(()))
#: Seconds since the sample before, and what is seen apart from the size; each some times over.
STEPS = st.lists(
    st.tuples(_ANYTHING | _LOAD | _NOTHING, st.integers(1, 9)).map(
        lambda pair: [pair[0]] * pair[1]
    ),
    max_size=12,
).map(lambda runs: [step for steps in runs for step in steps])
SHARES = st.floats(0, 1)


@st.composite
def configs(draw: st.DrawFn) -> AutoscalerConfig:
    """Any configuration there may be."""
    least = draw(st.integers(1, 20))
    return AutoscalerConfig(
        min_workers=least,
        max_workers=least + draw(st.integers(0, 20)),
        scale_up_count=draw(st.integers(1, 50)),
        scale_down_count=draw(st.integers(1, 50)),
        scale_up_cooldown_seconds=draw(st.sampled_from([0, 60, 500])),
        scale_down_cooldown_seconds=draw(st.sampled_from([0, 300, 900])),
        consecutive_signals_required=draw(st.integers(1, 4)),
        enable_adaptive_thresholds=draw(st.booleans()),
        learning_rate=draw(st.floats(0.01, 1)),
    )


def between(config: AutoscalerConfig, share: float) -> int:
    """A size within the limits."""
    return round(config.min_workers + share * (config.max_workers - config.min_workers))


def run(config: AutoscalerConfig, size: int, steps: list[Any]) -> list[tuple[float, Decision]]:
    """Decide on every step, and obey."""
    controller, now_s, found = Controller(config), 0.0, []
    for passed_s, utilization, memory_mb, queues in steps:
        now_s += passed_s
        decision = controller.decide(Sample(NOON, size, utilization, memory_mb, queues), now_s)
        found.append((now_s, decision))
        assert decision.from_size == size
        size = decision.to_size
    return found


@whatever
@given(config=configs(), share=SHARES, steps=STEPS)
def test_steps_stay_within_limits_and_step_sizes(
    config: AutoscalerConfig, share: float, steps: list[Any]
) -> None:
    for _, decision in run(config, between(config, share), steps):
        assert config.min_workers <= decision.to_size <= config.max_workers
        moved = decision.to_size - decision.from_size
        assert -config.scale_down_count <= moved <= config.scale_up_count
        assert decision.action == ("up" if moved > 0 else "down" if moved < 0 else "hold")
        assert decision.reason


@whatever
@given(config=configs(), size=st.integers(0, 60), steps=STEPS)
def test_a_pool_of_any_size_is_within_limits_from_the_first_decision_on(
    config: AutoscalerConfig, size: int, steps: list[Any]
) -> None:
    for _, decision in run(config, size, steps):
        assert config.min_workers <= decision.to_size <= config.max_workers


@whatever
@given(config=configs(), share=SHARES, steps=STEPS)
def test_nothing_changes_within_a_cooldown(
    config: AutoscalerConfig, share: float, steps: list[Any]
) -> None:
    up_at_s = changed_at_s = -1e9
    for now_s, decision in run(config, between(config, share), steps):
        if decision.action == "up":
            assert now_s - up_at_s >= config.scale_up_cooldown_seconds
            up_at_s = changed_at_s = now_s
        elif decision.action == "down":
            assert now_s - changed_at_s >= config.scale_down_cooldown_seconds
            changed_at_s = now_s


@whatever
@given(config=configs(), share=SHARES, steps=STEPS)
def test_a_change_has_as_many_samples_with_its_signals_before_it(
    config: AutoscalerConfig, share: float, steps: list[Any]
) -> None:
    decisions = [decision for _, decision in run(config, between(config, share), steps)]
    needed = config.consecutive_signals_required
    for end, decision in enumerate(decisions, 1):
        if decision.action == "hold":
            continue
        asking = decisions[max(0, end - needed) : end]
        assert len(asking) == needed
        assert all(one.action == "hold" for one in asking[:-1])
        for one in asking:
            signals = [sig for sig in one.signals if sig.direction == decision.action]
            assert len(signals) >= 2
            assert decision.action == "down" or any(sig.is_demand for sig in signals)


@whatever
@given(config=configs(), share=SHARES, steps=STEPS)
def test_the_same_samples_give_the_same_decisions(
    config: AutoscalerConfig, share: float, steps: list[Any]
) -> None:
    size = between(config, share)
    assert run(config, size, steps) == run(config, size, steps)

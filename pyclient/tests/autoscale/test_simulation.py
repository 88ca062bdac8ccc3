"""The controller against simulated load: it follows, settles, and does not flap."""

from __future__ import annotations

import math
import random

import pytest

from pyclient.tests.autoscale.day import PAGE, renewed, simulated_day
from pyclient.tests.autoscale.simulator import Point, Rate, RunTime, Simulation, turns
from pyclient.worker.autoscale import AutoscalerConfig

MINUTE_S, HOUR_S = 60.0, 3600.0
CONFIG = AutoscalerConfig()


def exponential(dice: random.Random, at_s: float) -> float:
    """A second on average, as unlike each other as chance makes them."""
    return dice.expovariate(1.0)


def long_tailed(dice: random.Random, at_s: float) -> float:
    """A second on average; half of them take 0.6 s, one of a hundred more than 6 s."""
    return dice.lognormvariate(-0.5, 1.0)


@pytest.fixture(params=[1, 2])
def seed(request: pytest.FixtureRequest) -> int:
    """Of all chance in a simulation."""
    return int(request.param)


def simulate(
    rate: Rate,
    hours: float,
    seed: int,
    *,
    peak: float = 8.0,
    size: int = 1,
    config: AutoscalerConfig = CONFIG,
    run_time: RunTime = exponential,
    failing: float = 0.0,
) -> list[Point]:
    """What happened, with the rules that hold in every simulation looked after."""
    simulation = Simulation(
        config,
        rate,
        peak=peak,
        run_time=run_time,
        failing=lambda at_s: failing,
        size=size,
        seed=seed,
    )
    points = simulation.run(hours * HOUR_S)
    keeps_the_rules(points, config)
    return points


def keeps_the_rules(points: list[Point], config: AutoscalerConfig) -> None:
    """Limits, steps, cooldowns, and samples in a row."""
    up_at_s = changed_at_s = -math.inf
    for number, point in enumerate(points):
        decision = point.decision
        assert config.min_workers <= decision.to_size <= config.max_workers
        if decision.action == "hold":
            continue
        moved = decision.to_size - decision.from_size
        assert -config.scale_down_count <= moved <= config.scale_up_count
        needed = config.consecutive_signals_required
        before = points[number + 1 - needed : number]
        assert len(before) == needed - 1
        assert all(one.decision.action == "hold" for one in before)
        assert all(_asks(one, decision.action) for one in before)
        if decision.action == "up":
            assert point.at_s - up_at_s >= config.scale_up_cooldown_seconds
            up_at_s = point.at_s
        else:
            assert point.at_s - changed_at_s >= config.scale_down_cooldown_seconds
        changed_at_s = point.at_s


def _asks(point: Point, direction: str) -> bool:
    return sum(signal.direction == direction for signal in point.decision.signals) >= 2


def since(points: list[Point], hours: float) -> list[Point]:
    """The points from then on."""
    return [one for one in points if one.at_s >= hours * HOUR_S]


def sizes(points: list[Point]) -> set[int]:
    """All sizes that the pool had."""
    return {one.size for one in points}


def longest_wait_s(points: list[Point]) -> float:
    """Of all tasks that were seen waiting."""
    return max(one.oldest_s for one in points)


def switching(low: float, high: float, every_s: float) -> Rate:
    """On and off."""
    return lambda at_s: high if (at_s // every_s) % 2 else low


def test_a_steady_load_is_met_and_then_left_alone(seed: int) -> None:
    settled = since(simulate(lambda at_s: 4.0, 4, seed), 1)
    assert sizes(settled) <= set(range(5, 9))
    assert longest_wait_s(settled) < 5
    assert turns(settled) <= 1


def test_a_step_up_is_met_within_minutes_and_a_step_down_given_back(seed: int) -> None:
    points = simulate(lambda at_s: 8.0 if HOUR_S <= at_s < 4 * HOUR_S else 1.0, 7, seed)
    assert longest_wait_s(since(points, 1.25)[: int(2.5 * 120)]) < 10
    met = since(points, 2.5)[: int(1.5 * 120)]
    assert sizes(met) <= set(range(10, 15))
    assert turns(met) <= 1
    assert sizes(since(points, 6)) <= {1, 2, 3, 4}
    assert turns(since(points, 1)) <= 6


def test_a_ramp_is_followed(seed: int) -> None:
    points = simulate(lambda at_s: min(10.0, at_s / HOUR_S * 5), 4, seed, peak=10)
    assert longest_wait_s(points) < 10
    assert sizes(since(points, 2.5)) <= set(range(12, 17))
    assert turns(points) <= 4


def test_a_burst_is_worked_off_and_the_pool_goes_home(seed: int) -> None:
    rate = switching(1.0, 20.0, 120.0)
    points = simulate(lambda at_s: rate(at_s) if 3600 <= at_s < 3840 else 1.0, 5, seed, peak=20)
    assert longest_wait_s(points) < 300
    assert longest_wait_s(since(points, 1.25)) < 10
    assert max(sizes(points)) > 8
    assert sizes(since(points, 4)) <= {1, 2, 3, 4}
    assert turns(since(points, 1)) <= 5


def test_load_that_comes_and_goes_faster_than_the_cooldown_moves_nothing(seed: int) -> None:
    settled = since(simulate(switching(3.0, 6.0, 60.0), 5, seed), 0.5)
    assert turns(settled) <= 1
    assert longest_wait_s(settled) < 10


def test_load_that_comes_and_goes_slowly_turns_the_pool_no_more_often_than_itself(
    seed: int,
) -> None:
    points = simulate(switching(3.0, 6.0, 1800.0), 6, seed)
    assert turns(points) <= 6 * 2 + 1
    assert longest_wait_s(since(points, 0.5)) < 20


def test_load_around_a_threshold_does_not_flap(seed: int) -> None:
    config = AutoscalerConfig(enable_adaptive_thresholds=False)
    points = simulate(switching(1.55, 1.65, 120.0), 8, seed, size=2, config=config)
    assert turns(points) <= 2 * 8
    assert sizes(points) <= {2, 3, 4, 5}
    assert longest_wait_s(points) < 10


def test_noise_does_not_flap(seed: int) -> None:
    def noisy(at_s: float) -> float:
        waves = 3 * math.sin(0.7 * at_s) * math.sin(0.013 * at_s)
        return 4 + waves + (2 if int(at_s / 7) % 5 == 0 else 0)

    points = simulate(noisy, 5, seed, peak=10, run_time=long_tailed)
    settled = since(points, 1)
    assert turns(settled) <= 1
    assert sizes(settled) <= set(range(6, 11))
    assert longest_wait_s(settled) < 10


def test_without_work_the_pool_goes_to_its_minimum_and_stays(seed: int) -> None:
    config = AutoscalerConfig(min_workers=2)
    points = simulate(lambda at_s: 8.0 if at_s < HOUR_S else 0.0, 4, seed, size=2, config=config)
    assert max(sizes(points)) > 8
    # one worker every 330 s: the cooldown, and what is left of the interval
    assert sizes(since(points, 1 + (max(sizes(points)) + 2) * 330 / HOUR_S)) == {2}


def test_failing_and_heavier_tasks_alone_do_not_grow_the_pool(seed: int) -> None:
    def heavier(dice: random.Random, at_s: float) -> float:
        return dice.uniform(0.01, 0.02) if at_s < HOUR_S else dice.uniform(0.05, 0.15)

    points = simulate(lambda at_s: 1.0, 3, seed, run_time=heavier, failing=0.5)
    beyond = {signal.metric for point in points for signal in point.decision.signals}
    assert beyond >= {"task_complexity", "error_rate"}
    assert sizes(points) == {1}


def test_more_load_than_the_maximum_carries_holds_the_maximum(seed: int) -> None:
    config = AutoscalerConfig(max_workers=4)
    points = simulate(lambda at_s: 8.0, 2, seed, config=config)
    assert sizes(since(points, 0.25)) == {4}
    assert points[-1].decision.reason.endswith("but max_workers is 4")


@pytest.fixture(scope="module")
def day() -> list[Point]:
    """Night, morning, a busy afternoon, evening: the day of docs/autoscaling.md."""
    points = simulated_day()
    keeps_the_rules(points, CONFIG)
    return points


def test_a_day_is_followed_from_night_to_night(day: list[Point]) -> None:
    assert longest_wait_s(day) < 15
    assert turns(day) <= 10
    assert sizes(day[240:720]) == {1}
    assert sizes(day[-60:]) <= {1, 2}
    assert 8 <= max(sizes(day)) <= 12


def test_the_page_shows_this_day(day: list[Point]) -> None:
    page = PAGE.read_text()
    assert renewed(page, day) == page
    assert "16:00" in page


def test_the_same_seed_gives_the_same_decisions() -> None:
    first, second = (simulate(lambda at_s: 4.0, 1, seed=5) for _ in range(2))
    assert first == second
    assert simulate(lambda at_s: 4.0, 1, seed=6) != first

"""Shapes of load as plain functions."""

from __future__ import annotations

import itertools

import pytest

from loadtests.load import shapes
from loadtests.load.shapes import Ramp, users_at


def test_steady_is_the_peak_until_it_is_over() -> None:
    assert [users_at("steady", at, 60, 24) for at in (0, 30, 59.9, 60)] == [24, 24, 24, None]


def test_a_spike_comes_at_once_and_goes() -> None:
    assert [users_at("spike", at, 100, 50) for at in (0, 39, 40, 59, 60, 99)] == (
        [10, 10, 50, 50, 10, 10]
    )


def test_a_day_is_quiet_at_night_and_dips_at_noon() -> None:
    night, morning, noon, afternoon = (
        users_at("day", hour, 24, 100) or 0 for hour in (5, 11, 13, 15)
    )
    assert (night, morning, noon, afternoon) == (5, 100, 70, 95)


@pytest.mark.parametrize("name", shapes.CURVES)
def test_a_curve_stays_between_one_user_and_the_peak(name: str) -> None:
    found = [users_at(name, second, 3600, 40) for second in range(3600)]
    assert all(users is not None and 1 <= users <= 40 for users in found)
    assert users_at(name, 0, 10, 1) == 1


def test_a_day_has_no_jumps() -> None:
    found = [shapes.day(share / 1000) for share in range(1001)]
    assert max(abs(b - a) for a, b in itertools.pairwise(found)) < 0.02


def test_a_ramp_ends_where_the_rate_stops_rising() -> None:
    ramp = Ramp(8, 200)
    for rate in (100.0, 150.0, 200.0, 205.0):
        assert not ramp.is_over
        ramp.note(rate)
    assert ramp.is_saturated
    assert [users for users, _ in ramp.steps] == [8, 12, 18, 27]


def test_a_ramp_compares_with_the_best_step() -> None:
    ramp = Ramp(8, 200)
    for rate in (100.0, 80.0):
        ramp.note(rate)
    assert ramp.is_saturated


def test_a_ramp_that_reaches_the_peak_is_not_saturated() -> None:
    ramp = Ramp(8, 10)
    for rate in (100.0, 150.0):
        ramp.note(rate)
    assert (ramp.steps, ramp.is_over, ramp.is_saturated) == ([(8, 100.0), (10, 150.0)], True, False)


def test_a_ramp_without_calls_is_over_at_once() -> None:
    ramp = Ramp(1, 10)
    ramp.note(0.0)
    assert ramp.is_over

"""Pass or fail, and the words for it."""

from __future__ import annotations

import dataclasses

import pytest

from loadtests.load.verdict import Bounds, Line, Sample, Verdict, text, three_digits

IDLE = Sample(calls=100, failed=0, p50_ms=1.0, p99_ms=2.0)


def verdict(p99_ms: float = 10.0, bound: float = 20.0, failed: int = 0) -> Verdict:
    load = Sample(calls=900, failed=failed, p50_ms=2.0, p99_ms=p99_ms)
    return Verdict(
        lines=[Line("celers_step", load, IDLE, bound)],
        faults=[],
        broken=[],
        budget=0.0,
        bounds_apply=True,
        is_complete=True,
    )


def test_nothing_wrong_passes() -> None:
    assert verdict().is_passed
    assert text(verdict()).endswith("PASS")


def test_a_p99_beyond_its_bound_fails() -> None:
    assert list(verdict(p99_ms=41.0).wrong()) == [
        "p99: celers_step took 41.00 ms under load, 20.5 times the 2.00 ms idle; bound 20"
    ]


def test_where_bounds_do_not_apply() -> None:
    few = dataclasses.replace(IDLE, calls=1)
    line = Line("celers_step", IDLE, few, 20.0)
    unjudged = dataclasses.replace(verdict(), lines=[line])
    assert list(unjudged.wrong()) == [
        "p99: no routine was called 20 times both idle and under load"
    ]
    assert dataclasses.replace(unjudged, bounds_apply=False).is_passed
    assert dataclasses.replace(unjudged, is_complete=False).is_passed


@pytest.mark.parametrize(("calls", "bound"), [(20, 50.0), (499, 50.0), (500, 10.0)])
def test_few_calls_have_a_wider_bound_and_not_none(calls: int, bound: float) -> None:
    for p99_ms, is_met in ((2.0 * bound, True), (2.1 * bound, False)):
        line = Line("celers_list_dlq", Sample(calls, 0, 1.0, p99_ms), IDLE, 10.0)
        assert (line.bound, line.is_met) == (bound, is_met)


def test_no_bound_is_no_judgement() -> None:
    assert verdict(p99_ms=1e6, bound=0.0).is_passed


def test_the_error_budget_is_a_share_of_all_calls() -> None:
    failing = verdict(failed=10)
    assert list(failing.wrong()) == ["errors: 10 of 1,000 calls failed, budget 0.00%"]
    assert dataclasses.replace(failing, budget=0.01).is_passed
    assert not dataclasses.replace(failing, budget=0.009).is_passed


def test_a_wrong_ledger_and_a_broken_run_fail() -> None:
    wrong = dataclasses.replace(verdict(), faults=["lost: one"], broken=["no server"])
    assert list(wrong.wrong()) == ["no server", "ledger: lost: one"]
    assert text(wrong).endswith("FAIL")


def test_a_run_without_calls_fails() -> None:
    assert list(dataclasses.replace(verdict(), lines=[]).wrong()) == [
        "nothing was called under load"
    ]


def test_an_interrupted_run_says_so() -> None:
    cut = dataclasses.replace(verdict(), is_complete=False)
    assert text(cut).endswith("PASS, as far as it went: INTERRUPTED")


def test_bounds_by_routine() -> None:
    bounds = Bounds.parse("20, celers_step=5.5")
    assert bounds.of("celers_step") == 5.5
    assert bounds.of("celers_ack") == 20.0
    assert bounds.of("celers_dequeue_wait") == 0.0


@pytest.mark.parametrize("text", ["", "x", "20,celers_step", "20,celers_step=x", "-1", "nan"])
def test_bounds_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"form|no number"):
        Bounds.parse(text)


def test_times_keep_three_digits() -> None:
    assert [three_digits(time_ms) for time_ms in (0.12345, 1.2345, 123.45, 12345.0)] == (
        [0.123, 1.23, 123.0, 12300.0]
    )

"""How many tasks are claimed ahead, and which queue goes first."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from pyclient.worker.board import Board, Phase, Why
from pyclient.worker.demand import IN_HAND_MOST, Prefetch, QueueOrder
from pyclient.worker.job import Job


def test_nothing_is_claimed_ahead_before_a_task_has_run() -> None:
    assert Prefetch(0).ahead(4) == 0


def test_short_tasks_are_claimed_ahead_more_and_more() -> None:
    prefetch = Prefetch(0)
    prefetch.note(0.000_01)
    found = [prefetch.ahead(1) for _ in range(12)]
    assert found == [1, 3, 7, 15, 31, 63, 127, 255, 511, *[IN_HAND_MOST - 1] * 3]
    assert prefetch.ahead(IN_HAND_MOST + 1) == 0


def test_what_ended_is_collected_while_enough_waits() -> None:
    prefetch = Prefetch(0)
    assert prefetch.enough(1) == 0
    prefetch.note(0.004)
    assert [(prefetch.ahead(1), prefetch.enough(1)) for _ in range(4)] == [
        (1, 1),
        (3, 2),
        (7, 4),
        (12, 9),
    ]


def test_what_ended_is_handed_in_at_once_between_long_tasks() -> None:
    prefetch = Prefetch(10)
    assert prefetch.ahead(1) == prefetch.enough(1) == 9
    prefetch.note(0.001)
    assert prefetch.enough(1) == 5
    for _ in range(50):
        prefetch.note(1.0)
    assert prefetch.enough(1) == 9


def test_of_long_tasks_none_is() -> None:
    prefetch = Prefetch(0)
    prefetch.note(0.000_01)
    assert prefetch.ahead(1) == 1
    for _ in range(20):
        prefetch.note(1.0)
    assert prefetch.ahead(1) == 0
    assert prefetch.ahead(100) > 0  # some of so many end within 50 ms


@pytest.mark.parametrize(("fixed", "places", "ahead"), [(1, 8, 0), (3, 1, 2), (3, 4, 8)])
def test_a_fixed_number(fixed: int, places: int, ahead: int) -> None:
    prefetch = Prefetch(fixed)
    prefetch.note(100)
    assert prefetch.ahead(places) == ahead


def test_a_strict_order_is_the_given_one() -> None:
    assert {QueueOrder(["b", "a"], {}).draw() for _ in range(50)} == {"b,a"}


def test_weights_are_how_often_a_queue_goes_first() -> None:
    random.seed(7)
    order = QueueOrder(["a", "b", "c"], {"a": 6, "b": 3, "c": 1})
    drawn = [order.draw().split(",") for _ in range(4000)]
    assert all(sorted(names) == ["a", "b", "c"] for names in drawn)
    firsts = Counter(names[0] for names in drawn)
    for name, share in {"a": 0.6, "b": 0.3, "c": 0.1}.items():
        assert abs(firsts[name] / len(drawn) - share) < 0.05


def job(number: int) -> Job:
    text = f"00000000-0000-7000-8000-{number:012d}"
    return Job(text, text, "t", "q", "[]", "application/json", {}, 1, 0, None)


def key(one: Job) -> tuple[str, str]:
    return one.task_id, one.receipt


def test_the_board_tells_what_is_in_hand() -> None:
    board = Board(3)
    jobs = [job(number) for number in range(4)]
    for one in jobs:  # the fourth finds no room, and that is no failure
        board.hold(one)
    board.begin(jobs[1], None)
    board.begin(jobs[2], 0.0)
    board.end(jobs[0], is_done=True)
    board.begin(jobs[3], None)
    board.end(jobs[3], is_done=False)
    board.drop(jobs[3])
    phases = {entry.key: entry.phase for entry in board.entries()}
    assert phases == {
        key(jobs[0]): Phase.DONE,
        key(jobs[1]): Phase.RUNNING,
        key(jobs[2]): Phase.RUNNING,
    }
    assert [entry.key for entry in board.overdue()] == [key(jobs[2])]
    assert board.running() == 2
    board.force(jobs[1], Why.CANCELLED, 0.0)
    assert {entry.why for entry in board.overdue()} == {Why.TIMEOUT, Why.CANCELLED}
    for one in jobs:
        board.drop(one)
    assert board.entries() == []


def test_a_place_that_is_used_again_forgets_its_limit() -> None:
    board = Board(1)
    first, second = job(1), job(2)
    board.hold(first)
    board.begin(first, 0.0)
    board.drop(first)
    board.hold(second)
    board.begin(second, None)
    assert board.overdue() == []

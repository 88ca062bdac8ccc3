"""When nobody did maintenance for a while, workers may hand in first what they did meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.tests.race.kit import Lab, Row, Session

LATE = "UTC_TIMESTAMP(6) - INTERVAL 65 SECOND"


def tick(lab: Lab, due_at: str) -> str:
    """Have recover_expired due since then, do what is due, and tell the task's state after it."""
    lab.sql("UPDATE celers_maintenance SET is_enabled = (duty = 'recover_expired')")
    lab.sql(f"UPDATE celers_maintenance SET next_at = {due_at} WHERE duty = 'recover_expired'")
    lab.sql("CALL celers_tick()")
    return str(lab.value("SELECT state FROM celers_tasks"))


@pytest.fixture
def held(lab: Lab) -> Row:
    """A claimed task whose lease ran out while the server was away."""
    lab.quiet()
    tick_before = lab.session()
    tick_before.enqueue()
    tick(lab, "UTC_TIMESTAMP(6)")  # maintenance was done before
    (task,) = tick_before.claim()
    lab.lapse()
    return task


def test_what_was_done_meanwhile_is_taken(lab: Lab, held: Row) -> None:
    assert tick(lab, LATE) == "processing"
    worker = lab.session()
    assert worker.outcome("celers_ack", held["task_id"], held["receipt"]) == "completed"


def test_the_lease_is_lost_a_moment_later(lab: Lab, held: Row) -> None:
    assert tick(lab, LATE) == "processing"
    due_s = "TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), next_at) BETWEEN 1 AND 5000000"
    assert lab.value(f"SELECT {due_s} FROM celers_maintenance WHERE duty = 'recover_expired'") == 1
    assert tick(lab, "UTC_TIMESTAMP(6)") == "pending"


def test_maintenance_that_is_always_late_is_put_off_once(lab: Lab, held: Row) -> None:
    assert [tick(lab, LATE), tick(lab, LATE)] == ["processing", "pending"]


@pytest.mark.parametrize("turn", ["celers_dequeue_batch", "celers_step"])
def test_a_claim_after_the_pause_does_not_take_it(lab: Lab, held: Row, turn: str) -> None:
    lab.sql(f"UPDATE celers_maintenance SET next_at = {LATE} WHERE duty = 'recover_expired'")
    lab.sql("UPDATE celers_upkeep SET next_at = '2000-01-01'")
    turns: dict[str, Callable[[Session], list[Row]]] = {
        "celers_dequeue_batch": lambda session: session.claim(5),
        "celers_step": lambda session: session.call(
            "celers_step", "w", None, None, {"queues": "q"}
        ),
    }
    other = lab.session()
    assert [turns[turn](other) for _ in range(3)] == [[], [], []]
    assert other.outcome("celers_ack", held["task_id"], held["receipt"]) == "completed"

"""Progress that meets the end of its attempt, the loss of its lease, or another telling."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import mysql.connector
import pytest

from db.tests.race.kit import Background, Lab, Row, Session, together

ROUNDS = 30


def claimed(lab: Lab, session: Session, count: int = 1) -> list[Row]:
    """Claim newly enqueued tasks."""
    lab.admin.enqueue_many(count)
    return session.claim(count)


def tell(session: Session, task: Row, percent: float | None, **options: object) -> str:
    """Tell progress: told, or the name of the error."""
    receipt = (task["task_id"], task["receipt"])
    try:
        session.call("celers_update_task_progress", *receipt, percent, options or None)
    except mysql.connector.Error as error:
        return str(error.msg).partition(":")[0]
    return "told"


def told(lab: Lab, task: Row) -> float | None:
    """The percentage that stands."""
    rows = lab.admin.call("celers_get_task_progress", task["task_id"])
    return float(rows[0]["percent"]) if rows else None


@pytest.mark.parametrize("end", ["ack", "reject", "loss"])
def test_progress_and_the_end_of_the_attempt(lab: Lab, end: str) -> None:
    """What was told as written stands; what comes after the end is refused and changes nothing."""
    lab.quiet()
    teller, ender = lab.sessions(2)
    for _ in range(ROUNDS):
        (task,) = claimed(lab, teller)
        assert tell(teller, task, 10) == "told"
        receipt = (task["task_id"], task["receipt"])
        if end == "loss":
            lab.lapse()
        ends: dict[str, Callable[[], str]] = {
            "ack": partial(ender.outcome, "celers_ack", *receipt),
            "reject": partial(ender.outcome, "celers_reject", *receipt, "boom", {"delay_s": 0}),
            "loss": lambda: str(lab.duty("recover_expired", ender)),
        }
        answer, outcome = together([partial(tell, teller, task, 20), ends[end]])
        assert (answer, told(lab, task)) in [("told", 20), ("LEASE_LOST", 10)]
        assert outcome in ("completed", "retried", "1", "0")
        if outcome == "0":  # its row was held, and is left for the next run
            assert answer == "told"
            assert lab.duty("recover_expired", ender) == 1
        assert tell(teller, task, 30) == "LEASE_LOST"
        lab.check()
        lab.clear()


def test_progress_and_the_deletion_of_the_task(lab: Lab) -> None:
    """A task that ends and is deleted meanwhile leaves no progress behind."""
    lab.quiet()
    lab.sql("UPDATE celers_queue SET retention_s = 1")
    teller, ender = lab.sessions(2)
    for _ in range(ROUNDS):
        (task,) = claimed(lab, teller)

        def end(task: Row = task) -> str:
            outcome = ender.outcome("celers_ack", task["task_id"], task["receipt"])
            ender.sql("UPDATE celers_finished SET finished_at = '2001-01-01'")
            assert lab.duty("archive_completed_tasks", ender) == 1
            return outcome

        answer, outcome = together([partial(tell, teller, task, 20), end])
        assert answer in ("told", "LEASE_LOST", "TASK_NOT_FOUND")
        assert outcome == "completed"
        assert tell(teller, task, 30) == "TASK_NOT_FOUND"
        assert lab.value("SELECT COUNT(*) FROM celers_progress") == 0
        assert lab.check() == {}


def test_many_tell_of_one_task(lab: Lab) -> None:
    """Nobody fails, and what each of them told last stands."""
    sessions = lab.sessions(6)
    lab.quiet()
    for _ in range(5):
        (task,) = claimed(lab, sessions[0])

        def work(number: int, task: Row = task) -> None:
            for turn in range(10):
                if number % 2:
                    assert tell(sessions[number], task, turn * 10) == "told"
                else:
                    assert tell(sessions[number], task, None, checkpoint=f"[{turn}]") == "told"

        together([partial(work, number) for number in range(6)])
        (row,) = lab.admin.call("celers_get_task_progress", task["task_id"])
        assert (row["percent"], row["checkpoint"]) == (90, "[9]")


def test_progress_inside_a_transaction_holds_up_no_heartbeat(lab: Lab) -> None:
    """The lease of a task whose transaction is long is prolonged all the same."""
    lab.quiet()
    worker, beat, keeper = lab.sessions(3)
    (task,) = claimed(lab, worker)
    lab.lapse()
    worker.sql("START TRANSACTION")
    assert tell(worker, task, 50, checkpoint="[1]") == "told"
    assert lab.duty("recover_expired", keeper) == 0
    beat.call("celers_extend", task["receipt"], 600)
    ack = Background(partial(beat.outcome, "celers_ack", task["task_id"], task["receipt"]))
    lab.blocked(beat.id)
    worker.sql("COMMIT")
    assert ack.result() == "completed"
    assert told(lab, task) == 50
    assert tell(worker, task, 60) == "LEASE_LOST"
    lab.check()

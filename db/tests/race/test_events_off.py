"""With the event scheduler off everything still ends: whoever claims does what is due.

The schema's events are disabled here, which is what a promoted replica or event_scheduler=OFF
comes to.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from db.tests.race.kit import Background, Lab, Row, Session, until

PAST = "UTC_TIMESTAMP(6) - INTERVAL 1 SECOND"


def by_wait(session: Session) -> list[Row]:
    """A waiter's turn."""
    return session.call("celers_dequeue_wait", "q", "w", 5, {"wait_ms": 100})


def by_look(session: Session) -> list[Row]:
    """A turn of somebody who asks again and again without waiting."""
    return session.call("celers_dequeue_wait", "q", "w", 5, {"wait_ms": 0})


def by_claim(session: Session) -> list[Row]:
    """A poller's turn."""
    return session.claim(5)


def by_step(session: Session) -> list[Row]:
    """A turn of our worker's loop."""
    return session.call("celers_step", "w", None, None, {"queues": "q", "limit": 5})


WAYS = [by_wait, by_look, by_claim, by_step]
Way = Callable[[Session], list[Row]]


@pytest.fixture(autouse=True)
def no_events(lab: Lab) -> None:
    """No event of this schema runs."""
    enabled = lab.sql(
        "SELECT event_name FROM information_schema.events"
        f" WHERE event_schema = '{lab.name}' AND status = 'ENABLED'"
    )
    assert enabled == []


def collect(lab: Lab, turn: Way, wanted: int, count: int = 3) -> list[Row]:
    """What some workers get until they have as many tasks as wanted."""
    over = threading.Event()
    got: list[Row] = []

    def work(session: Session) -> None:
        while not over.is_set():
            got.extend(turn(session))

    crew = [Background(partial(work, s)) for s in lab.sessions(count)]
    until(lambda: len(got) >= wanted, f"{wanted} tasks", crew)
    over.set()
    for worker in crew:
        worker.result()
    return got


@pytest.mark.parametrize("turn", WAYS)
def test_delayed_tasks_become_due(lab: Lab, turn: Way) -> None:
    ids = [lab.admin.enqueue(delay_s=0.05) for _ in range(30)]
    got = collect(lab, turn, len(ids))
    assert Counter(row["task_id"] for row in got) == Counter(ids)
    assert set(lab.check().values()) == {"running"}


@pytest.mark.parametrize("turn", WAYS)
def test_lost_leases_come_back(lab: Lab, turn: Way) -> None:
    ids = lab.admin.enqueue_many(20)
    assert len(lab.session().claim(20)) == 20
    lab.lapse()
    got = collect(lab, turn, len(ids))
    assert Counter(row["task_id"] for row in got) == Counter(ids)
    assert {row["attempt"] for row in got} == {2}
    lab.check()


@pytest.mark.parametrize("turn", WAYS)
def test_tasks_that_expired_end(lab: Lab, turn: Way) -> None:
    late = lab.admin.enqueue_many(10, expires_s=1000)
    late.append(lab.admin.enqueue(delay_s=500, expires_s=100))
    for table in ("celers_expiry", "celers_ready", "celers_scheduled"):
        lab.sql(f"UPDATE {table} SET expires_at = {PAST} ORDER BY id")
    kept = lab.admin.enqueue()
    got = collect(lab, turn, 1)
    assert [row["task_id"] for row in got] == [kept]
    session = lab.session()

    def is_over() -> bool:
        turn(session)
        return not lab.sql("SELECT 1 FROM celers_expiry")

    until(is_over, "the end of the expired tasks")
    assert lab.check() == {**dict.fromkeys(late, "expired"), kept: "running"}


@pytest.mark.parametrize("turn", WAYS)
def test_failing_and_crashing_tasks_end(lab: Lab, turn: Way) -> None:
    """Retries and lost leases, to the last dead letter, by nothing but workers."""
    lab.sql("UPDATE celers_queue SET max_crashes = 2")
    fails = [lab.admin.enqueue(name="fails", max_retries=2, retry=FAST) for _ in range(4)]
    crashes = [lab.admin.enqueue(name="crashes") for _ in range(4)]
    works = [lab.admin.enqueue(name="works") for _ in range(4)]
    session = lab.session()

    def is_over() -> bool:
        for row in turn(session):
            receipt = (row["task_id"], row["receipt"])
            if row["task_name"] == "fails":
                session.call("celers_reject", *receipt, "no luck", None)
            elif row["task_name"] == "works":
                session.call("celers_ack", *receipt)
        lab.lapse()
        return bool(
            lab.value(
                "SELECT COUNT(*) = 12 FROM (SELECT 1 FROM celers_dead"
                " UNION ALL SELECT 1 FROM celers_finished) AS ended"
            )
        )

    until(is_over, "the end of all tasks")
    expected = {**dict.fromkeys(fails + crashes, "dead"), **dict.fromkeys(works, "completed")}
    assert lab.check() == expected
    assert sorted(lab.sql("SELECT reason, attempt, errors, crashes FROM celers_dead")) == sorted(
        [("exhausted", 3, 3, 0)] * 4 + [("crashed", 3, 0, 3)] * 4
    )


FAST = {"strategy": "fixed", "base_s": 0.01}


@pytest.mark.parametrize("turn", WAYS)
def test_duties_that_are_off_are_not_done(lab: Lab, turn: Way) -> None:
    """A person has disabled them: nobody does them behind his back."""
    lab.quiet()
    scheduled = lab.admin.enqueue(delay_s=1000)
    running = lab.admin.enqueue()
    session = lab.session()
    assert len(turn(session)) == 1
    lab.make_due()
    lab.lapse()
    before = lab.sql("SELECT * FROM celers_maintenance")
    for _ in range(20):
        lab.sql("UPDATE celers_upkeep SET next_at = '2000-01-01'")
        assert turn(session) == []
    assert lab.sql("SELECT * FROM celers_maintenance") == before
    assert lab.check() == {scheduled: "scheduled", running: "running"}
    lab.sql("UPDATE celers_maintenance SET is_enabled = TRUE WHERE duty = 'promote_due'")
    lab.sql("UPDATE celers_upkeep SET next_at = '2000-01-01'")
    assert [row["task_id"] for row in collect(lab, turn, 1, 1)] == [scheduled]
    assert lab.check() == {scheduled: "running", running: "running"}


def test_the_order_of_due_times_is_kept(lab: Lab) -> None:
    ids = [lab.admin.enqueue(delay_s=1000 - n) for n in range(10)]
    lab.make_due()
    got: list[Row] = []
    session = lab.session()

    def claim_some() -> bool:
        got.extend(session.claim(3))
        return len(got) == 10

    until(claim_some, "the tasks")
    assert [row["task_id"] for row in got] == ids[::-1]

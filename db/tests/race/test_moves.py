"""Maintenance: what moves tasks while others claim, end and cancel them."""

from __future__ import annotations

import random
import threading
from collections import Counter
from functools import partial

import pytest

from db.tests.race.kit import Lab, Row, Session, error_of, new_id, together, until

DUTIES = (
    *("promote_due", "recover_expired", "expire_pending", "advance_marks", "sweep_marks"),
    *("apply_priority_aging", "archive_completed_tasks", "apply_dlq_retention"),
    "forget_workers",
)


def schedule(lab: Lab, count: int, **options: object) -> list[str]:
    """Tasks whose time has come, in the order of their times, and nobody has looked yet."""
    items = [
        {"task_name": "job", "payload": "{}", "task_id": new_id(), "delay_s": 1000 + n, **options}
        for n in range(count)
    ]
    lab.admin.call("celers_enqueue_batch", "q", items, None)
    lab.make_due()
    return [str(item["task_id"]) for item in items]


def pick(row: Row) -> Row:
    """A claimed row as an item for ack."""
    return {"task_id": row["task_id"], "receipt": row["receipt"]}


def all_due(lab: Lab) -> None:
    """Make every maintenance duty due, with small batches."""
    lab.sql(
        "UPDATE celers_maintenance SET is_enabled = TRUE, next_at = '2000-01-01',"
        " batch_limit = 20, period_ms = 1"
    )


def upkeep(session: Session) -> None:
    """A bit of maintenance, as a claim does it."""
    session.sql("CALL _celers_run_duty(@quiet, @quiet IS NULL, @duty, @moved)")


def test_promotions_at_once(lab: Lab) -> None:
    """Every task is promoted once, in the order of the due times."""
    ids = schedule(lab, 300)
    all_due(lab)
    sessions = lab.sessions(8)

    def promote(session: Session) -> None:
        while session.value("SELECT 1 FROM celers_scheduled LIMIT 1"):
            upkeep(session)

    together([partial(promote, s) for s in sessions])
    assert lab.check() == dict.fromkeys(ids, "ready")
    lab.quiet()
    assert [row["task_id"] for row in sessions[0].claim(300)] == ids


def test_promotions_at_once_without_the_guard(lab: Lab) -> None:
    """Nothing depends on there being only one: rows that somebody holds are passed over."""
    lab.quiet()
    ids = schedule(lab, 300)
    promote = "CALL _celers_promote(10, @mark, @count)"

    def work(session: Session) -> int:
        moved = 0
        while session.value("SELECT 1 FROM celers_scheduled LIMIT 1"):
            session.sql(
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION;"
                f"SET @mark = NULL; {promote}; COMMIT"
            )
            moved += int(session.value("SELECT @count"))
        return moved

    assert sum(together([partial(work, s) for s in lab.sessions(8)])) == 300
    assert lab.check() == dict.fromkeys(ids, "ready")


def test_lapsed_leases_by_many_at_once(lab: Lab) -> None:
    """Every lost attempt is counted once, whoever takes the task back."""
    sessions = lab.sessions(8)
    lab.quiet()
    ids = lab.admin.enqueue_many(240)
    claims = [sessions[0].claim(size) for size in [1, 2, 5, 12] * 12]
    assert sum(map(len, claims)) == 240
    lab.lapse()
    all_due(lab)

    def recover(session: Session) -> None:
        while session.value("SELECT 1 FROM celers_running LIMIT 1"):
            upkeep(session)

    together([partial(recover, s) for s in sessions])
    assert lab.check() == dict.fromkeys(ids, "ready")
    assert lab.sql("SELECT DISTINCT attempt, errors, crashes FROM celers_ready") == [(1, 0, 1)]
    assert lab.sql("SELECT outcome, COUNT(*) FROM celers_attempt GROUP BY 1") == [("crashed", 240)]


def test_all_duties_by_many_at_once(lab: Lab) -> None:
    """Tasks at every station of their lives, everything due, eight sessions at it."""
    lab.quiet()
    worker = lab.session()
    promoted = schedule(lab, 60)
    expired = lab.admin.enqueue_many(60, expires_s=1000)
    lab.sql(
        "UPDATE celers_ready SET expires_at = '2001-01-01';"
        "UPDATE celers_task SET expires_at = '2001-01-01' WHERE expires_at IS NOT NULL;"
        "UPDATE celers_expiry SET expires_at = '2001-01-01'"
    )
    lost = lab.admin.enqueue_many(60, "w")
    for _ in range(6):
        assert len(worker.claim(10, "w")) == 10
    lab.lapse()
    dead, old = lab.admin.enqueue_many(30, "d"), lab.admin.enqueue_many(30, "f")
    rejects = [{**pick(row), "retry": False} for row in worker.claim(30, "d")]
    worker.call("celers_reject_batch", rejects)
    worker.call("celers_ack_batch", [pick(row) for row in worker.claim(30, "f")])
    lab.sql(
        "UPDATE celers_dead SET died_at = '2001-01-01';"
        "UPDATE celers_finished SET finished_at = '2001-01-01';"
        "UPDATE celers_queue SET retention_s = 100, dlq_retention_s = 100"
    )
    all_due(lab)

    to_do = " UNION ALL ".join(
        f"SELECT 1 FROM {table}"
        for table in (
            *("celers_scheduled", "celers_running", "celers_expiry", "celers_dead"),
            "celers_finished WHERE state = 'completed'",
        )
    )

    def work(session: Session) -> None:
        while session.value(f"{to_do} LIMIT 1"):
            upkeep(session)

    together([partial(work, s) for s in lab.sessions(8)])
    places = lab.check()
    assert Counter(places.values()) == {"ready": 120, "expired": 60}
    assert {places[task_id] for task_id in promoted + lost} == {"ready"}
    assert {places[task_id] for task_id in expired} == {"expired"}
    assert not set(dead + old) & set(places)
    assert lab.value("SELECT COUNT(*) FROM celers_expiry") == 0
    assert {row[0] for row in lab.sql("SELECT duty FROM celers_maintenance")} >= set(DUTIES)


TABLES = (
    *("celers_ready", "celers_scheduled", "celers_running", "celers_claim", "celers_finished"),
    *("celers_dead", "celers_expiry", "celers_worker"),
)


def prepare_all(lab: Lab, worker: Session) -> None:
    """Something to do for every duty."""
    lab.admin.enqueue_many(6)
    done, failed, *running = [worker.claim()[0] for _ in range(6)]
    worker.call("celers_ack_batch", [pick(done)])
    worker.call("celers_reject_batch", [{**pick(failed), "retry": False}])
    worker.call("celers_extend", running[0]["receipt"], 60)
    schedule(lab, 3)
    lab.admin.enqueue_many(3)
    lab.make_old(10000)
    lab.admin.enqueue_many(3, expires_s=1000)
    lab.lapse()
    lab.mark("2100-01-01")
    worker.call("celers_register_worker", "silent", None)
    lab.sql(
        "UPDATE celers_worker SET last_heartbeat_at = '2001-01-01';"
        "UPDATE celers_ready SET expires_at = '2001-01-01' WHERE expires_at IS NOT NULL;"
        "UPDATE celers_expiry SET expires_at = '2001-01-01';"
        "UPDATE celers_finished SET finished_at = '2001-01-01';"
        "UPDATE celers_dead SET died_at = '2001-01-01'"
    )


@pytest.mark.parametrize("duty", DUTIES)
def test_a_duty_waits_for_nobody(lab: Lab, duty: str) -> None:
    """Whatever is locked by a claim, an end, a cancellation or an enqueue is left for later."""
    lab.quiet()
    lab.sql(
        "UPDATE celers_queue SET aging_threshold_s = 60, retention_s = 60, dlq_retention_s = 60"
    )
    holder, keeper = lab.session(), lab.session("SET SESSION innodb_lock_wait_timeout = 1")
    waited = []
    for held in (*TABLES, ", ".join(TABLES)):
        prepare_all(lab, holder)
        before = lab.check()
        holder.sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION")
        for table in held.split(", "):
            assert holder.sql(f"SELECT * FROM {table} FOR UPDATE"), table
        holder.enqueue()
        try:
            lab.duty(duty, keeper)  # an error, such as a lock wait that timed out, is in its row
        except AssertionError as error:
            waited.append(f"{held}: {error}")
            lab.sql("UPDATE celers_maintenance SET last_error = NULL")
        holder.sql("ROLLBACK")
        assert before.keys() >= lab.check().keys()
        lab.clear()
        lab.sql("DELETE FROM celers_mark")
    assert not waited


def test_a_duty_holds_up_nobody(lab: Lab) -> None:
    """Claims, enqueues, acks, rejects and cancellations while a duty's transaction is open."""
    lab.quiet()
    lab.sql("UPDATE celers_queue SET aging_threshold_s = 60")
    keeper, worker = lab.session(), lab.session("SET SESSION innodb_lock_wait_timeout = 1")
    lab.admin.enqueue_many(6)
    tasks = worker.claim(3)
    lab.mark("2000-01-01")
    for duty in DUTIES:
        keeper.sql(
            "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; START TRANSACTION;"
            f"SET @mark = NULL, @mark_id = NULL; {do_duty(lab, duty)}"
        )
        lab.admin.enqueue()
        (row,) = worker.claim()
        assert worker.outcome("celers_ack", row["task_id"], row["receipt"]) == "completed", duty
        outcome = worker.outcome("celers_reject", *pick(tasks[0]).values(), "e", {"delay_s": 0})
        assert outcome == "retried", duty
        worker.call("celers_extend", tasks[1]["receipt"], 60)
        tasks[0] = worker.claim()[0]
        keeper.sql("COMMIT")
    lab.check()


def do_duty(lab: Lab, duty: str) -> str:
    """The call of a duty's routine, inside a transaction of one's own."""
    parameters = lab.value(
        "SELECT COUNT(*) FROM information_schema.parameters"
        f" WHERE specific_schema = '{lab.name}' AND specific_name = '_celers_do_duty'"
    )
    marks = ", ".join(["@mark", "@mark_id"][: int(parameters) - 3])
    return f"CALL _celers_do_duty('{duty}', 100, {marks}, @count)"


def test_ageing_and_claims(lab: Lab) -> None:
    """Tasks that are raised while they are claimed: each is handed out once."""
    lab.sql("UPDATE celers_queue SET aging_threshold_s = 1000, aging_boost = 3")
    ids = []
    for lane in range(5):
        ids += lab.admin.enqueue_many(80, priority=lane)
    lab.make_old(2500)
    lab.quiet()
    lab.sql(
        "UPDATE celers_maintenance SET is_enabled = TRUE, period_ms = 1, batch_limit = 4,"
        " next_at = '2000-01-01' WHERE duty = 'apply_priority_aging'"
    )
    raised = []

    def work(session: Session) -> list[str]:
        taken: list[str] = []
        while session.value("SELECT 1 FROM celers_ready LIMIT 1"):
            upkeep(session)
            raised.append(session.value("SELECT @moved"))
            rows = session.claim(3)
            session.call("celers_ack_batch", [pick(row) for row in rows])
            taken += [str(row["task_id"]) for row in rows]
        return taken

    taken = together([partial(work, s) for s in lab.sessions(5)])
    assert Counter(task_id for share in taken for task_id in share) == Counter(ids)
    assert lab.check() == dict.fromkeys(ids, "completed")
    assert sum(count or 0 for count in raised) > 0


def test_ageing_raises_by_the_waiting_time(lab: Lab) -> None:
    """However often it is done: so much per threshold, and never above the highest."""
    lab.quiet()
    lab.sql(
        "UPDATE celers_queue SET aging_threshold_s = 100, aging_boost = 3, aging_max_priority = 8"
    )
    low, high = lab.admin.enqueue_many(3, priority=1), lab.admin.enqueue_many(2, priority=20)
    lab.make_old(250)
    sessions = lab.sessions(4)
    together([partial(lab.duty, "apply_priority_aging", s) for s in sessions])
    lab.duty("apply_priority_aging")
    lab.make_old(0)
    assert lab.sql("SELECT priority, COUNT(*) FROM celers_ready GROUP BY 1") == [(20, 2), (7, 3)]
    lab.make_old(250)
    lab.duty("apply_priority_aging")
    assert lab.sql("SELECT priority, COUNT(*) FROM celers_ready GROUP BY 1") == [(20, 2), (8, 3)]
    assert [row["task_id"] for row in lab.session().claim(9)] == high + low
    assert lab.sql("SELECT DISTINCT base_priority FROM celers_task ORDER BY 1") == [(1,), (20,)]
    lab.check()


def test_ageing_and_cancellations(lab: Lab) -> None:
    """A task that changes its place while it is looked for is found all the same."""
    lab.quiet()
    lab.sql("UPDATE celers_queue SET aging_threshold_s = 10, aging_boost = 1")
    keeper, producer = lab.sessions(2)
    for seed in range(10):
        ids = lab.admin.enqueue_many(50)
        lab.make_old(25)
        unwanted = random.Random(seed).sample(ids, 50)
        rows, _ = together(
            [
                partial(producer.call, "celers_cancel_batch", unwanted, None),
                lambda: [{"moved": lab.duty("apply_priority_aging", keeper)}],
            ]
        )
        assert {row["outcome"] for row in rows} == {"cancelled"}
        assert set(lab.check().values()) == {"cancelled"}


def test_expiry_and_claims(lab: Lab) -> None:
    """A task whose time runs out while it is claimed: it runs, or it is expired."""
    lab.quiet()
    keeper, *workers = lab.sessions(4)
    for _ in range(8):
        lab.admin.enqueue_many(40, expires_s=1000)
        over = threading.Event()

        def expire(over: threading.Event = over) -> list[Row]:
            for _ in range(4):
                keeper.sql(
                    "START TRANSACTION;"
                    "UPDATE celers_ready SET expires_at = '2001-01-01' ORDER BY id LIMIT 10;"
                    "UPDATE celers_expiry AS e LEFT JOIN celers_ready AS r ON r.id = e.id"
                    " SET e.expires_at = '2001-01-01' WHERE r.expires_at = '2001-01-01';"
                    "COMMIT"
                )
                lab.duty("expire_pending", keeper)
            over.set()
            return []

        def work(session: Session, over: threading.Event = over) -> list[Row]:
            taken: list[Row] = []
            while not over.is_set():
                taken += session.claim(2)
            return taken

        rows = together([expire] + [partial(work, s) for s in workers])
        taken = Counter(row["task_id"] for share in rows for row in share)
        assert not taken or set(taken.values()) == {1}
        places = lab.check()
        for task_id in places:
            expected = {"running"} if task_id in taken else {"expired", "ready"}
            assert places[task_id] in expected
        lab.clear()


def test_a_task_that_was_begun_does_not_expire(lab: Lab) -> None:
    """It was started in time: what is left of its deadline is dropped when it comes."""
    lab.quiet()
    worker = lab.session()
    ids = lab.admin.enqueue_many(3, expires_s=1000)
    for row, delay_s in zip(worker.claim(2), (0, 1000), strict=True):
        worker.call("celers_reject", *pick(row).values(), "e", {"delay_s": delay_s})
    for table in ("celers_expiry", "celers_task"):
        lab.sql(f"UPDATE {table} SET expires_at = '2001-01-01' ORDER BY id")
    lab.duty("expire_pending")
    assert lab.check() == dict(zip(ids, ("ready", "scheduled", "expired"), strict=True))
    assert lab.value("SELECT COUNT(*) FROM celers_expiry") == 0


@pytest.mark.parametrize("delay_s", [0, 1000])
def test_a_deadline_that_comes_while_somebody_holds_the_task(lab: Lab, delay_s: int) -> None:
    """What is undone in the end was waiting all the time: it expires then."""
    lab.quiet()
    holder, keeper = lab.sessions(2)
    task_id = lab.admin.enqueue(expires_s=1000, delay_s=delay_s)
    holder.sql("START TRANSACTION")
    if delay_s:
        assert holder.outcome("celers_cancel", task_id, None) == "cancelled"
    else:
        assert len(holder.claim()) == 1
    table = "celers_scheduled" if delay_s else "celers_ready"
    lab.sql("UPDATE celers_expiry SET expires_at = '2001-01-01'")
    assert lab.duty("expire_pending", keeper) == 1
    holder.sql("ROLLBACK")
    lab.sql(f"UPDATE {table} SET expires_at = '2001-01-01'")
    lab.duty("expire_pending", keeper)
    assert lab.check() == {task_id: "expired"}
    assert lab.value("SELECT COUNT(*) FROM celers_expiry") == 0


def test_rows_below_a_mark_are_found(lab: Lab) -> None:
    """Marks that are wrong cost time and never a task."""
    lab.quiet()
    ids = lab.admin.enqueue_many(20)
    lab.mark("2100-01-01")
    worker = lab.session()
    lab.duty("sweep_marks")
    lab.duty("advance_marks")
    found: list[str] = []

    def sweep_and_claim() -> bool:
        lab.duty("sweep_marks")
        found.extend(str(row["task_id"]) for row in worker.claim(50))
        return len(found) == len(ids)

    until(sweep_and_claim, "the rows below the mark")
    assert Counter(found) == Counter(ids)
    lab.check()


def test_an_enqueue_that_commits_late_holds_the_mark_back(lab: Lab) -> None:
    """Tasks of a long transaction are claimed after its commit, with the marks moving."""
    lab.quiet()
    producer, worker = lab.sessions(2)
    lab.mark("2000-01-01")
    producer.sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION")
    late = producer.enqueue()
    producer.sql(
        "UPDATE celers_ready AS r INNER JOIN celers_task AS t ON t.id = r.id"
        " SET r.due_at = r.due_at - INTERVAL 10 SECOND, t.due_at = r.due_at - INTERVAL 10 SECOND"
        f" WHERE r.id = UUID_TO_BIN('{late}')"
    )
    early = lab.admin.enqueue_many(3)
    for _ in range(2):
        lab.duty("advance_marks")
        assert [row["task_id"] for row in worker.claim(5)] in (early, [])
    producer.sql("COMMIT")
    assert [row["task_id"] for row in worker.claim(5)] == [late]


def test_a_duty_that_fails_does_not_fail_the_claim(lab: Lab) -> None:
    """Its error is kept in its row, and the claim goes on."""
    lab.quiet()
    task_id = lab.admin.enqueue()
    schedule(lab, 1)
    all_due(lab)
    lab.sql("RENAME TABLE celers_scheduled TO celers_elsewhere")
    try:
        worker = lab.session()
        for _ in DUTIES:
            assert error_of(lambda: worker.claim(1, "other")) is None
        assert [row["task_id"] for row in worker.claim(5)] == [task_id]
    finally:
        lab.sql("RENAME TABLE celers_elsewhere TO celers_scheduled")
    error = lab.value("SELECT last_error FROM celers_maintenance WHERE duty = 'promote_due'")
    assert "celers_scheduled" in str(error)
    assert lab.open_transactions() == []

"""Calls in a transaction whose snapshot is older than the tasks it deals with."""

from __future__ import annotations

import pytest

from db.tests.race.kit import Lab, Row, Session, ready, refused

pytestmark = pytest.mark.usefixtures("orders")


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
@pytest.mark.parametrize("routine", ["celers_dequeue_batch", "celers_step", "celers_dequeue_wait"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_claim_gets_payloads_younger_than_the_snapshot(
    lab: Lab, level: str, routine: str, count: int
) -> None:
    session = lab.session(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
    session.sql("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    if level == "REPEATABLE READ":
        assert session.value("SELECT COUNT(*) FROM celers_task") == 0
    sent = [f'{{"n": {n}.10}}' for n in range(count)]
    for payload in sent:
        lab.admin.call("celers_enqueue", "q", "job", payload, None)
    if routine == "celers_step":
        rows = session.call(routine, "w", None, None, {"queues": "q", "limit": count})
    elif routine == "celers_dequeue_wait":
        rows = session.call(routine, "q", "w", count, {"wait_ms": 0})
    else:
        rows = session.claim(count)
    assert [row["payload"] for row in rows] == sent
    session.sql("COMMIT")
    assert set(lab.check().values()) == {"running"}


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
class TestOldSnapshot:
    """A caller whose transaction is older than the tasks it deals with."""

    @pytest.fixture
    def old(self, lab: Lab, level: str) -> Session:
        """The caller."""
        session = lab.session(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
        session.sql("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        if level == "REPEATABLE READ":
            session.sql("SELECT COUNT(*) FROM celers_task")
        return session

    def test_ack(self, lab: Lab, old: Session) -> None:
        task = ready(lab, lab.session())
        for _ in range(2):
            assert old.outcome("celers_ack", task["task_id"], task["receipt"]) == "completed"
        item = {"task_id": task["task_id"], "receipt": task["receipt"]}
        assert old.one("celers_ack_batch", [item])["outcome"] == "completed"
        old.sql("COMMIT")
        assert lab.state(task["task_id"]) == "completed"

    def test_ack_of_a_lost_lease(self, lab: Lab, old: Session) -> None:
        task = ready(lab, lab.session())
        lab.lapse()
        lab.duty("recover_expired")
        assert old.outcome("celers_ack", task["task_id"], task["receipt"]) == "LEASE_LOST"
        old.sql("COMMIT")
        assert lab.state(task["task_id"]) == "ready"

    @pytest.mark.parametrize("options", [None, {"release": True}, {"retry": False}])
    def test_reject(self, lab: Lab, old: Session, options: Row | None) -> None:
        task = ready(lab, lab.session())
        expected = "retried"
        if options:
            expected = "released" if "release" in options else "dead"
        for _ in range(2):
            told = old.outcome("celers_reject", task["task_id"], task["receipt"], "e", options)
            assert told == expected
        old.sql("COMMIT")
        lab.check()

    def test_reject_of_its_own_claim(self, lab: Lab, old: Session) -> None:
        lab.admin.enqueue(max_retries=0)
        (task,) = old.claim()
        assert old.outcome("celers_reject", task["task_id"], task["receipt"], "e", None) == "dead"
        old.sql("COMMIT")
        assert lab.check() == {task["task_id"]: "dead"}

    def test_extend(self, lab: Lab, old: Session) -> None:
        task = ready(lab, lab.session())
        lab.admin.call("celers_cancel", task["task_id"], None)
        notice = old.one("celers_extend", task["receipt"], 1000)
        assert notice["cancel_requested"] == 1
        old.sql("COMMIT")

    @pytest.mark.parametrize("state", ["ready", "scheduled", "moved", "running", "completed"])
    def test_cancel(self, lab: Lab, old: Session, level: str, state: str) -> None:
        task_id = lab.admin.enqueue(delay_s=1000 if state in ("scheduled", "moved") else 0)
        if state == "moved":
            lab.make_due()
            lab.duty("promote_due")
        if state in ("running", "completed"):
            (task,) = lab.admin.claim()
        if state == "completed":
            lab.admin.call("celers_ack", task_id, task["receipt"])
        expected = {"running": "cancel_requested", "completed": "completed"}.get(state, "cancelled")
        if level == "REPEATABLE READ":  # as documented: it is not there yet, and nothing happens
            assert old.outcome("celers_cancel", task_id, None) == "TASK_NOT_FOUND"
            assert old.one("celers_cancel_batch", [task_id], None)["outcome"] == "not_found"
            old.sql("COMMIT")
        assert old.outcome("celers_cancel", task_id, None) == expected
        assert old.one("celers_cancel_batch", [task_id], None)["outcome"] == expected
        old.sql("COMMIT")
        lab.check()

    def test_enqueue_of_an_id_that_stands(self, lab: Lab, old: Session, level: str) -> None:
        task_id = lab.admin.enqueue()
        row = old.one("celers_enqueue", "q", "job", "{}", {"task_id": task_id})
        state = "unknown" if level == "REPEATABLE READ" else "pending"
        assert (row["task_id"], row["created"], row["state"]) == (task_id, 0, state)
        with refused("TASK_ID_REUSED"):
            old.call("celers_enqueue", "q", "job", "[]", {"task_id": task_id})
        item = {"task_id": task_id, "task_name": "job", "payload": "{}"}
        assert old.one("celers_enqueue_batch", "q", [item], None)["created"] == 0
        old.sql("COMMIT")
        assert lab.check() == {task_id: "ready"}


@pytest.mark.parametrize("state", ["ready", "scheduled", "running"])
def test_cancel_of_a_task_that_moved_since_the_snapshot(lab: Lab, state: str) -> None:
    """The caller has seen it elsewhere, and must look again after its transaction."""
    task_id = lab.admin.enqueue()
    session = lab.session()
    session.sql("START TRANSACTION WITH CONSISTENT SNAPSHOT; SELECT COUNT(*) FROM celers_task")
    (task,) = lab.admin.claim()
    if state != "running":
        options = {"delay_s": 1000 if state == "scheduled" else 0}
        lab.admin.call("celers_reject", task_id, task["receipt"], "e", options)
    expected = "cancel_requested" if state == "running" else "cancelled"
    # as documented: it is looked for where it was, and nothing happens
    assert session.outcome("celers_cancel", task_id, None) == "pending"
    session.sql("COMMIT")
    assert session.outcome("celers_cancel", task_id, None) == expected
    assert lab.check() == {task_id: state if state == "running" else "cancelled"}

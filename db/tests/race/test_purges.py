"""Deleting tasks while others claim, promote, cancel, end and requeue them."""

from __future__ import annotations

import random
from collections import Counter
from functools import partial

import pytest

from db.tests.race.kit import Lab, Row, Session, new_id, together

ROUNDS = 30


def pick(row: Row, **more: object) -> Row:
    """A claimed row as an item for ack or reject."""
    return {"task_id": row["task_id"], "receipt": row["receipt"], **more}


def purge(session: Session, limit: int = 7, **options: str) -> int:
    """Delete what waits, batch after batch; how many there were."""
    total = 0
    while True:
        deleted = session.one("celers_purge_queue", "q", limit, options or None)["deleted"]
        total += int(deleted)
        if deleted < limit:
            return total


def test_purges_and_claims(lab: Lab) -> None:
    """Every task is either handed out or deleted, and none of those handed out is touched."""
    lab.quiet()
    purgers, workers = lab.sessions(2), lab.sessions(3)
    for seed in range(6):
        dice = random.Random(seed)
        items = [
            {"task_name": "job", "payload": "{}", "priority": dice.choice([0, 0, 1])}
            for _ in range(150)
        ]
        rows = lab.admin.call("celers_enqueue_batch", "q", items, None)
        ids = {str(row["task_id"]) for row in rows}

        def work(session: Session) -> list[Row]:
            found: list[Row] = []
            while rows := session.claim(4):
                found += rows
            return found

        answers = together(
            [partial(purge, s) for s in purgers] + [partial(work, s) for s in workers]
        )
        handed = Counter(str(row["task_id"]) for rows in answers[2:] for row in rows)
        assert set(handed.values()) <= {1}
        # what one of them held, the others passed over
        deleted = answers[0] + answers[1] + purge(purgers[0])
        assert lab.check() == dict.fromkeys(handed, "running")
        assert handed.keys() <= ids
        assert deleted + len(handed) == len(ids)
        workers[0].call("celers_ack_batch", [pick(row) for rows in answers[2:] for row in rows])
        lab.clear()


def test_a_purge_passes_over_what_a_claim_holds(lab: Lab) -> None:
    """And over what another call holds: it waits for nobody."""
    lab.quiet()
    purger, worker = lab.session("SET SESSION innodb_lock_wait_timeout = 1"), lab.session()
    ids = lab.admin.enqueue_many(5)
    late = lab.admin.enqueue_many(2, delay_s=1000)
    worker.sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION")
    held = worker.claim(2)
    worker.sql(f"SELECT * FROM celers_scheduled WHERE id = UUID_TO_BIN('{late[0]}') FOR UPDATE")
    assert purge(purger) == 4
    worker.sql("ROLLBACK")
    assert [row["task_id"] for row in held] == ids[:2]
    places = lab.check()
    assert {task_id: places[task_id] for task_id in ids[:2]} == dict.fromkeys(ids[:2], "ready")
    assert late[0] in places
    purge(purger)
    assert lab.check() == {}


def test_purges_promotions_and_cancellations(lab: Lab) -> None:
    """Tasks that move from table to table, and out of it, while they are deleted."""
    lab.quiet()
    purger, keeper, producer = lab.sessions(3)
    for seed in range(8):
        items = [
            {"task_name": "job", "payload": "{}", "task_id": new_id(), "delay_s": 1000 + n}
            for n in range(60)
        ]
        lab.admin.call("celers_enqueue_batch", "q", items, None)
        lab.make_due()
        ids = [str(item["task_id"]) for item in items]
        unwanted = random.Random(seed).sample(ids, 30)

        def promote() -> int:
            for _ in range(6):
                lab.duty("promote_due", keeper)
            return 0

        deleted, _, rows = together(
            [
                partial(purge, purger),
                promote,
                partial(producer.call, "celers_cancel_batch", unwanted, {"reason": "unwanted"}),
            ]
        )
        outcomes = {str(row["task_id"]): row["outcome"] for row in rows}
        assert set(outcomes.values()) <= {"cancelled", "not_found"}
        deleted += purge(purger)
        places = lab.check()
        assert places == {i: "cancelled" for i in unwanted if outcomes[i] == "cancelled"}
        assert deleted == len(ids) - len(places)
        lab.clear()


def test_purges_and_enqueues_of_the_same_ids(lab: Lab) -> None:
    """A repeated enqueue finds the task as it stands, or adds it anew."""
    lab.quiet()
    purger, *producers = lab.sessions(4)
    for _ in range(8):
        items = [{"task_name": "job", "payload": "{}", "task_id": new_id()} for _ in range(40)]

        def enqueue(session: Session, items: list[Row] = items) -> int:
            rows = session.call("celers_enqueue_batch", "q", items, {"expires_s": 900})
            return sum(int(row["created"]) for row in rows)

        deleted, *created = together(
            [partial(purge, purger)] + [partial(enqueue, s) for s in producers]
        )
        assert sum(created) - deleted == len(lab.check())
        assert len(lab.check()) == lab.value("SELECT COUNT(*) FROM celers_expiry")
        purge(purger)
        assert lab.check() == {}


@pytest.mark.parametrize("routine", ["celers_purge_dlq", "celers_delete_task"])
def test_a_dead_letter_is_deleted_or_requeued(lab: Lab, routine: str) -> None:
    lab.quiet()
    worker, one, two, other = lab.sessions(4)
    refusal = {"celers_purge_dlq": "TASK_NOT_DEAD", "celers_delete_task": "TASK_NOT_ENDED"}
    for _ in range(ROUNDS):
        task_id = lab.admin.enqueue()
        (row,) = worker.claim()
        worker.call("celers_reject_batch", [pick(row, retry=False)])

        def delete(session: Session, task_id: str = task_id) -> str:
            try:
                return str(session.one(routine, task_id)["deleted"])
            except Exception as error:
                return str(getattr(error, "msg", error)).partition(":")[0]

        *deleted, requeued = together(
            [
                *(partial(delete, s) for s in (one, two)),
                partial(other.outcome, "celers_requeue_from_dlq", task_id),
            ]
        )
        if requeued == "requeued":
            assert deleted == [refusal[routine]] * 2
            assert lab.check() == {task_id: "ready"}
        else:
            assert (sorted(deleted), requeued) == (["0", "1"], "TASK_NOT_FOUND")
            assert lab.check() == {}
        lab.clear()


def test_a_task_ends_and_is_deleted(lab: Lab) -> None:
    """Its ack, repeated, is told that there is no such task any more; nothing is left of it."""
    lab.quiet()
    worker, again, other = lab.sessions(3)
    for _ in range(ROUNDS):
        lab.admin.enqueue()
        (row,) = worker.claim()

        def ack(session: Session, item: Row = pick(row, result="1")) -> str:
            return str(session.one("celers_ack_batch", [item])["outcome"])

        def delete(task_id: str = str(row["task_id"])) -> str:
            while True:
                try:
                    return str(other.one("celers_delete_task", task_id)["deleted"])
                except Exception as error:
                    assert str(getattr(error, "msg", error)).startswith("TASK_NOT_ENDED")

        first, second, deleted = together(
            [
                partial(ack, worker),
                partial(ack, again),
                delete,
            ]
        )
        assert deleted == "1"
        assert "completed" in (first, second)
        assert {first, second} <= {"completed", "not_found"}
        assert lab.check() == {}
        assert lab.value("SELECT COUNT(*) FROM celers_result") == 0

"""The same tasks enqueued by many sessions at once: calls that are repeated while they run."""

from __future__ import annotations

import random
from collections import Counter
from functools import partial

import mysql.connector
import pytest

from db.tests.race.kit import DEADLOCK, Lab, Row, Session, new_id, together

SESSIONS = 8
ROUNDS = 12


def item(task_id: str, **more: object) -> Row:
    """A task of a batch."""
    return {"task_id": task_id, "task_name": "job", "payload": "{}", **more}


@pytest.mark.parametrize("options", [{}, {"delay_s": 100}, {"expires_s": 100}])
def test_one_id_by_many(lab: Lab, options: Row) -> None:
    sessions = lab.sessions(SESSIONS)
    for _ in range(ROUNDS):
        wish = {"task_id": new_id(), **options}

        def add(session: Session, wish: Row = wish) -> Row:
            return session.one("celers_enqueue", "q", "job", '{"n": 1.10}', wish)

        rows = together([partial(add, s) for s in sessions])
        assert {row["task_id"] for row in rows} == {wish["task_id"]}
        assert sorted(row["created"] for row in rows) == [0] * (SESSIONS - 1) + [1]
        assert {row["state"] for row in rows} == {"pending"}
        assert len({row["due_at"] for row in rows}) == 1
    assert len(lab.check()) == ROUNDS
    assert lab.value("SELECT COUNT(*) FROM celers_expiry") == ROUNDS * ("expires_s" in options)


def test_one_id_with_different_payloads(lab: Lab) -> None:
    """One of them gets the id; whoever sends the same payload again is told so."""
    sessions = lab.sessions(SESSIONS)
    for _ in range(ROUNDS):
        task_id = new_id()

        def add(session: Session, n: int, task_id: str = task_id) -> str:
            try:
                row = session.one("celers_enqueue", "q", "job", f"[{n}]", {"task_id": task_id})
            except mysql.connector.Error as error:
                assert error.errno == 50113, error  # TASK_ID_REUSED
                return "refused"
            return "created" if row["created"] else "known"

        told = together([partial(add, s, n // 2) for n, s in enumerate(sessions)])
        assert Counter(told) == {"created": 1, "known": 1, "refused": SESSIONS - 2}
        assert told.index("created") // 2 == told.index("known") // 2
    assert len(lab.check()) == ROUNDS


def send(session: Session, *args: object) -> list[Row]:
    """Call celers_enqueue_batch as pyclient does: the victim of a deadlock is sent again.

    A batch with anything unusual in it begins with inserts that it takes back. The server hands
    such a row to all who wait for it at once, and calls it a deadlock.
    """
    while True:
        try:
            return session.call("celers_enqueue_batch", *args)
        except mysql.connector.Error as error:
            if error.errno != DEADLOCK:
                raise


@pytest.mark.parametrize(("kind", "count"), [("plain", SESSIONS), ("mixed", 2), ("mixed", 8)])
def test_one_batch_by_many(lab: Lab, kind: str, count: int) -> None:
    """The same batch sent over many connections is there once, in its order."""
    sessions = lab.sessions(count)
    for _ in range(ROUNDS):
        ids = [new_id() for _ in range(30)]
        more: list[Row] = [{}, {"delay_s": 0}, {"headers": {"a": 1}}]
        items = [item(i, **(more[n % 3] if kind == "mixed" else {})) for n, i in enumerate(ids)]

        def add(session: Session, items: list[Row] = items) -> list[Row]:
            if kind == "mixed" and count > 2:
                return send(session, "q", items, None)
            return session.call("celers_enqueue_batch", "q", items, None)

        answers = together([partial(add, s) for s in sessions])
        for rows in answers:
            assert [row["task_id"] for row in rows] == ids
            assert [row["ordinal"] for row in rows] == list(range(1, 31))
        created = Counter(row["task_id"] for rows in answers for row in rows if row["created"])
        assert created == Counter(ids)
        assert [row["task_id"] for row in sessions[0].claim(40)] == ids
    assert Counter(lab.check().values()) == {"running": 30 * ROUNDS}


def test_batches_that_overlap_in_any_order(lab: Lab) -> None:
    """Batches cut and sorted differently, and single tasks: each id once."""
    sessions = lab.sessions(SESSIONS)
    for seed in range(ROUNDS):
        ids = [new_id() for _ in range(40)]
        dice = random.Random(seed)

        def add(session: Session, order: list[str], size: int) -> list[Row]:
            rows: list[Row] = []
            for start in range(0, len(order), size):
                rows += send(session, "q", [item(i) for i in order[start : start + size]], None)
            return rows

        answers = together(
            [
                partial(add, s, dice.sample(ids, 25), 25 if n % 4 else 1)
                for n, s in enumerate(sessions)
            ]
        )
        created = Counter(row["task_id"] for rows in answers for row in rows if row["created"])
        assert set(created) == {row["task_id"] for rows in answers for row in rows}
        assert set(created.values()) == {1}
    lab.check()


def test_a_batch_that_fails_leaves_nothing_for_those_who_wait(lab: Lab) -> None:
    """Sessions that wait for the ids of a batch that is refused at its last item."""
    sessions = lab.sessions(SESSIONS)
    for _ in range(ROUNDS):
        ids = [new_id() for _ in range(10)]
        good = [item(i) for i in ids]
        bad = [*good, item(new_id(), priority=99999)]

        def add(session: Session, items: list[Row]) -> str:
            try:
                rows = send(session, "q", items, None)
            except mysql.connector.Error as error:
                assert error.errno == 50105, error  # PRIORITY_OUT_OF_RANGE
                return "refused"
            return f"created {sum(row['created'] for row in rows)}"

        told = together([partial(add, s, bad if n % 2 else good) for n, s in enumerate(sessions)])
        assert Counter(told) == {"refused": 4, "created 10": 1, "created 0": 3}
    assert Counter(lab.check().values()) == {"ready": 10 * ROUNDS}


def test_an_id_that_is_claimed_and_finished_meanwhile(lab: Lab) -> None:
    """A late repetition of an enqueue is told where the task is, and adds nothing."""
    producers, workers = lab.sessions(4), lab.sessions(3)
    ids = [new_id() for _ in range(60)]

    def add(session: Session) -> list[Row]:
        return [session.one("celers_enqueue", "q", "job", "{}", {"task_id": i}) for i in ids]

    def work(session: Session) -> list[Row]:
        taken: list[Row] = []
        while session.value("SELECT COUNT(*) FROM celers_finished") < len(ids):
            for row in session.claim(3):
                session.one("celers_ack", row["task_id"], row["receipt"])
                taken.append(row)
        return taken

    answers = together([partial(add, s) for s in producers] + [partial(work, s) for s in workers])
    created = Counter(row["task_id"] for rows in answers[:4] for row in rows if row["created"])
    assert created == Counter(ids)
    known = {"pending", "processing", "completed"}
    assert {row["state"] for rows in answers[:4] for row in rows} <= known
    assert Counter(row["task_id"] for rows in answers[4:] for row in rows) == Counter(ids)
    assert lab.check() == dict.fromkeys(ids, "completed")


def test_order_of_one_producer(lab: Lab) -> None:
    """What one session enqueues is served in its order, whatever the others do."""
    producers = lab.sessions(4)

    def add(session: Session, seed: int) -> list[str]:
        dice, ids = random.Random(seed), []
        for _ in range(25):
            if dice.random() < 0.5:
                ids.append(session.enqueue())
            else:
                ids += session.enqueue_many(dice.randint(1, 8))
        return ids

    own = together([partial(add, s, n) for n, s in enumerate(producers)])
    lab.quiet()
    served = [str(row["task_id"]) for row in lab.session().claim(1000)]
    place = {task_id: n for n, task_id in enumerate(served)}
    assert Counter(served) == Counter(task_id for ids in own for task_id in ids)
    for ids in own:
        places = [place[task_id] for task_id in ids]
        assert places == sorted(places)

"""Claims by many sessions at once: every task is handed out once."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from db.tests.race.kit import Background, Lab, Row, Session, new_id, refused, together, until

BEGIN = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION"


def drain(session: Session, claim: Callable[[], list[Row]]) -> list[list[str]]:
    """Claim and acknowledge until nothing is left; the ids of each claim."""
    claims = []
    while rows := claim():
        assert len({row["receipt"] for row in rows}) == 1
        session.call("celers_ack_batch", [pick(row) for row in rows])
        claims.append([str(row["task_id"]) for row in rows])
    return claims


def pick(row: Row) -> Row:
    """A claimed row as an item for ack or reject."""
    return {"task_id": row["task_id"], "receipt": row["receipt"]}


def assert_each_once(lab: Lab, ids: list[str], taken: list[list[list[str]]]) -> None:
    """Every task was claimed by exactly one session, once, and has ended."""
    counted = Counter(task_id for claims in taken for claim in claims for task_id in claim)
    assert counted == Counter(ids)
    assert lab.check() == dict.fromkeys(ids, "completed")


@pytest.mark.parametrize("count", [2, 4, 8, 16])
def test_one_by_one(lab: Lab, count: int) -> None:
    lab.quiet()  # a duty looks at rows too, and whoever comes by then passes over them
    ids = lab.admin.enqueue_many(160)
    order = {task_id: place for place, task_id in enumerate(ids)}
    taken = together([partial(drain, s, s.claim) for s in lab.sessions(count)])
    assert_each_once(lab, ids, taken)
    for claims in taken:
        places = [order[task_id] for claim in claims for task_id in claim]
        assert places == sorted(places), "one session was handed a task before an older one"


@pytest.mark.parametrize("count", [2, 8, 16])
def test_batches(lab: Lab, count: int) -> None:
    ids = lab.admin.enqueue_many(800)
    order = {task_id: place for place, task_id in enumerate(ids)}

    def work(session: Session, seed: int) -> list[list[str]]:
        sizes = random.Random(seed)
        return drain(session, lambda: session.claim(sizes.randint(1, 20)))

    taken = together([partial(work, s, n) for n, s in enumerate(lab.sessions(count))])
    assert_each_once(lab, ids, taken)
    for claim in (claim for claims in taken for claim in claims):
        places = [order[task_id] for task_id in claim]
        assert places == sorted(places), "a batch is not in order"


def test_priorities_are_served_in_order_by_each_session(lab: Lab) -> None:
    lab.quiet()
    items = [
        {"task_name": "job", "payload": "{}", "priority": n % 7 - 3, "task_id": new_id()}
        for n in range(420)
    ]
    lab.admin.call("celers_enqueue_batch", "q", items, None)
    priorities = {str(item["task_id"]): int(str(item["priority"])) for item in items}
    taken = together([partial(drain, s, partial(s.claim, 5)) for s in lab.sessions(6)])
    assert_each_once(lab, list(priorities), taken)
    for claims in taken:
        seen = [priorities[task_id] for claim in claims for task_id in claim]
        assert seen == sorted(seen, reverse=True)


def test_several_queues_in_different_orders_of_preference(lab: Lab) -> None:
    lab.quiet()
    names = ["a", "b", "c", "d"]
    home = {task_id: queue for queue in names for task_id in lab.admin.enqueue_many(120, queue)}

    def work(session: Session, seed: int) -> list[list[str]]:
        preference = random.Random(seed).sample(names, 4)
        claims = drain(session, lambda: session.claim(7, ",".join(preference)))
        # Nothing is ever added: once a queue was left for the next one, it stays empty.
        first = [preference.index(home[claim[0]]) for claim in claims]
        assert first == sorted(first)
        return claims

    taken = together([partial(work, s, n) for n, s in enumerate(lab.sessions(8))])
    assert_each_once(lab, list(home), taken)


def test_task_names(lab: Lab) -> None:
    names = ["red", "green", "blue"]
    dice = random.Random(3)
    name_of = {new_id(): dice.choice(names) for _ in range(360)}
    items = [{"task_name": n, "payload": "{}", "task_id": i} for i, n in name_of.items()]
    lab.admin.call("celers_enqueue_batch", "q", items, None)
    left = Counter(name_of.values())
    guard = threading.Lock()

    def work(session: Session, wanted: list[str]) -> list[list[str]]:
        claims = []
        # A session may pass over rows that another looks at, and find nothing for a moment.
        while any(left[name] for name in wanted):
            rows = session.claim(4, task_names=wanted)
            assert all(row["task_name"] in wanted for row in rows)
            if rows:
                session.call("celers_ack_batch", [pick(row) for row in rows])
                claims.append([str(row["task_id"]) for row in rows])
            with guard:
                left.subtract(row["task_name"] for row in rows)
        return claims

    wishes = [["red"], ["green"], ["blue"], ["red", "green"], ["green", "blue"], names]
    sessions = lab.sessions(len(wishes))
    taken = together([partial(work, s, w) for s, w in zip(sessions, wishes, strict=True)])
    assert_each_once(lab, list(name_of), taken)


def test_a_claim_of_names_does_not_hold_tasks_of_other_names(lab: Lab) -> None:
    lab.quiet()
    red = [lab.admin.enqueue(name="red") for _ in range(3)]
    blue = lab.admin.enqueue(name="blue")
    holder, other = lab.sessions(2)
    holder.sql(BEGIN)
    assert [row["task_id"] for row in holder.claim(task_names=["blue"])] == [blue]
    assert [row["task_id"] for row in other.claim(5, task_names=["red"])] == red
    holder.sql("COMMIT")
    lab.check()


def test_waiters_share_what_comes(lab: Lab) -> None:
    """Sixteen waiters on one queue, and tasks that come while they wait."""
    over = threading.Event()

    def wait(session: Session) -> list[str]:
        got: list[str] = []
        while not over.is_set():
            wish = {"wait_ms": 200}
            rows = session.call("celers_dequeue_wait", "q", f"w{session.id}", 2, wish)
            session.call("celers_ack_batch", [pick(row) for row in rows])
            got += [str(row["task_id"]) for row in rows]
        return got

    waiters = [Background(partial(wait, s)) for s in lab.sessions(16)]
    ids = [lab.admin.enqueue() for _ in range(60)]
    all_finished = "SELECT COUNT(*) = 60 FROM celers_finished"
    until(lambda: lab.value(all_finished), "all tasks finished", waiters)
    over.set()
    assert Counter(task_id for waiter in waiters for task_id in waiter.result()) == Counter(ids)
    assert lab.check() == dict.fromkeys(ids, "completed")


def test_a_claim_in_a_transaction_that_is_rolled_back_never_was(lab: Lab) -> None:
    lab.quiet()
    ids = lab.admin.enqueue_many(4)
    holder, other = lab.sessions(2)
    holder.sql(BEGIN)
    held = holder.claim(2)
    assert [row["task_id"] for row in held] == ids[:2]
    assert [row["task_id"] for row in other.claim(1)] == ids[2:3]
    holder.sql("ROLLBACK")
    assert [row["task_id"] for row in other.claim(5)] == [*ids[:2], ids[3]]
    assert lab.sql("SELECT DISTINCT attempt FROM celers_running") == [(1,)]
    with refused("LEASE_LOST"):
        holder.call("celers_ack", ids[0], held[0]["receipt"])
    assert set(lab.check().values()) == {"running"}


def test_a_claim_in_a_transaction_that_is_committed(lab: Lab) -> None:
    lab.quiet()
    ids = lab.admin.enqueue_many(3)
    holder, other = lab.sessions(2)
    holder.sql(BEGIN)
    held = holder.claim(2)
    assert [row["task_id"] for row in other.claim(5)] == ids[2:]
    assert other.claim(5) == []
    holder.sql("COMMIT")
    assert other.outcome("celers_ack", ids[0], held[0]["receipt"]) == "completed"
    lab.check()


@pytest.mark.parametrize("routine", ["celers_dequeue_batch", "celers_step", "celers_dequeue_wait"])
@pytest.mark.parametrize("limit", [1, 5])
def test_one_request_by_many_sessions_at_once(lab: Lab, routine: str, limit: int) -> None:
    """A reply that was late, and the same request sent again over other connections."""
    lab.quiet()
    sessions = lab.sessions(8)
    for _ in range(12):
        ids = lab.admin.enqueue_many(40)
        wish = {"request_id": new_id()}

        def request(session: Session, wish: Row = wish) -> list[str]:
            rows: list[Row] = []
            for _ in range(1000):
                try:
                    if routine == "celers_step":
                        options = {**wish, "queues": "q", "limit": limit}
                        rows = session.call(routine, "w", None, None, options)
                    else:
                        rows = session.call(routine, "q", "w", limit, wish)
                    break
                except Exception as error:
                    if getattr(error, "errno", 0) != 50120:  # REQUEST_BUSY: to be sent again
                        raise
            return [str(row["task_id"]) for row in rows]

        answers = together([partial(request, s) for s in sessions])
        # which is open: of several that meet, all but one give theirs back
        assert all(answer == answers[0] for answer in answers)
        assert len(set(answers[0]) & set(ids)) == limit
        assert lab.value("SELECT COUNT(*) FROM celers_running") == limit
        lab.check()
        lab.clear()


@pytest.mark.parametrize("routine", ["celers_dequeue_batch", "celers_step", "celers_dequeue_wait"])
@pytest.mark.parametrize("limit", [1, 5])
def test_a_repeated_request_that_finds_the_queue_empty(lab: Lab, routine: str, limit: int) -> None:
    """Its first try took all there was: it is answered with that, or told to come again."""
    lab.quiet()
    (task_id,) = lab.admin.enqueue_many(1)
    first, second = lab.sessions(2)
    wish = {"request_id": new_id()}
    if routine == "celers_step":
        args: tuple[object, ...] = ("w", None, None, {**wish, "queues": "q", "limit": limit})
    elif routine == "celers_dequeue_wait":
        args = ("q", "w", limit, {**wish, "wait_ms": 20})
    else:
        args = ("q", "w", limit, wish)

    first.sql(BEGIN)
    (task,) = first.call(routine, *args)
    with refused("REQUEST_BUSY"):
        second.call(routine, *args)
    first.sql("COMMIT")
    (again,) = second.call(routine, *args)
    assert (again["task_id"], again["receipt"]) == (task_id, task["receipt"])
    assert second.outcome("celers_ack", task_id, task["receipt"]) == "completed"
    assert second.call(routine, *args) == []
    assert lab.check() == {task_id: "completed"}


def test_paused_in_between(lab: Lab) -> None:
    """Pausing and resuming a queue under load loses nothing."""
    ids = lab.admin.enqueue_many(200)
    over = threading.Event()

    def work(session: Session) -> list[list[str]]:
        claims = []
        while not over.is_set():
            claims += drain(session, lambda: session.claim(3))
        return claims

    workers = [Background(partial(work, s)) for s in lab.sessions(4)]
    for _ in range(20):
        for is_paused in (1, 0):
            lab.sql(
                "INSERT INTO celers_queue (queue, is_paused, updated_at)"
                f" VALUES ('q', {is_paused}, UTC_TIMESTAMP(6)) AS new"
                " ON DUPLICATE KEY UPDATE is_paused = new.is_paused"
            )
    all_finished = "SELECT COUNT(*) = 200 FROM celers_finished"
    until(lambda: lab.value(all_finished), "all tasks finished", workers)
    over.set()
    assert_each_once(lab, ids, [worker.result() for worker in workers])

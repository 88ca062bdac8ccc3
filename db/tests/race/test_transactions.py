"""Join or own: calls in every kind of transaction, and calls that are cut off in the middle."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from functools import partial

import pytest

import pyclient
from db.tests.race.kit import (
    DEADLOCK,
    INTERRUPTED,
    LOCK_TIMEOUT,
    Background,
    Lab,
    Row,
    Session,
    error_of,
    new_id,
    refused,
    until,
)
from pyclient._call import socket_of
from pyclient.errors import CelersError
from tools.freshschema import Schema

LEVELS = ("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")
OLD_SNAPSHOT = "START TRANSACTION WITH CONSISTENT SNAPSHOT; SELECT COUNT(*) FROM celers_task"


@pytest.fixture(autouse=True)
def orders(lab: Lab) -> Iterator[None]:
    """A table of the caller's own work."""
    lab.quiet()
    lab.sql("CREATE TABLE orders (id INT PRIMARY KEY)")
    yield
    lab.sql("DROP TABLE orders")


def own_work(lab: Lab) -> list[int]:
    """What the caller has written and committed."""
    return [int(row[0]) for row in lab.sql("SELECT id FROM orders ORDER BY id")]


def ready(lab: Lab, session: Session) -> Row:
    """A task that the session has claimed."""
    lab.admin.enqueue()
    return session.claim()[0]


class Call:
    """A call, how it is prepared, and where the task then is."""

    def __init__(self, lab: Lab, name: str) -> None:
        self.lab = lab
        self.name = name
        worker = lab.session()
        self.task = self.second = {"task_id": "", "receipt": ""}
        self.before = "nothing"
        if name in ("ack", "reject", "extend", "step", "cancel_running"):
            self.task = ready(lab, worker)
            self.before = "running"
        elif name in ("dequeue", "dequeue_wait", "cancel"):
            self.task = {"task_id": lab.admin.enqueue(), "receipt": ""}
            self.before = "ready"
        elif name in ("enqueue", "enqueue_batch"):
            self.task = {"task_id": new_id(), "receipt": ""}
        self.after = {
            "enqueue": "ready",
            "enqueue_batch": "ready",
            "dequeue": "running",
            "dequeue_wait": "running",
            "ack": "completed",
            "reject": "dead",
            "extend": "running",
            "step": "completed",
            "cancel": "cancelled",
            "cancel_running": "running",
        }[name]

    def run(self, session: Session) -> list[Row]:
        """The call."""
        task_id, receipt = self.task["task_id"], self.task["receipt"]
        if self.name == "enqueue":
            return session.call("celers_enqueue", "q", "job", "{}", {"task_id": task_id})
        if self.name == "enqueue_batch":
            item = {"task_id": task_id, "task_name": "job", "payload": "{}"}
            return session.call("celers_enqueue_batch", "q", [item], None)
        if self.name == "dequeue":
            return session.claim()
        if self.name == "dequeue_wait":
            return session.call("celers_dequeue_wait", "q", "w", 1, {"wait_ms": 100})
        if self.name == "ack":
            return session.call("celers_ack", task_id, receipt)
        if self.name == "reject":
            return session.call("celers_reject", task_id, receipt, "e", {"retry": False})
        if self.name == "extend":
            return session.call("celers_extend", receipt, 1000)
        if self.name == "step":
            acks = [{"task_id": task_id, "receipt": receipt}]
            return session.call("celers_step", "w", acks, None, {"queues": "empty"})
        return session.call("celers_cancel", task_id, None)

    def state(self) -> str:
        """Where the task is now."""
        return self.lab.places().get(str(self.task["task_id"]), "nothing")


CALLS = (
    *("enqueue", "enqueue_batch", "dequeue", "dequeue_wait", "ack", "reject", "extend", "step"),
    *("cancel", "cancel_running"),
)


def each_call(lab: Lab) -> Iterator[Call]:
    """Each of the calls that move tasks, one after the other on empty tables."""
    for name in CALLS:
        yield Call(lab, name)
        assert lab.open_transactions() == [], name
        lab.check()
        lab.clear()
        lab.sql("DELETE FROM orders")


# Own transactions.


def test_alone_a_call_commits(lab: Lab) -> None:
    session = lab.session()
    for call in each_call(lab):
        call.run(session)
        assert call.state() == call.after, call.name
        assert lab.open_transactions() == [], call.name
        session.sql("ROLLBACK")
        assert call.state() == call.after, call.name


@pytest.mark.parametrize("kind", ["CHAIN", "RELEASE"])
def test_completion_type_does_not_reach_in(lab: Lab, kind: str) -> None:
    session = lab.session(f"SET SESSION completion_type = '{kind}'")
    for call in each_call(lab):
        call.run(session)
        assert call.state() == call.after, call.name
        with refused("UUID_INVALID"):
            session.call("celers_cancel", "nonsense", None)
        with refused("TASK_NOT_FOUND"):
            session.call("celers_cancel", new_id(), None)
        assert lab.open_transactions() == [], call.name
        assert session.value("SELECT CONNECTION_ID()") == session.id
    assert session.value("SELECT @@completion_type") == kind


def level_of_next_transaction(lab: Lab, session: Session) -> str:
    """The isolation level that a transaction of the session has now."""
    session.sql("START TRANSACTION; SELECT 1 FROM celers_queue FOR SHARE")
    level = lab.level_of_transaction(session)
    session.sql("ROLLBACK")
    return level


@pytest.mark.parametrize("level", LEVELS)
def test_the_isolation_level_of_the_session_stays(lab: Lab, level: str) -> None:
    """After a call that works, and after one that fails before it begins."""
    session = lab.session(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
    for call in each_call(lab):
        call.run(session)
        assert call.state() == call.after, call.name
        assert level_of_next_transaction(lab, session) == level, call.name
    with refused("UUID_INVALID"):
        session.call("celers_ack", "nonsense", "nonsense")
    with refused("LEASE_LOST"):
        session.call("celers_extend", new_id(), 60)
    assert level_of_next_transaction(lab, session) == level
    assert session.value("SELECT @@transaction_isolation") == level.replace(" ", "-")


def test_a_read_only_session(lab: Lab) -> None:
    """A default that is for the session's own transactions."""
    session = lab.session("SET SESSION transaction_read_only = 1")
    for call in each_call(lab):
        call.run(session)
        assert call.state() == call.after, call.name
    assert session.value("SELECT @@transaction_read_only") == 1


# Transactions of the caller.


@contextlib.contextmanager
def transaction(session: Session, how: str) -> Iterator[None]:
    """The caller has done work of his own in a transaction that goes on."""
    session.sql("SET autocommit = 0" if how == "autocommit" else how)
    session.sql("INSERT INTO orders VALUES (1)")
    yield
    if how == "autocommit":
        session.sql("SET autocommit = 1")


BEGINS = ("START TRANSACTION", "BEGIN", "autocommit")


@pytest.mark.parametrize("how", BEGINS)
def test_in_a_transaction_that_commits(lab: Lab, how: str) -> None:
    session = lab.session()
    for call in each_call(lab):
        with transaction(session, how):
            call.run(session)
            assert (call.state(), own_work(lab)) == (call.before, []), call.name
            session.sql("COMMIT")
        assert (call.state(), own_work(lab)) == (call.after, [1]), call.name


@pytest.mark.parametrize("how", BEGINS)
def test_in_a_transaction_that_rolls_back(lab: Lab, how: str) -> None:
    session = lab.session()
    for call in each_call(lab):
        with transaction(session, how):
            call.run(session)
            session.sql("ROLLBACK")
        assert (call.state(), own_work(lab)) == (call.before, []), call.name
        call.run(lab.session())  # nothing of it is in the way
        assert call.state() == call.after, call.name


def test_in_the_transaction_of_a_connection_that_closes(lab: Lab) -> None:
    for call in each_call(lab):
        session = lab.session()
        with transaction(session, "START TRANSACTION"):
            call.run(session)
        session.connection.close()
        until(partial(lab.is_gone, session.id), "the connection closed")
        assert (call.state(), own_work(lab)) == (call.before, []), call.name


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_in_an_xa_transaction(lab: Lab, end: str) -> None:
    session = lab.session()
    name = f"'{lab.name}'"
    for call in each_call(lab):
        session.sql(f"XA START {name}; INSERT INTO orders VALUES (1)")
        call.run(session)
        assert (call.state(), own_work(lab)) == (call.before, []), call.name
        session.sql(f"XA END {name}; XA PREPARE {name}; XA {end} {name}")
        expected = (call.after, [1]) if end == "COMMIT" else (call.before, [])
        assert (call.state(), own_work(lab)) == expected, call.name
        session.sql("BEGIN; COMMIT")  # the performance schema takes it for open until another ends


@pytest.mark.parametrize("level", LEVELS)
def test_in_a_transaction_at_every_isolation_level(lab: Lab, level: str) -> None:
    session = lab.session(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
    for call in each_call(lab):
        with transaction(session, "START TRANSACTION"):
            call.run(session)
            session.sql("COMMIT")
        assert (call.state(), own_work(lab)) == (call.after, [1]), call.name


def test_savepoints_of_the_caller(lab: Lab) -> None:
    """They stay, and rolling back to one takes the call back and nothing else."""
    session = lab.session()
    for call in each_call(lab):
        with transaction(session, "START TRANSACTION"):
            session.sql("SAVEPOINT a; INSERT INTO orders VALUES (2); SAVEPOINT b")
            call.run(session)
            session.sql("INSERT INTO orders VALUES (3); ROLLBACK TO SAVEPOINT b")
            session.sql("INSERT INTO orders VALUES (4); RELEASE SAVEPOINT a; COMMIT")
        assert (call.state(), own_work(lab)) == (call.before, [1, 2, 4]), call.name


def test_no_savepoint_of_ours_stays(lab: Lab) -> None:
    session = lab.session()
    names = "celers_call", "celers_batch"
    for call in each_call(lab):
        with transaction(session, "START TRANSACTION"):
            call.run(session)
            left = [error_of(partial(session.sql, f"ROLLBACK TO SAVEPOINT {n}")) for n in names]
            assert error_of(lambda: session.call("celers_cancel", new_id(), None)) == 50114
            left += [error_of(partial(session.sql, f"ROLLBACK TO SAVEPOINT {n}")) for n in names]
            assert left == [1305] * 4, call.name
            session.sql("COMMIT")
        assert (call.state(), own_work(lab)) == (call.after, [1]), call.name


FAILURES: dict[str, Callable[[Session, str], object]] = {
    "enqueue": lambda s, i: s.call("celers_enqueue", "q", "job", "[]", {"task_id": i}),
    "enqueue_at": lambda s, i: s.call("celers_enqueue_at", "q", "job", "{}", "never", None),
    "enqueue_after": lambda s, i: s.call("celers_enqueue_after", "q", "job", "{}", -1, None),
    "enqueue_batch": lambda s, i: s.call(
        "celers_enqueue_batch",
        "q",
        [
            {"task_name": "job", "payload": "{}"},
            {"task_name": "job", "payload": "{}", "delay_s": 5},
            {"task_name": "job", "payload": "{"},
        ],
        None,
    ),
    "dequeue_batch": lambda s, i: s.claim(1, lease_s=0),
    "dequeue_wait": lambda s, i: s.call("celers_dequeue_wait", "q", "w", 1, {"wait_ms": -1}),
    "ack": lambda s, i: s.call("celers_ack", i, new_id()),
    "ack_batch": lambda s, i: s.call(
        "celers_ack_batch", [{"task_id": i, "receipt": "nonsense"}] * 2
    ),
    "reject": lambda s, i: s.call("celers_reject", i, new_id(), "e", None),
    "reject_batch": lambda s, i: s.call("celers_reject_batch", [{"task_id": i}]),
    "extend": lambda s, i: s.call("celers_extend", new_id(), 60),
    "step": lambda s, i: s.call(
        "celers_step", "w", None, [{"task_id": i, "receipt": 1}], {"queues": "q"}
    ),
    "cancel": lambda s, i: s.call("celers_cancel", new_id(), None),
    "cancel_batch": lambda s, i: s.call("celers_cancel_batch", [i, "nonsense"], None),
}


def fails(action: Callable[[Session, str], object], session: Session, known: str) -> None:
    """The action must raise an error of the catalogue."""
    number = error_of(lambda: action(session, known))
    assert number is not None
    assert 50000 <= number < 52000, number


@pytest.mark.parametrize("how", BEGINS)
def test_a_call_that_fails_leaves_nothing_but_the_caller_s_work(lab: Lab, how: str) -> None:
    """Neither of its own work, nor of the caller's earlier calls does anything get lost."""
    known = lab.admin.enqueue()
    session = lab.session()
    tables = "SELECT * FROM celers_task", "SELECT * FROM celers_ready"
    before = [lab.sql(table) for table in tables]
    for name, action in FAILURES.items():
        with transaction(session, how):
            other = session.enqueue("kept")
            fails(action, session, known)
            session.sql("INSERT INTO orders VALUES (2)")
            session.sql("COMMIT")
        assert own_work(lab) == [1, 2], name
        assert lab.check() == {known: "ready", other: "ready"}, name
        lab.sql("DELETE FROM celers_ready WHERE queue = 'kept'; DELETE FROM orders")
        lab.sql("DELETE FROM celers_task WHERE queue = 'kept'")
        assert [lab.sql(table) for table in tables] == before, name


def test_a_call_that_fails_alone_leaves_nothing(lab: Lab) -> None:
    known = lab.admin.enqueue()
    session = lab.session()
    for name, action in FAILURES.items():
        fails(action, session, known)
        assert lab.check() == {known: "ready"}, name
        assert lab.open_transactions() == [], name


def test_the_outbox(lab: Lab) -> None:
    """An order and its task, or neither; an ack and the work's own writes, or neither."""
    shop, worker = lab.sessions(2)
    shop.sql("START TRANSACTION; INSERT INTO orders VALUES (1)")
    shop.enqueue()
    assert worker.claim() == []
    shop.sql("COMMIT")
    (task,) = worker.claim()
    for end in ("ROLLBACK", "COMMIT"):
        worker.sql("START TRANSACTION; INSERT INTO orders VALUES (2)")
        assert worker.outcome("celers_ack", task["task_id"], task["receipt"]) == "completed"
        worker.sql(end)
    assert own_work(lab) == [1, 2]
    assert lab.state(task["task_id"]) == "completed"


def test_no_maintenance_in_a_transaction_of_the_caller(lab: Lab) -> None:
    """It would commit; the caller's own claim is all that happens."""
    lab.admin.enqueue(delay_s=1000)
    lab.make_due()
    lab.sql("UPDATE celers_maintenance SET is_enabled = TRUE, next_at = '2000-01-01'")
    lab.sql("UPDATE celers_upkeep SET next_at = '2000-01-01'")
    for how in BEGINS:
        session = lab.session()
        with transaction(session, how):
            assert session.claim() == []
            session.sql("ROLLBACK")
    assert own_work(lab) == []
    assert set(lab.check().values()) == {"scheduled"}
    assert len(until(lab.admin.claim, "the task promoted")) == 1


# Old snapshots.


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
    session.sql(OLD_SNAPSHOT)
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


# Locks.


def pick(task: Row) -> Row:
    """A claimed row as an item for ack."""
    return {"task_id": task["task_id"], "receipt": task["receipt"]}


class Block:
    """A call that waits, in the middle of its work, for a row that a holder holds."""

    def __init__(self, lab: Lab, name: str) -> None:
        worker, self.holder = lab.sessions(2)
        lab.admin.enqueue_many(2)
        self.tasks = [pick(task) for task in worker.claim(2)]
        waiting = [lab.admin.enqueue(priority=5 - n, delay_s=1000) for n in range(2)]
        fresh = [new_id(), new_id()]
        self.holder.sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION")
        if name == "enqueue_batch":
            self.holder.call("celers_enqueue", "q", "job", "{}", {"task_id": fresh[1]})
        else:
            for table, task_id in (
                ("celers_running", self.tasks[1]["task_id"]),
                ("celers_scheduled", max(waiting)),
            ):
                self.holder.sql(
                    f"SELECT 1 FROM {table} WHERE id = UUID_TO_BIN('{task_id}') FOR UPDATE"
                )
        items = [{"task_id": i, "task_name": "job", "payload": "{}"} for i in fresh]
        last = [{**self.tasks[1], "error": "e", "retry": False}]
        whole = {self.tasks[1]["receipt"]: 2}
        self.call: tuple[object, ...] = {
            "ack_batch": ("celers_ack_batch", self.tasks),
            "reject": ("celers_reject", *self.tasks[1].values(), "e", None),
            "reject_batch": ("celers_reject_batch", [self.tasks[0], *last]),
            "enqueue_batch": ("celers_enqueue_batch", "q", items, None),
            "cancel_batch": ("celers_cancel_batch", waiting, None),
            "step": ("celers_step", "w", self.tasks[:1], last, {"queues": "empty"}),
            "claims": ("celers_step", "w", None, None, {"queues": "empty", "ack_claims": whole}),
        }[name]

    def run(self, session: Session) -> list[Row]:
        """The call."""
        routine, *args = self.call
        return session.call(str(routine), *args)


BLOCKS = (
    *("ack_batch", "reject", "reject_batch", "enqueue_batch", "cancel_batch", "step", "claims"),
)


def test_a_deadlock_in_a_transaction_of_the_caller(lab: Lab) -> None:
    """Error 1213 reaches the caller, and of the whole transaction nothing is left."""
    worker, victim, rival = lab.sessions(3)
    task = ready(lab, worker)
    receipt = pick(task).values()
    victim.sql("START TRANSACTION; INSERT INTO orders VALUES (1)")
    first = victim.enqueue()
    rival.sql("START TRANSACTION; SELECT 1 FROM celers_running FOR UPDATE")
    rival.sql("INSERT INTO orders VALUES (2), (3), (4), (5), (6), (7)")  # the larger one survives
    waiting = Background(lambda: victim.call("celers_ack", *receipt))
    lab.blocked(victim.id, [waiting])
    other = Background(lambda: rival.sql("INSERT INTO orders VALUES (1)"))
    assert waiting.error() == DEADLOCK
    assert other.error() is None
    assert lab.open_transactions() == [rival.id]
    rival.sql("COMMIT")
    assert own_work(lab) == [1, 2, 3, 4, 5, 6, 7]
    assert first not in lab.places()
    assert lab.check() == {task["task_id"]: "running"}
    assert victim.outcome("celers_ack", *receipt) == "completed"
    assert lab.check() == {task["task_id"]: "completed"}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_lock_wait_that_times_out(lab: Lab, name: str) -> None:
    """Error 1205 takes the call back, and of the caller's transaction nothing else."""
    block = Block(lab, name)
    before = lab.check()
    caller = lab.session("SET SESSION innodb_lock_wait_timeout = 1")
    assert error_of(lambda: block.run(caller)) == LOCK_TIMEOUT
    assert lab.open_transactions() == [block.holder.id]
    caller.sql("START TRANSACTION; INSERT INTO orders VALUES (1)")
    kept = caller.enqueue("kept")
    assert error_of(lambda: block.run(caller)) == LOCK_TIMEOUT
    caller.sql("COMMIT")
    assert lab.open_transactions() == [block.holder.id]
    block.holder.sql("ROLLBACK")
    assert own_work(lab) == [1]
    assert lab.check() == {**before, kept: "ready"}
    block.run(caller)
    lab.check()


# Calls that are cut off.


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("is_joined", [False, True])
def test_kill_query(lab: Lab, name: str, is_joined: bool) -> None:
    """No handler runs then: the transaction stays until the client rolls back, as it must."""
    block = Block(lab, name)
    before = lab.check()
    session = lab.session()
    if is_joined:
        session.sql("START TRANSACTION; INSERT INTO orders VALUES (1)")
    running = Background(lambda: block.run(session))
    lab.blocked(session.id, [running])
    lab.sql(f"KILL QUERY {session.id}")
    assert running.error() == INTERRUPTED
    session.sql("ROLLBACK")
    assert lab.open_transactions() == [block.holder.id]
    block.holder.sql("ROLLBACK")
    assert (lab.check(), own_work(lab)) == (before, [])
    block.run(session)
    lab.check()


@pytest.mark.parametrize("name", ["ack", "reject"])
def test_kill_query_under_pyclient(lab: Lab, schema: Schema, name: str) -> None:
    """The client cleans up by itself: nothing stays open on the server."""
    block = Block(lab, "reject")
    before = lab.check()
    task_id, receipt = block.tasks[1].values()
    with pyclient.connect(schema.dsn, pool_size=1) as client:
        assert client.server_version
        mine = int(
            lab.value(
                "SELECT processlist_id FROM performance_schema.session_account_connect_attrs"
                " INNER JOIN performance_schema.threads USING (processlist_id)"
                " WHERE attr_name = 'program_name' AND attr_value = 'celers'"
                f" AND processlist_db = '{lab.name}'"
            )
        )

        def call() -> object:
            if name == "ack":
                return client.call_ack(task_id, receipt)
            return client.call_reject(task_id, receipt, "e")

        running = Background(lambda: raises(CelersError, call))
        lab.blocked(mine, [running])
        lab.sql(f"KILL QUERY {mine}")
        assert running.result().number == INTERRUPTED
        until(lambda: lab.open_transactions() == [block.holder.id], "the rollback")
        block.holder.sql("ROLLBACK")
        assert lab.check() == before
        call()
    assert lab.check() != before


def raises(kind: type[CelersError], action: Callable[[], object]) -> CelersError:
    """The error that an action raises."""
    with pytest.raises(kind) as caught:
        action()
    return caught.value


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("is_joined", [False, True])
def test_kill_connection(lab: Lab, name: str, is_joined: bool) -> None:
    """Nothing of the call stays, and nothing of the caller's transaction."""
    block = Block(lab, name)
    before = lab.check()
    session = lab.session()
    if is_joined:
        session.sql("START TRANSACTION; INSERT INTO orders VALUES (1)")
    running = Background(lambda: block.run(session))
    lab.blocked(session.id, [running])
    lab.sql(f"KILL CONNECTION {session.id}")
    assert running.error() in (INTERRUPTED, 2006, 2013)
    until(partial(lab.is_gone, session.id), "the connection gone")
    assert lab.open_transactions() == [block.holder.id]
    block.holder.sql("ROLLBACK")
    assert (lab.check(), own_work(lab)) == (before, [])
    block.run(lab.session())
    lab.check()


@pytest.mark.parametrize("name", BLOCKS)
def test_a_client_that_goes_away(lab: Lab, name: str) -> None:
    """The server carries the call out, all of it or nothing; to repeat it is harmless."""
    block = Block(lab, name)
    before = lab.check()
    session = lab.session()
    running = Background(lambda: block.run(session))
    lab.blocked(session.id, [running])
    cut(session)
    assert running.error() in (2006, 2013)
    block.holder.sql("ROLLBACK")
    until(partial(lab.is_gone, session.id), "the connection gone")
    assert lab.open_transactions() == []
    after = lab.check()
    again = block.run(lab.session())
    finally_there = lab.check()
    assert after in (before, finally_there)
    assert all("lost" not in str(row.get("outcome")) for row in again)


def cut(session: Session) -> None:
    """Take the wire away from under a connection."""
    descriptor = socket_of(session.connection)
    assert descriptor is not None
    with socket.socket(fileno=os.dup(descriptor)) as wire:
        wire.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("how", ["KILL QUERY", "KILL CONNECTION", "cut"])
@pytest.mark.parametrize("place", ["holder of the bell", "behind it"])
def test_a_waiter_that_is_cut_off(lab: Lab, how: str, place: str) -> None:
    """It leaves no lock, no transaction and no claim behind, and the others go on."""
    first, session = lab.session(), lab.session()

    def wait(session: Session) -> list[Row]:
        return session.call("celers_dequeue_wait", "q", "w", 1, {"wait_ms": 2000})

    holder = Background(lambda: wait(first)) if place == "behind it" else None
    if holder:
        until(lambda: bells(lab), "the bell taken")
    waiter = Background(lambda: wait(session))
    until(lambda: lab.value(is_in_wait(session)), "the waiter waiting")
    if how == "cut":
        cut(session)
    else:
        lab.sql(f"{how} {session.id}")
    assert waiter.error() in (None, INTERRUPTED, 2006, 2013)
    if how == "KILL QUERY":
        session.sql("ROLLBACK")
        session.call("celers_dequeue_wait", "q", "w", 1, {"wait_ms": 0})  # gives back the bell
    else:
        until(partial(lab.is_gone, session.id), "the connection gone")
    until(lambda: session.id not in bells(lab), "the bell let go")
    assert lab.open_transactions() in ([], [first.id])
    task_id = lab.admin.enqueue()
    rows = holder.result() if holder else []
    rows = rows or wait(first)
    assert [row["task_id"] for row in rows] == [task_id]
    lab.check()


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_a_waiter_beside_a_task_that_is_not_committed(lab: Lab, end: str) -> None:
    """It sees the task coming, and does not stay with it while another one is there."""
    writer, session = lab.sessions(2)

    def wait() -> list[Row]:
        return session.call("celers_dequeue_wait", "q,r", "w", 5, {"wait_ms": 2000})

    writer.sql("START TRANSACTION")
    coming = writer.enqueue()
    waiter = Background(wait)
    until(lambda: lab.value(is_in_wait(session)), "the waiter waiting", [waiter])
    there = lab.admin.enqueue(queue="r")
    assert [row["task_id"] for row in waiter.result()] == [there]
    waiter = Background(wait)
    until(lambda: lab.value(is_in_wait(session)), "the waiter waiting", [waiter])
    writer.sql(end)
    later = lab.admin.enqueue(queue="r") if end == "ROLLBACK" else coming
    assert [row["task_id"] for row in waiter.result()] == [later]
    lab.check()


def bells(lab: Lab) -> list[int]:
    """The connections that hold a named lock."""
    rows = lab.sql(
        "SELECT h.processlist_id FROM performance_schema.metadata_locks AS m"
        " INNER JOIN performance_schema.threads AS h ON h.thread_id = m.owner_thread_id"
        " WHERE m.object_type = 'USER LEVEL LOCK' AND m.lock_status = 'GRANTED'"
        f" AND h.processlist_db = '{lab.name}'"
    )
    return [int(row[0]) for row in rows]


def is_in_wait(session: Session) -> str:
    """Whether a session sleeps, for a while or on a named lock."""
    return (
        "SELECT 1 FROM performance_schema.threads WHERE processlist_state IN"
        f" ('User sleep', 'User lock') AND processlist_id = {session.id}"
    )

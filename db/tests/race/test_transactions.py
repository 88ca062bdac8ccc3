"""Join or own: calls in every kind of transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from db.tests.race.kit import (
    Lab,
    Row,
    Session,
    error_of,
    new_id,
    own_work,
    ready,
    refused,
    until,
)

LEVELS = ("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")

pytestmark = pytest.mark.usefixtures("orders")


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

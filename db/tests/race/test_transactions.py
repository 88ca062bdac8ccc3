"""Join or own: calls in every kind of transaction, and calls that are cut off in the middle."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator

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
from pyclient._call import driver_of
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
            **{"enqueue": "ready", "enqueue_batch": "ready", "dequeue": "running"},
            **{"dequeue_wait": "running", "ack": "completed", "reject": "dead"},
            **{"extend": "running", "step": "completed", "cancel": "cancelled"},
            **{"cancel_running": "running"},
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


@pytest.fixture(params=CALLS)
def some_call(request: pytest.FixtureRequest, lab: Lab, orders: None) -> Call:
    """Each of the calls that move tasks."""
    return Call(lab, request.param)


# Own transactions.


def test_alone_a_call_commits(lab: Lab, some_call: Call) -> None:
    session = lab.session()
    some_call.run(session)
    assert some_call.state() == some_call.after
    assert lab.open_transactions() == []
    session.sql("ROLLBACK")
    assert some_call.state() == some_call.after


@pytest.mark.parametrize("kind", ["CHAIN", "RELEASE"])
def test_completion_type_does_not_reach_in(lab: Lab, some_call: Call, kind: str) -> None:
    session = lab.session(f"SET SESSION completion_type = '{kind}'")
    some_call.run(session)
    assert some_call.state() == some_call.after
    assert lab.open_transactions() == []
    assert session.value("SELECT @@completion_type") == kind
    with refused("UUID_INVALID"):
        session.call("celers_cancel", "nonsense", None)
    with refused("TASK_NOT_FOUND"):
        session.call("celers_cancel", new_id(), None)
    assert lab.open_transactions() == []
    assert session.value("SELECT CONNECTION_ID()") == session.id


@pytest.mark.parametrize("level", LEVELS)
def test_the_isolation_level_of_the_session_stays(lab: Lab, some_call: Call, level: str) -> None:
    session = lab.session(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
    some_call.run(session)
    session.sql("START TRANSACTION; SELECT 1 FROM celers_queue FOR SHARE")
    assert lab.value(
        "SELECT trx_isolation_level FROM information_schema.innodb_trx"
        f" WHERE trx_mysql_thread_id = {session.id}"
    ) == level
    session.sql("COMMIT")
    assert session.value("SELECT @@transaction_isolation") == level.replace(" ", "-")


def test_a_level_for_the_next_transaction_is_not_ours_to_keep(lab: Lab, some_call: Call) -> None:
    """After a call that fails before it begins, and after one that works."""
    session = lab.session()
    with refused("UUID_INVALID"):
        session.call("celers_ack", "nonsense", "nonsense")
    some_call.run(session)
    session.sql("START TRANSACTION; SELECT 1 FROM celers_queue FOR SHARE")
    assert lab.value(
        "SELECT trx_isolation_level FROM information_schema.innodb_trx"
        f" WHERE trx_mysql_thread_id = {session.id}"
    ) == "REPEATABLE READ"
    session.sql("COMMIT")


def test_a_read_only_session(lab: Lab, some_call: Call) -> None:
    """A default that is for the session's own transactions."""
    session = lab.session("SET SESSION transaction_read_only = 1")
    some_call.run(session)
    assert some_call.state() == some_call.after


# Transactions of the caller.


@contextlib.contextmanager
def transaction(session: Session, how: str) -> Iterator[None]:
    """The caller has done work of his own in a transaction that goes on."""
    session.sql("SET autocommit = 0" if how == "autocommit" else how)
    session.sql("INSERT INTO orders VALUES (1)")
    yield
    session.sql("SET autocommit = 1" if how == "autocommit" else "DO 0")


BEGINS = ("START TRANSACTION", "BEGIN", "autocommit", "XA START 'celers'")


@pytest.mark.parametrize("how", BEGINS[:3])
def test_in_a_transaction_that_commits(lab: Lab, some_call: Call, how: str) -> None:
    session = lab.session()
    with transaction(session, how):
        some_call.run(session)
        assert (some_call.state(), own_work(lab)) == (some_call.before, [])
        session.sql("COMMIT")
    assert (some_call.state(), own_work(lab)) == (some_call.after, [1])
    assert lab.open_transactions() == []
    lab.check()


@pytest.mark.parametrize("how", BEGINS[:3])
def test_in_a_transaction_that_rolls_back(lab: Lab, some_call: Call, how: str) -> None:
    session = lab.session()
    with transaction(session, how):
        some_call.run(session)
        session.sql("ROLLBACK")
    assert (some_call.state(), own_work(lab)) == (some_call.before, [])
    assert lab.open_transactions() == []
    lab.check()
    some_call.run(lab.session())  # nothing of it is in the way
    assert some_call.state() == some_call.after


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_in_an_xa_transaction(lab: Lab, some_call: Call, end: str) -> None:
    session = lab.session()
    name = f"'{lab.name}'"
    session.sql(f"XA START {name}; INSERT INTO orders VALUES (1)")
    some_call.run(session)
    assert (some_call.state(), own_work(lab)) == (some_call.before, [])
    session.sql(f"XA END {name}; XA PREPARE {name}; XA {end} {name}")
    expected = (some_call.after, [1]) if end == "COMMIT" else (some_call.before, [])
    assert (some_call.state(), own_work(lab)) == expected


@pytest.mark.parametrize("level", LEVELS)
def test_at_every_isolation_level(lab: Lab, some_call: Call, level: str) -> None:
    session = lab.session(f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
    with transaction(session, "START TRANSACTION"):
        some_call.run(session)
        session.sql("COMMIT")
    assert (some_call.state(), own_work(lab)) == (some_call.after, [1])
    assert session.value("SELECT @@transaction_isolation") == level.replace(" ", "-")


def test_savepoints_of_the_caller(lab: Lab, some_call: Call) -> None:
    """They stay, and rolling back to one takes the call back and nothing else."""
    session = lab.session()
    with transaction(session, "START TRANSACTION"):
        session.sql("SAVEPOINT a; INSERT INTO orders VALUES (2); SAVEPOINT b")
        some_call.run(session)
        session.sql("INSERT INTO orders VALUES (3)")
        session.sql("ROLLBACK TO SAVEPOINT b; INSERT INTO orders VALUES (4); RELEASE SAVEPOINT a")
        session.sql("COMMIT")
    assert (some_call.state(), own_work(lab)) == (some_call.before, [1, 2, 4])
    lab.check()


def test_no_savepoint_of_ours_stays(lab: Lab, some_call: Call) -> None:
    session = lab.session()
    with transaction(session, "START TRANSACTION"):
        some_call.run(session)
        for name in ("celers_call", "celers_batch"):
            assert error_of(lambda n=name: session.sql(f"ROLLBACK TO SAVEPOINT {n}")) == 1305
        assert error_of(lambda: session.call("celers_cancel", new_id(), None)) == 50114
        for name in ("celers_call", "celers_batch"):
            assert error_of(lambda n=name: session.sql(f"ROLLBACK TO SAVEPOINT {n}")) == 1305
        session.sql("COMMIT")
    assert (some_call.state(), own_work(lab)) == (some_call.after, [1])


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


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("how", BEGINS[:3])
def test_a_call_that_fails_leaves_nothing_but_the_caller_s_work(
    lab: Lab, name: str, how: str
) -> None:
    """Neither of its own work, nor of the caller's earlier calls does anything get lost."""
    known, other = lab.admin.enqueue(), new_id()
    session = lab.session()
    before = lab.sql("SELECT * FROM celers_task") + lab.sql("SELECT * FROM celers_ready")
    with transaction(session, how):
        session.call("celers_enqueue", "kept", "job", "{}", {"task_id": other})
        number = error_of(lambda: FAILURES[name](session, known))
        assert number is not None
        assert 50000 <= number < 52000, number
        session.sql("INSERT INTO orders VALUES (2)")
        session.sql("COMMIT")
    assert own_work(lab) == [1, 2]
    assert lab.check() == {known: "ready", other: "ready"}
    lab.admin.call("celers_cancel", other, None)
    lab.sql(f"DELETE FROM celers_task WHERE id = UUID_TO_BIN('{other}')")
    assert lab.sql("SELECT * FROM celers_task") + lab.sql("SELECT * FROM celers_ready") == before


@pytest.mark.parametrize("name", FAILURES)
def test_a_call_that_fails_alone_leaves_nothing(lab: Lab, name: str) -> None:
    known = lab.admin.enqueue()
    session = lab.session()
    number = error_of(lambda: FAILURES[name](session, known))
    assert number is not None
    assert 50000 <= number < 52000, number
    assert lab.check() == {known: "ready"}
    assert lab.open_transactions() == []


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
    for how in BEGINS[:3]:
        session = lab.session()
        with transaction(session, how):
            assert session.claim() == []
            session.sql("ROLLBACK")
    assert own_work(lab) == []
    assert set(lab.check().values()) == {"scheduled"}
    assert len(until(lambda: lab.session().claim(), "the task promoted")) == 1


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
    def test_cancel(self, lab: Lab, old: Session, state: str) -> None:
        task_id = lab.admin.enqueue(delay_s=1000 if state in ("scheduled", "moved") else 0)
        if state == "moved":
            lab.make_due()
            lab.duty("promote_due")
        if state in ("running", "completed"):
            (task,) = lab.admin.claim()
        if state == "completed":
            lab.admin.call("celers_ack", task_id, task["receipt"])
        expected = {"running": "cancel_requested", "completed": "completed"}.get(state, "cancelled")
        assert old.outcome("celers_cancel", task_id, None) == expected
        assert old.one("celers_cancel_batch", [task_id], None)["outcome"] == expected
        old.sql("COMMIT")
        lab.check()

    def test_enqueue_of_an_id_that_stands(self, lab: Lab, old: Session) -> None:
        task_id = lab.admin.enqueue()
        row = old.one("celers_enqueue", "q", "job", "{}", {"task_id": task_id})
        assert (row["task_id"], row["created"], row["state"]) == (task_id, 0, "pending")
        with refused("TASK_ID_REUSED"):
            old.call("celers_enqueue", "q", "job", "[]", {"task_id": task_id})
        item = {"task_id": task_id, "task_name": "job", "payload": "{}"}
        assert old.one("celers_enqueue_batch", "q", [item], None)["created"] == 0
        old.sql("COMMIT")
        assert lab.check() == {task_id: "ready"}


@pytest.mark.parametrize("state", ["ready", "scheduled", "running"])
def test_cancel_of_a_task_that_moved_since_the_snapshot(lab: Lab, state: str) -> None:
    """The caller has seen it elsewhere."""
    task_id = lab.admin.enqueue()
    session = lab.session()
    session.sql(OLD_SNAPSHOT)
    (task,) = lab.admin.claim()
    if state != "running":
        options = {"delay_s": 1000 if state == "scheduled" else 0}
        lab.admin.call("celers_reject", task_id, task["receipt"], "e", options)
    expected = "cancel_requested" if state == "running" else "cancelled"
    assert session.outcome("celers_cancel", task_id, None) == expected
    session.sql("COMMIT")
    assert lab.check() == {task_id: state if state == "running" else "cancelled"}


# Locks.


def lock_task(session: Session, task_id: object, tables: str) -> None:
    """Hold the rows of a task."""
    session.sql("START TRANSACTION")
    for table in tables.split():
        session.sql(f"SELECT 1 FROM {table} WHERE id = UUID_TO_BIN('{task_id}') FOR UPDATE")


def test_a_deadlock_in_a_transaction_of_the_caller(lab: Lab) -> None:
    """Error 1213 reaches the caller, and of the whole transaction nothing is left."""
    worker, victim, rival = lab.sessions(3)
    task = ready(lab, worker)
    victim.sql("START TRANSACTION; INSERT INTO orders VALUES (1)")
    first = victim.enqueue()
    lock_task(rival, task["task_id"], "celers_running")
    rival.sql("INSERT INTO orders VALUES (2), (3), (4), (5), (6), (7)")  # the larger one survives
    waiting = Background(
        lambda: victim.call("celers_ack_batch", [{**pick(task)}, {**pick(task)}])
    )
    lab.blocked(victim)
    other = Background(lambda: rival.sql("INSERT INTO orders VALUES (1)"))
    assert waiting.error() == DEADLOCK
    assert other.error() is None
    assert lab.open_transactions() == [rival.id]
    rival.sql("COMMIT")
    assert victim.value("SELECT 1") == 1
    assert own_work(lab) == [1, 2, 3, 4, 5, 6, 7]
    assert first not in lab.places()
    assert lab.check() == {task["task_id"]: "running"}
    assert victim.outcome("celers_ack", task["task_id"], task["receipt"]) == "completed"


def pick(task: Row) -> Row:
    """A claimed row as an item for ack."""
    return {"task_id": task["task_id"], "receipt": task["receipt"]}


def test_a_lock_wait_that_times_out(lab: Lab) -> None:
    """Error 1205 takes the call back, and of the caller's transaction nothing else."""
    worker, holder = lab.sessions(2)
    task = ready(lab, worker)
    lock_task(holder, task["task_id"], "celers_running")
    caller = lab.session("SET SESSION innodb_lock_wait_timeout = 1")
    receipt = (task["task_id"], task["receipt"])
    assert error_of(lambda: caller.call("celers_ack", *receipt)) == LOCK_TIMEOUT
    assert lab.open_transactions() == [holder.id]
    caller.sql("START TRANSACTION; INSERT INTO orders VALUES (1)")
    assert error_of(lambda: caller.call("celers_ack", *receipt)) == LOCK_TIMEOUT
    batch = [{"task_id": new_id(), "task_name": "job", "payload": "{}"}]
    caller.call("celers_enqueue_batch", "q", batch, None)
    assert error_of(lambda: caller.call("celers_reject", *receipt, "e", None)) == LOCK_TIMEOUT
    caller.sql("COMMIT")
    assert lab.open_transactions() == [holder.id]
    holder.sql("ROLLBACK")
    assert own_work(lab) == [1]
    assert lab.check() == {task["task_id"]: "running", batch[0]["task_id"]: "ready"}


# Calls that are cut off.


def blocked_calls(lab: Lab) -> dict[str, tuple[Callable[[Session], object], str]]:
    """Calls that wait, in the middle of their work, for a row that somebody holds."""
    task = ready(lab, lab.session())
    waiting, cancelled = new_id(), lab.admin.enqueue()
    lab.admin.call("celers_enqueue", "q", "job", "{}", {"task_id": waiting, "delay_s": 1000})
    stands = [{"task_id": i, "task_name": "job", "payload": "{}"} for i in (new_id(), waiting)]
    return {
        "ack": (lambda s: s.call("celers_ack_batch", [pick(task)] * 2), str(task["task_id"])),
        "reject": (lambda s: s.call("celers_reject", *pick(task).values(), "e", None), ""),
        "enqueue_batch": (lambda s: s.call("celers_enqueue_batch", "q", stands, None), waiting),
        "cancel": (
            lambda s: s.call("celers_cancel_batch", [cancelled, waiting], None),
            waiting,
        ),
        "step": (
            lambda s: s.call("celers_step", "w", [pick(task)] * 2, None, {"queues": "q"}),
            str(task["task_id"]),
        ),
    }


BLOCKED = ("ack", "reject", "enqueue_batch", "cancel", "step")
ROWS = "celers_task celers_scheduled celers_running"


@pytest.mark.parametrize("name", BLOCKED)
def test_kill_query(lab: Lab, name: str) -> None:
    """No handler runs then: the transaction stays until the client rolls back, as it must."""
    call, _ = blocked_calls(lab)[name]
    before = lab.check()
    holder, session = lab.sessions(2)
    for task_id in before:
        if not lab.value("SELECT @@in_transaction IS NULL" if False else "SELECT 0"):
            lock_task(holder, task_id, ROWS) if task_id == next(iter(before)) else [
                holder.sql(
                    f"SELECT 1 FROM {table} WHERE id = UUID_TO_BIN('{task_id}') FOR UPDATE"
                )
                for table in ROWS.split()
            ]
    running = Background(lambda: call(session))
    lab.blocked(session)
    lab.sql(f"KILL QUERY {session.id}")
    assert running.error() == INTERRUPTED
    session.sql("ROLLBACK")
    assert lab.open_transactions() == [holder.id]
    holder.sql("ROLLBACK")
    assert lab.check() == before
    call(session)
    lab.check()

"""Calls that wait for a lock in the middle of their work, and calls that are cut off there."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
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
    own_work,
    ready,
    until,
)
from pyclient._call import socket_of
from pyclient.errors import CelersError
from tools.freshschema import Schema

pytestmark = pytest.mark.usefixtures("orders")


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

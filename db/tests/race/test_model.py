"""The core against a small model: any sequence of calls leaves both in the same state."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from db.tests.race.kit import Lab, Row, new_id, refused

MAX_CRASHES = 2
ENDS = ("completed", "failed", "cancelled", "expired")
QUEUES = st.sampled_from(["a", "b"])
NUMBER = st.integers(0, 1000)
REJECTS = st.sampled_from(
    [
        {"delay_s": 0},
        {"delay_s": 0, "dead_letter": False},
        {"delay_s": 500},
        {"retry": False},
        {"retry": False, "dead_letter": False},
        {"release": True},
        {"release": True, "delay_s": 500},
        {"cancel": True},
    ]
)


@dataclass
class Task:
    """What the model knows of a task."""

    id: str
    queue: str
    priority: int
    max_retries: int
    expires: bool
    state: str
    order: int
    attempt: int = 0
    errors: int = 0
    crashes: int = 0
    receipt: str = ""
    is_unwanted: bool = False
    was_dead: bool = False
    percent: int | None = None


class Core(RuleBasedStateMachine):
    """Calls on a schema, and the same on the model."""

    lab: Lab

    def __init__(self) -> None:
        super().__init__()
        self.lab.clear()
        self.lab.quiet()
        self.lab.sql(
            f"UPDATE celers_queue SET max_crashes = {MAX_CRASHES} WHERE queue = '*';"
            "DELETE FROM celers_queue WHERE queue <> '*'"
        )
        self.session = self.lab.admin
        self.tasks: dict[str, Task] = {}
        self.requests: dict[str, list[str]] = {}
        self.receipts: list[tuple[str, str, str]] = []  # task, receipt, how the attempt ended
        self.paused: set[str] = set()
        self.clock = 0

    # The model.

    def tick(self) -> int:
        """A place behind all others."""
        self.clock += 1
        return self.clock

    def those(self, *states: str) -> list[Task]:
        """The tasks in a state."""
        return [task for task in self.tasks.values() if task.state in states]

    def some(self, number: int, *states: str) -> Task:
        """One of the tasks in a state."""
        found = self.those(*states)
        return found[number % len(found)]

    def next_tasks(self, queues: list[str], limit: int) -> list[Task]:
        """What a claim has to hand out."""
        found: list[Task] = []
        for queue in queues:
            if queue not in self.paused:
                waiting = [task for task in self.those("ready") if task.queue == queue]
                found += sorted(waiting, key=lambda task: (-task.priority, task.order))
        return found[:limit]

    def add(self, task: Task) -> None:
        """A new task."""
        self.tasks[task.id] = task

    def to_ready(self, task: Task) -> None:
        """A task waits at the tail."""
        task.state, task.order, task.receipt = "ready", self.tick(), ""

    def end_attempt(self, task: Task, outcome: str, delay_s: float) -> None:
        """An attempt has ended without success."""
        self.receipts = [
            (i, r, outcome if (i, r) == (task.id, task.receipt) else o) for i, r, o in self.receipts
        ]
        task.errors += outcome in ("retried", "dead", "failed")
        if outcome in ("dead", "failed", "cancelled"):
            task.state, task.receipt = outcome, ""
            task.was_dead = task.was_dead or outcome == "dead"
        elif delay_s > 0:
            task.state, task.order, task.receipt = "scheduled", self.tick(), ""
        else:
            self.to_ready(task)

    def complete(self, task: Task) -> None:
        """A task has ended well."""
        self.receipts = [
            (i, r, "completed" if (i, r) == (task.id, task.receipt) else o)
            for i, r, o in self.receipts
        ]
        task.state, task.receipt = "completed", ""

    def outcome_of_reject(self, task: Task, options: Row) -> str:
        """What a reject has to answer."""
        if task.is_unwanted or options.get("cancel"):
            return "cancelled"
        if options.get("release"):
            return "released"
        if options.get("retry", True) and task.errors < task.max_retries:
            return "retried"
        return "dead" if options.get("dead_letter", True) else "failed"

    # Enqueue.

    @initialize(max_retries=st.integers(0, 2))
    def some_tasks(self, max_retries: int) -> None:
        """Something to begin with."""
        for queue in ("a", "b", "a"):
            self.enqueue(queue, 0, 0, max_retries, False)

    @precondition(lambda self: len(self.those("ready")) < 6)
    @rule(
        queue=QUEUES,
        priority=st.integers(-2, 2),
        delay_s=st.sampled_from([0, 0, 500]),
        max_retries=st.integers(0, 2),
        expires=st.booleans(),
    )
    def enqueue(
        self, queue: str, priority: int, delay_s: int, max_retries: int, expires: bool
    ) -> None:
        task_id = new_id()
        options: Row = {"task_id": task_id, "priority": priority, "max_retries": max_retries}
        options |= {"delay_s": delay_s} if delay_s else {}
        options |= {"expires_s": 900} if expires else {}
        row = self.session.one("celers_enqueue", queue, "job", "{}", options)
        assert (row["task_id"], row["created"], row["state"]) == (task_id, 1, "pending")
        state = "scheduled" if delay_s else "ready"
        self.add(Task(task_id, queue, priority, max_retries, expires, state, self.tick()))

    @precondition(lambda self: len(self.those("ready")) < 6)
    @rule(queue=QUEUES, priorities=st.lists(st.integers(-1, 1), min_size=1, max_size=4))
    def enqueue_batch(self, queue: str, priorities: list[int]) -> None:
        items = [
            {"task_id": new_id(), "task_name": "job", "payload": "{}", "priority": priority}
            for priority in priorities
        ]
        rows = self.session.call("celers_enqueue_batch", queue, items, None)
        assert [row["task_id"] for row in rows] == [item["task_id"] for item in items]
        for item, priority in zip(items, priorities, strict=True):
            self.add(Task(str(item["task_id"]), queue, priority, 3, False, "ready", self.tick()))

    @precondition(lambda self: self.tasks)
    @rule(number=NUMBER, batch=st.booleans())
    def enqueue_again(self, number: int, batch: bool) -> None:
        task = list(self.tasks.values())[number % len(self.tasks)]
        if batch:
            item = {"task_id": task.id, "task_name": "job", "payload": "{}"}
            row = self.session.one("celers_enqueue_batch", task.queue, [item], None)
            assert (row["task_id"], row["created"]) == (task.id, 0)
        else:
            options = {"task_id": task.id}
            row = self.session.one("celers_enqueue", task.queue, "job", "{}", options)
            pending = {"ready": "pending", "scheduled": "pending", "running": "processing"}
            state = pending.get(task.state, task.state)
            assert (row["task_id"], row["created"], row["state"]) == (task.id, 0, state)
        with refused("TASK_ID_REUSED"):
            self.session.call("celers_enqueue", task.queue, "other", "{}", {"task_id": task.id})

    # Claims.

    @precondition(lambda self: self.those("ready"))
    @rule(queues=st.permutations(["a", "b"]))
    def claim_one(self, queues: list[str]) -> None:
        request, expected = new_id(), self.next_tasks(queues, 1)
        self.take(self.session.claim(1, ",".join(queues), request_id=request), expected, request)

    @precondition(lambda self: self.those("ready"))
    @rule(queues=st.permutations(["a", "b"]), limit=st.integers(0, 4))
    def claim_some(self, queues: list[str], limit: int) -> None:
        request, expected = new_id(), self.next_tasks(queues, limit)
        rows = self.session.claim(limit, ",".join(queues), request_id=request)
        self.take(rows, expected, request)

    @precondition(lambda self: self.those("ready"))
    @rule(queues=st.permutations(["a", "b"]), limit=st.integers(1, 4))
    def claim_by_wait(self, queues: list[str], limit: int) -> None:
        request, expected = new_id(), self.next_tasks(queues, limit)
        options = {"request_id": request, "wait_ms": 0}
        rows = self.session.call("celers_dequeue_wait", ",".join(queues), "w", limit, options)
        self.take(rows, expected, request)

    @precondition(lambda self: self.those("ready"))
    @rule(queues=st.permutations(["a", "b"]), limit=st.integers(1, 4))
    def claim_by_step(self, queues: list[str], limit: int) -> None:
        request, expected = new_id(), self.next_tasks(queues, limit)
        options = {"request_id": request, "queues": ",".join(queues), "limit": limit}
        rows = self.session.call("celers_step", "w", None, None, options)
        self.take(rows, expected, request)

    def take(self, rows: list[Row], expected: list[Task], request: str) -> None:
        """Compare what a claim handed out, and note it."""
        expected.sort(key=lambda task: (-task.priority, task.order))
        assert [row["task_id"] for row in rows] == [task.id for task in expected]
        for task in expected:
            task.attempt += 1
            task.state, task.receipt = "running", request
            self.receipts.append((task.id, request, "running"))
        assert all(row["receipt"] == request for row in rows)
        assert {(r["task_id"], r["attempt"]) for r in rows} == {(t.id, t.attempt) for t in expected}
        if expected:
            self.requests[request] = [task.id for task in expected]

    @precondition(lambda self: self.requests)
    @rule(number=NUMBER)
    def claim_again(self, number: int) -> None:
        request = list(self.requests)[number % len(self.requests)]
        held = [task for task in self.those("running") if task.receipt == request]
        if held:
            rows = self.session.claim(9, "a,b", request_id=request)
            assert {row["task_id"] for row in rows} == {task.id for task in held}

    # Ends.

    @precondition(lambda self: self.those("running"))
    @rule(number=NUMBER)
    def ack(self, number: int) -> None:
        task = self.some(number, "running")
        assert self.session.outcome("celers_ack", task.id, task.receipt) == "completed"
        self.complete(task)

    @precondition(lambda self: self.those("running"))
    @rule(number=NUMBER)
    def ack_twice_in_a_batch(self, number: int) -> None:
        task = self.some(number, "running")
        item = {"task_id": task.id, "receipt": task.receipt}
        rows = self.session.call("celers_ack_batch", [{**item, "result": "1"}, item])
        assert [row["outcome"] for row in rows] == ["completed"] * 2
        self.complete(task)

    @precondition(lambda self: self.those("running"))
    @rule(number=NUMBER, options=REJECTS)
    def reject(self, number: int, options: Row) -> None:
        task = self.some(number, "running")
        expected = self.outcome_of_reject(task, options)
        told = self.session.outcome("celers_reject", task.id, task.receipt, "e", options)
        assert told == expected
        self.end_attempt(task, expected, float(options.get("delay_s", 0)))

    @precondition(lambda self: self.those("running"))
    @rule(number=NUMBER, options=REJECTS)
    def reject_in_a_batch(self, number: int, options: Row) -> None:
        task = self.some(number, "running")
        expected = self.outcome_of_reject(task, options)
        item = {"task_id": task.id, "receipt": task.receipt, "error": "e", **options}
        assert self.session.one("celers_reject_batch", [item])["outcome"] == expected
        self.end_attempt(task, expected, float(options.get("delay_s", 0)))

    @precondition(lambda self: len(self.those("running")) > 1)
    @rule(number=NUMBER, options=REJECTS)
    def step(self, number: int, options: Row) -> None:
        """One task ends well and another does not."""
        first, second = self.some(number, "running"), self.some(number + 1, "running")
        expected = self.outcome_of_reject(second, options)
        acks = [{"task_id": first.id, "receipt": first.receipt}]
        rejects = [{"task_id": second.id, "receipt": second.receipt, "error": "e", **options}]
        rows = self.session.call("celers_step", "w", acks, rejects, {"limit": 0})
        assert rows == []
        self.complete(first)
        self.end_attempt(second, expected, float(options.get("delay_s", 0)))

    @precondition(lambda self: self.receipts)
    @rule(number=NUMBER, with_reject=st.booleans())
    def answer_for_an_old_receipt(self, number: int, with_reject: bool) -> None:
        """A late or repeated end changes nothing, and is answered as the first was."""
        task_id, receipt, outcome = self.receipts[number % len(self.receipts)]
        if outcome == "running" or self.tasks[task_id].receipt == receipt:
            return
        expected = "LEASE_LOST" if outcome in ("crashed", "requeued") else outcome
        if with_reject:
            told = self.session.outcome("celers_reject", task_id, receipt, "late", None)
        else:
            told = self.session.outcome("celers_ack", task_id, receipt)
        assert told == expected

    @precondition(lambda self: self.those("running"))
    @rule(number=NUMBER)
    def ack_with_a_foreign_receipt(self, number: int) -> None:
        task = list(self.tasks.values())[number % len(self.tasks)]
        assert self.session.outcome("celers_ack", task.id, new_id()) == "LEASE_LOST"
        assert self.session.outcome("celers_ack", new_id(), new_id()) == "TASK_NOT_FOUND"

    @precondition(lambda self: self.receipts)
    @rule(number=NUMBER, percent=st.integers(0, 100))
    def tell_progress(self, number: int, percent: int) -> None:
        """The holder of the receipt may, and nobody else."""
        task_id, receipt, outcome = self.receipts[number % len(self.receipts)]
        call = partial(self.session.call, "celers_update_task_progress", task_id, receipt, percent)
        if outcome == "running":
            call(None)
            self.tasks[task_id].percent = percent
        else:
            with refused("LEASE_LOST"):
                call(None)

    # Leases.

    @precondition(lambda self: self.requests)
    @rule(number=NUMBER)
    def extend(self, number: int) -> None:
        request = list(self.requests)[number % len(self.requests)]
        held = [task for task in self.those("running") if task.receipt == request]
        if held:
            row = self.session.one("celers_extend", request, 1000)
            assert row["cancel_requested"] == sum(task.is_unwanted for task in held)
        else:
            with refused("LEASE_LOST"):
                self.session.call("celers_extend", request, 1000)

    @precondition(lambda self: self.those("running"))
    @rule(number=NUMBER)
    def lose_a_lease(self, number: int) -> None:
        request = self.some(number, "running").receipt
        assert self.lab.duty("recover_expired") == 0
        self.lab.lapse(request)
        held = [task for task in self.those("running") if task.receipt == request]
        assert self.lab.duty("recover_expired") == len(held)
        # They come back at the same moment: the ids decide.
        for task in sorted(held, key=lambda task: task.id):
            if task.is_unwanted:
                self.end_attempt(task, "cancelled", 0)
            elif task.crashes >= MAX_CRASHES:
                task.errors -= 1  # end_attempt() counts the last crash as an error
                self.end_attempt(task, "dead", 0)
                task.crashes += 1
            else:
                self.end_attempt(task, "crashed", 0)
                task.crashes += 1

    # Moves.

    @precondition(lambda self: self.those("scheduled"))
    @rule()
    def promote(self) -> None:
        due = sorted(self.those("scheduled"), key=lambda task: self.due_order(task.id))
        self.lab.make_due()
        assert self.lab.duty("promote_due") == len(due)
        for task in due:
            self.to_ready(task)

    def due_order(self, task_id: str) -> Any:
        """When a scheduled task is due, by the table: the moment of its call decides."""
        return self.lab.sql(
            f"SELECT due_at, id FROM celers_scheduled WHERE id = UUID_TO_BIN('{task_id}')"
        )[0]

    @precondition(lambda self: any(t.expires for t in self.those("ready", "scheduled")))
    @rule()
    def expire(self) -> None:
        """Tasks that were never begun end; the others have no time limit any more."""
        past = "UTC_TIMESTAMP(6) - INTERVAL 1 SECOND"
        self.lab.sql(
            f"UPDATE celers_expiry SET expires_at = {past} ORDER BY expires_at, id;"
            f"UPDATE celers_ready SET expires_at = {past} WHERE expires_at IS NOT NULL;"
            f"UPDATE celers_scheduled SET expires_at = {past} WHERE expires_at IS NOT NULL"
        )
        late = [t for t in self.those("ready", "scheduled") if t.expires and t.attempt == 0]
        assert self.lab.sql("SELECT COUNT(*) FROM celers_expiry")[0][0] >= len(late)
        self.lab.duty("expire_pending")
        for task in self.tasks.values():
            if task in late:
                task.state = "expired"
            elif task.state != "running":
                task.expires = False

    @precondition(lambda self: self.tasks)
    @rule(number=NUMBER, batch=st.booleans())
    def cancel(self, number: int, batch: bool) -> None:
        task = list(self.tasks.values())[number % len(self.tasks)]
        if task.state in ("ready", "scheduled"):
            task.state = "cancelled"
        if task.state == "running":
            task.is_unwanted = True
        expected = "cancel_requested" if task.state == "running" else task.state
        if batch:
            rows = self.session.call("celers_cancel_batch", [task.id, task.id, new_id()], None)
            assert [row["outcome"] for row in rows] == [expected, expected, "not_found"]
        else:
            assert self.session.outcome("celers_cancel", task.id, None) == expected

    @precondition(lambda self: any(task.was_dead for task in self.tasks.values()))
    @rule(number=NUMBER)
    def requeue(self, number: int) -> None:
        dead = [task for task in self.tasks.values() if task.was_dead]
        task = dead[number % len(dead)]
        row = self.session.one("celers_requeue_from_dlq", task.id)
        assert row["outcome"] == "requeued"
        if task.state == "dead":
            self.receipts = [(i, r, o) for i, r, o in self.receipts if i != task.id or o != "dead"]
            task.errors = task.crashes = 0
            task.is_unwanted = task.expires = False
            self.to_ready(task)

    @precondition(lambda self: self.those(*ENDS))
    @rule(number=NUMBER)
    def requeue_what_is_not_dead(self, number: int) -> None:
        task = list(self.tasks.values())[number % len(self.tasks)]
        if not task.was_dead:
            with refused("TASK_NOT_DEAD"):
                self.session.call("celers_requeue_from_dlq", task.id)

    @precondition(lambda self: not self.paused and len(self.those("ready")) > 3)
    @rule(queue=QUEUES)
    def pause(self, queue: str) -> None:
        self.session.call("celers_pause", queue)
        self.paused.add(queue)

    @precondition(lambda self: self.paused)
    @rule()
    def resume(self) -> None:
        self.session.call("celers_resume", self.paused.pop())

    # Deletions.

    @precondition(lambda self: self.tasks)
    @rule(number=NUMBER)
    def delete(self, number: int) -> None:
        task = list(self.tasks.values())[number % len(self.tasks)]
        if task.state in (*ENDS, "dead"):
            assert self.session.one("celers_delete_task", task.id)["deleted"] == 1
            self.forget(task)
            assert self.session.one("celers_delete_task", task.id)["deleted"] == 0
        else:
            with refused("TASK_NOT_ENDED"):
                self.session.call("celers_delete_task", task.id)

    @precondition(lambda self: self.those("dead"))
    @rule(number=NUMBER)
    def purge_dlq(self, number: int) -> None:
        task = self.some(number, "dead")
        assert self.session.one("celers_purge_dlq", task.id)["deleted"] == 1
        self.forget(task)

    @precondition(lambda self: len(self.those("ready", "scheduled")) > 4)
    @rule(queue=QUEUES, limit=st.integers(1, 3), state=st.sampled_from(["ready", "scheduled"]))
    def purge_queue(self, queue: str, limit: int, state: str) -> None:
        waiting = [task for task in self.those(state) if task.queue == queue]
        if state == "ready":
            waiting.sort(key=lambda task: (task.priority, -task.order))
        else:
            waiting.sort(key=lambda task: self.due_order(task.id), reverse=True)
        row = self.session.one("celers_purge_queue", queue, limit, {"state": state})
        assert row["deleted"] == len(waiting[:limit])
        for task in waiting[:limit]:
            self.forget(task)

    def forget(self, task: Task) -> None:
        """Nothing is left of a task."""
        del self.tasks[task.id]
        self.receipts = [(i, r, o) for i, r, o in self.receipts if i != task.id]

    # What always holds.

    @invariant()
    def the_tables_agree_with_the_model(self) -> None:
        assert self.lab.check() == {task.id: task.state for task in self.tasks.values()}
        rows = self.lab.sql(POINTERS)
        found = {str(i): tuple(map(int, counts)) for i, *counts in rows}
        assert found == {
            task.id: (task.attempt, task.errors, task.crashes) for task in self.tasks.values()
        }

    @invariant()
    def progress_is_as_it_was_told(self) -> None:
        rows = self.lab.sql("SELECT BIN_TO_UUID(id), percent FROM celers_progress")
        assert {str(i): percent for i, percent in rows} == {
            task.id: task.percent for task in self.tasks.values() if task.percent is not None
        }

    @invariant()
    def a_running_task_has_one_receipt(self) -> None:
        rows = self.lab.sql("SELECT BIN_TO_UUID(id), BIN_TO_UUID(claim_id) FROM celers_running")
        assert sorted(rows) == sorted((task.id, task.receipt) for task in self.those("running"))


POINTERS = " UNION ALL ".join(
    f"SELECT BIN_TO_UUID(id), attempt, errors, crashes FROM celers_{table}"
    for table in ("ready", "scheduled", "running", "finished", "dead")
)


def test_core(lab: Lab) -> None:
    """As many runs as CELERS_MODEL_RUNS says, always the same ones without it."""
    runs = os.environ.get("CELERS_MODEL_RUNS")
    machine = type("Machine", (Core,), {"lab": lab})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(runs or 60),
            stateful_step_count=50,
            derandomize=runs is None,
            database=None,
            report_multiple_bugs=False,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

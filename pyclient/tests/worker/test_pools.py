"""What a task can say and be told, in every pool."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import pyclient
from pyclient.tests.worker.conftest import POOLS, Start
from pyclient.tests.workerkit import Look, until

Send = Callable[..., str]
Pool = tuple[str, ...]


def test_a_task_knows_itself(look: Look, start: Start, send: Send, pool: Pool) -> None:
    task = send("who", headers={"tenant": "é"})
    assert start("--burst", *pool).end() == 0
    known = look.result(task)
    assert known.pop("worker").startswith("pools@")
    assert known == {
        "task_id": task,
        "queue": "default",
        "attempt": 1,
        "headers": {"tenant": "é"},
    }


def test_coroutines_of_a_task_know_it(look: Look, start: Start, send: Send, pool: Pool) -> None:
    tasks = [send("pair") for _ in range(5)]
    assert start("--burst", *pool).end() == 0
    assert [look.result(task) for task in tasks] == [[task, task] for task in tasks]


def test_verdicts(look: Look, start: Start, send: Send, pool: Pool) -> None:
    kinds = ("snooze", "raise_snooze", "retry", "interrupt", "cancel", "reject", "dead")
    tasks = {kind: send("say", kind) for kind in kinds}
    assert start("--burst", *pool).end() == 0
    assert {kind: look.attempts(task) for kind, task in tasks.items()} == {
        "snooze": ["released", "completed"],
        "raise_snooze": ["released", "completed"],
        "retry": ["retried", "completed"],
        "interrupt": ["retried", "completed"],
        "cancel": ["cancelled"],
        "reject": ["failed"],
        "dead": ["dead"],
    }
    assert look.error(tasks["cancel"]) == "Cancel: no longer wanted"
    assert look.error(tasks["dead"]) == "Reject: never"


def test_progress_and_checkpoint(
    queue: pyclient.Client, look: Look, start: Start, send: Send, pool: Pool
) -> None:
    task = send("climb", 10)
    assert start("--burst", *pool).end() == 0
    assert look.result(task) == 5
    progress = queue.call_get_task_progress(task)
    assert progress is not None
    assert (progress.percent, progress.step, progress.total_steps) == (90, "step 9", 10)
    assert progress.checkpoint == "9"


@pytest.mark.parametrize("name", ["wait", "wait_async"])
def test_cancelling_stops_a_running_task(
    queue: pyclient.Client, look: Look, start: Start, send: Send, pool: Pool, name: str
) -> None:
    task = send(name, "x", 300)
    worker = start("--lease", "3", *pool)
    worker.wait_for("begin")
    queue.call_cancel(task)
    look.wait_for(task, "cancelled")
    assert worker.notes("TaskCancelled") or worker.notes("CancelledError")
    assert look.attempts(task) == ["cancelled"]


@pytest.mark.parametrize("name", ["wait", "wait_async"])
def test_a_timeout_is_an_error(look: Look, start: Start, send: Send, pool: Pool, name: str) -> None:
    task = send(name, "x", 300, timeout_s=1, max_retries=0)
    start(*pool)
    look.wait_for(task, "dead")
    assert look.error(task).startswith("TaskTimeout: the task ran longer than 1 s")


@pytest.mark.parametrize("name", ["wait", "wait_async"])
def test_a_second_signal_gives_running_tasks_back(
    look: Look, start: Start, send: Send, pool: Pool, name: str
) -> None:
    task = send(name, "x", 300)
    worker = start(*pool)
    worker.wait_for("begin")
    worker.terminate()
    worker.wait_for_log("a second signal ends at once")
    worker.terminate()
    assert worker.end() == 0
    assert look.attempts(task) == ["released"]


def test_a_grace_period_ends(look: Look, start: Start, send: Send, pool: Pool) -> None:
    task = send("wait", "x", 300)
    worker = start("--shutdown-grace", "1", *pool)
    worker.wait_for("begin")
    worker.terminate()
    assert worker.end() == 0
    assert "the grace period is over" in worker.log
    assert look.attempts(task) == ["released"]


@pytest.mark.parametrize("name", ["thread", "asyncio"])
def test_a_cooperative_task_sees_that_it_is_cancelled(
    queue: pyclient.Client, look: Look, start: Start, send: Send, name: str
) -> None:
    task = send("polite", "x")
    worker = start("--lease", "3", *POOLS[name])
    worker.wait_for("begin")
    queue.call_cancel(task)
    look.wait_for(task, "cancelled")
    assert worker.notes("saw")


@pytest.mark.parametrize("name", ["thread", "asyncio"])
def test_tasks_run_side_by_side(look: Look, start: Start, send: Send, name: str) -> None:
    kind = "wait" if name == "thread" else "wait_async"
    tasks = [send(kind, str(number), 300) for number in range(4)]
    worker = start(*POOLS[name])
    worker.wait_for("begin", 3)
    quick = send("who", priority=9)
    worker.pause(0.5)
    assert len(worker.notes("begin")) == 3
    assert sorted(look.state(task) for task in tasks)[-1] == "processing"
    assert look.state(quick) in ("pending", "processing")
    assert look.count(state="completed") == 0


def test_outcomes_are_handed_in_while_others_run(look: Look, start: Start, send: Send) -> None:
    long = send("wait", "long", 300)
    quick = [send("who") for _ in range(5)]
    start(*POOLS["thread"])
    look.wait_for_all(quick, "completed")
    assert look.state(long) == "processing"
    until(lambda: look.count(state="completed") == 5, "the quick ones")

"""The running task: its context, what it says about itself, what is asked of it."""

from __future__ import annotations

import asyncio
import copy
import pickle
import threading
from typing import Any

import pytest

import pyclient
from pyclient.app import (
    App,
    Cancel,
    Interrupted,
    Reject,
    Retry,
    Shutdown,
    Snooze,
    TaskCancelled,
    TaskContext,
    TaskLeaseLost,
    TaskTimeout,
    Verdict,
    current,
    running,
)
from pyclient.codec import Codec
from pyclient.errors import InvalidArgument, LeaseLost


@pytest.fixture
def attempt(app: App) -> TaskContext:
    """A claimed task."""
    app.client.call_enqueue("mail", "work", [1], headers={"tenant": "ö"}, priority=3)
    [task] = app.client.call_dequeue_batch("mail", "worker-1", 1)
    return TaskContext(
        task_id=task.task_id,
        receipt=task.receipt,
        task_name=task.task_name,
        queue=task.queue,
        attempt=task.attempt,
        priority=task.priority,
        headers=task.headers,
        worker_id="worker-1",
        app=app,
        client=app.client,
    )


@pytest.fixture
def idle() -> TaskContext:
    """A context that needs no server."""
    app: Any = None
    return TaskContext("id", "receipt", "work", "mail", 1, 0, {}, "worker-1", app, app)


def test_the_running_task_is_known_to_the_code_in_it(idle: TaskContext) -> None:
    with pytest.raises(InvalidArgument, match="inside a running task"):
        current()
    with running(idle) as given:
        assert given is idle
        assert current() is idle
        assert pyclient.current() is idle

        async def inside() -> TaskContext:
            return await asyncio.to_thread(current)

        assert asyncio.run(inside()) is idle
        other = copy.copy(idle)
        with running(other):
            assert current() is other
        assert current() is idle
    with pytest.raises(InvalidArgument):
        current()


def test_tasks_that_run_side_by_side_have_their_own(idle: TaskContext) -> None:
    together = threading.Barrier(4)
    contexts = [copy.copy(idle) for _ in range(4)]
    wrong: list[TaskContext] = []

    def run(context: TaskContext) -> None:
        with running(context):
            together.wait(30)
            if current() is not context:
                wrong.append(context)

    async def run_in_loop(context: TaskContext) -> None:
        with running(context):
            await asyncio.sleep(0.001)
            if current() is not context:
                wrong.append(context)

    threads = [threading.Thread(target=run, args=(context,)) for context in contexts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    async def main() -> None:
        await asyncio.gather(*map(run_in_loop, contexts))

    asyncio.run(main())
    assert wrong == []


def test_progress_is_recorded(app: App, attempt: TaskContext) -> None:
    assert attempt.last_checkpoint() is None
    attempt.progress(12.5)
    known = app.client.call_get_task_progress(attempt.task_id)
    assert known is not None
    assert (known.percent, known.step, known.total_steps) == (12.5, None, None)
    asyncio.run(attempt.progress_async(50, "漢 resizing", 4))
    known = app.client.call_get_task_progress(attempt.task_id)
    assert known is not None
    assert (known.percent, known.step, known.total_steps) == (50, "漢 resizing", 4)


def test_a_checkpoint_is_kept_for_the_next_attempt(app: App, attempt: TaskContext) -> None:
    attempt.progress(30)
    for value in ({"done": [1, 2], "ö": None}, None, "", 0, "漢"):
        attempt.checkpoint(value)
        assert attempt.last_checkpoint() == value
    asyncio.run(attempt.checkpoint_async([3]))
    known = app.client.call_get_task_progress(attempt.task_id)
    assert known is not None
    assert (known.percent, known.checkpoint) == (30, "[3]")
    app.client.call_reject(attempt.task_id, attempt.receipt, "no", delay_s=0)
    [again] = app.client.call_dequeue_batch("mail", "worker-2", 1)
    with pytest.raises(LeaseLost):
        attempt.checkpoint("too late")
    with pytest.raises(LeaseLost):
        attempt.progress(99)
    attempt.receipt = again.receipt
    assert asyncio.run(attempt.last_checkpoint_async()) == [3]


def test_a_checkpoint_is_written_by_the_codec(attempt: TaskContext) -> None:
    attempt.app.codec = Codec("msgpack")
    attempt.checkpoint({"bytes": b"\xff"})
    assert attempt.last_checkpoint() == {"bytes": b"\xff"}


def test_what_cannot_be_kept_is_refused(attempt: TaskContext) -> None:
    with pytest.raises(InvalidArgument):
        attempt.checkpoint({1, 2})
    with pytest.raises(InvalidArgument):
        attempt.checkpoint("x" * 600_000)
    with pytest.raises(InvalidArgument):
        attempt.progress(101)


def test_a_task_stops_where_it_checks(idle: TaskContext) -> None:
    idle.check()
    assert idle.is_interrupted is False
    asked = TaskTimeout("too slow")
    thread = threading.Thread(target=idle.interrupt, args=(asked,))
    thread.start()
    thread.join()
    assert bool(idle.is_interrupted)
    idle.interrupt(Shutdown("later"))
    for _ in range(2):
        with pytest.raises(TaskTimeout, match="too slow") as caught:
            idle.check()
        assert caught.value is asked


def test_interruptions_pass_handlers_of_exceptions() -> None:
    for kind in (TaskCancelled, TaskTimeout, TaskLeaseLost, Shutdown):
        assert issubclass(kind, Interrupted)
        assert not issubclass(kind, Exception)


@pytest.mark.parametrize(
    ("verdict", "text", "values"),
    [
        (Snooze(1.5), "again in 1.5 s", {"seconds": 1.5}),
        (Cancel("stale 漢"), "stale 漢", {"reason": "stale 漢"}),
        (Cancel(), "the task cancelled itself", {"reason": "the task cancelled itself"}),
        (Retry(), "again", {"delay_s": None}),
        (Retry(delay_s=60), "again in 60 s", {"delay_s": 60}),
        (Reject("no such user"), "no such user", {"dead_letter": True}),
        (Reject("no", dead_letter=False), "no", {"reason": "no", "dead_letter": False}),
    ],
)
def test_verdicts_say_what_they_mean(verdict: Verdict, text: str, values: Any) -> None:
    assert isinstance(verdict, Exception)
    for one in (verdict, copy.copy(verdict), pickle.loads(pickle.dumps(verdict))):
        assert str(one) == text
        assert {name: getattr(one, name) for name in values} == values


@pytest.mark.parametrize("wrong", [-1, 315_360_001, float("nan"), float("inf"), "5", True])
def test_delays_of_verdicts_are_checked(wrong: Any) -> None:
    for verdict in (Snooze, Retry):
        with pytest.raises(InvalidArgument, match="a delay is 0"):
            verdict(wrong)

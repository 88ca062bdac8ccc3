"""Inline mode: tasks run where they are enqueued, as a worker would run them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pyclient import App, testing
from pyclient.app import Cancel, HookContext, Reject, Retry, Snooze, TaskFailed, current
from pyclient.app.hooks import POINTS
from pyclient.codec import Codec
from pyclient.errors import InvalidArgument, TaskIdReused, TaskNotFound


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    """An app without a server."""
    monkeypatch.delenv("CELERS_DSN", raising=False)
    return App("shop", dsn="mysql://nobody@127.0.0.1:1/nothing")


def test_a_task_runs_at_once_and_its_result_is_there(app: App) -> None:
    @app.task
    def double(number: int) -> int:
        return number * 2

    with testing.inline(app) as report:
        handle = double.enqueue(4)
        assert (handle.status(), handle.result(), handle.created) == ("completed", 8, True)
        assert handle.wait(timeout=0) == "completed"
    assert report.completed == [handle.id]


def test_arguments_and_results_take_the_way_that_they_take_to_a_worker(app: App) -> None:
    app.codec = Codec(compression="zlib", threshold=0)
    seen: list[Any] = []

    @app.task
    def keep(*values: Any) -> Any:
        seen.extend(values)
        return {"pair": (1, 2)}

    with testing.inline(app):
        assert keep.enqueue((1, 2), {"a": (3,)}).result() == {"pair": [1, 2]}
        with pytest.raises(InvalidArgument):
            keep.enqueue(object())
    assert seen == [[1, 2], {"a": [3]}]


def test_a_result_that_cannot_be_kept_fails_for_good(app: App) -> None:
    @app.task
    def bad() -> object:
        return object()

    with testing.inline(app) as report:
        assert bad.enqueue().status() == "dead"
    assert [run.outcome for run in report.runs] == ["dead"]
    assert "ResultInvalid" in (report.runs[0].error or "")


def test_the_signature_is_checked(app: App) -> None:
    @app.task
    def send(to: str) -> None:
        raise AssertionError("must not run")

    with testing.inline(app) as report, pytest.raises(InvalidArgument, match="to"):
        send.enqueue(whom="a@b.c")  # type: ignore[call-arg]
    assert report.runs == []


def test_a_failure_is_repeated_up_to_max_retries(app: App) -> None:
    attempts: list[int] = []

    @app.task(max_retries=2, retry=[3600, 3600])
    def fail() -> None:
        attempts.append(current().attempt)
        raise Retry(3600) if current().attempt == 1 else ValueError("no")

    with testing.inline(app) as report:
        handle = fail.enqueue()
        with pytest.raises(TaskFailed, match="ValueError: no"):
            handle.result()
        assert handle.status() == "dead"
    assert attempts == [1, 2, 3]
    assert [run.outcome for run in report.runs] == ["retried", "retried", "dead"]


def test_a_dead_letter_may_be_put_back(app: App) -> None:
    is_broken = True

    @app.task(retry=False)
    def work() -> str:
        if is_broken:
            raise ValueError
        return "done"

    with testing.inline(app):
        handle = work.enqueue()
        assert handle.status() == "dead"
        is_broken = False
        assert handle.retry() == "completed"
        assert handle.result() == "done"


@pytest.mark.parametrize(
    ("verdict", "state", "outcome"),
    [
        (Reject("bad"), "dead", "dead"),
        (Reject("bad", dead_letter=False), "failed", "failed"),
        (Cancel("no need"), "cancelled", "cancelled"),
        (Snooze(60), "pending", "released"),
    ],
)
def test_verdicts(app: App, verdict: Exception, state: str, outcome: str) -> None:
    @app.task
    def judge() -> None:
        raise verdict

    with testing.inline(app) as report:
        assert judge.enqueue().status() == state
    assert [run.outcome for run in report.runs] == [outcome]


def test_nobody_waits_for_what_will_not_happen(app: App) -> None:
    @app.task
    def later() -> Snooze:
        return Snooze(60)

    with testing.inline(app):
        handle = later.enqueue()
        for waiting in (handle, app.handle(handle.id), app.enqueue("unknown", {})):
            with pytest.raises(TimeoutError, match="inline mode does not wait"):
                waiting.result()
        with pytest.raises(TimeoutError):
            asyncio.run(handle.wait_async())
        assert handle.cancel("no more") == "cancelled"
        with pytest.raises(TaskFailed, match="no more"):
            handle.result()


def test_all_hooks_are_called_in_order(app: App) -> None:
    seen: list[str] = []
    tasks: list[bool] = []

    for point in POINTS:

        def note(context: HookContext) -> None:
            seen.append(context.point)
            context.metadata["x"] = True

        app.hooks.add(point, note)

    @app.hook("before_enqueue")
    def stamp(context: HookContext) -> None:
        context.headers["tenant"] = "t1"

    @app.task(max_retries=1)
    def work() -> None:
        tasks.append(current().headers["tenant"] == "t1")
        if current().attempt == 1:
            raise ValueError

    with testing.inline(app):
        work.enqueue()
    assert seen == [
        *("before_enqueue", "before_dequeue", "after_dequeue", "before_reject", "after_reject"),
        *("before_dequeue", "after_dequeue", "before_ack", "after_ack", "after_enqueue"),
    ]
    assert tasks == [True, True]


def test_hooks_abort_as_with_a_worker(app: App) -> None:
    @app.task(retry=False)
    def work() -> int:
        return 1

    def refuse(context: HookContext) -> None:
        raise ValueError("not now")

    with testing.inline(app):
        app.hooks.add("before_dequeue", refuse)
        assert work.enqueue().status() == "pending"
        app.hooks.clear()
        app.hooks.add("before_ack", refuse)
        assert work.enqueue().status() == "dead"
        app.hooks.clear()
        app.hooks.add("before_enqueue", refuse)
        with pytest.raises(ValueError, match="not now"):
            work.enqueue()


def test_context_progress_and_checkpoint(app: App) -> None:
    @app.task(queue="mail", priority=7, max_retries=1)
    def work() -> list[Any]:
        context = current()
        if context.attempt == 1:
            assert context.last_checkpoint() is None
            context.progress(50, step="half")
            context.checkpoint({"at": 5})
            raise Retry
        return [context.queue, context.priority, context.last_checkpoint()]

    with testing.inline(app):
        handle = work.enqueue()
        assert handle.result() == ["mail", 7, {"at": 5}]
        told = app.client.call_get_task_progress(handle.id)
        assert told is not None
        assert (told.percent, told.step) == (50, "half")


def test_a_task_may_enqueue_and_wait(app: App) -> None:
    @app.task
    def child(number: int) -> int:
        return number + 1

    @app.task
    def parent() -> int:
        other: int = app.handle(child.enqueue(10).id).result()
        return child.enqueue(1).result() + other

    with testing.inline(app):
        assert parent.enqueue().result() == 13


def test_a_key_is_a_task(app: App) -> None:
    ran: list[int] = []

    @app.task
    def work(number: int) -> int:
        ran.append(number)
        return number

    with testing.inline(app):
        first, again = (work.using(key="k", delay=60).enqueue(1) for _ in range(2))
        assert (first, again.created, ran) == (again, False, [1])
        with pytest.raises(TaskIdReused):
            work.using(key="k").enqueue(2)


def test_coroutine_functions_inside_and_outside_of_loops(app: App) -> None:
    @app.task
    async def work(number: int) -> int:
        await asyncio.sleep(0)
        return number + current().attempt

    async def main() -> list[int]:
        return [
            work.enqueue(1).result(),
            (await work.enqueue_async(2)).result(),
            await (await work.enqueue_async(3)),
        ]

    with testing.inline(app):
        assert work.enqueue(0).result() == 1
        assert asyncio.run(main()) == [2, 3, 4]


def test_many_and_transactions(app: App) -> None:
    @app.task
    def work(number: int) -> int:
        return number

    with testing.inline(app) as report:
        handles = app.enqueue_many(work.item(number) for number in range(3))
        assert [handle.result() for handle in handles] == [0, 1, 2]
        with app.client.transaction() as transaction:
            assert work.using(client=transaction).enqueue(9).result() == 9
        assert work.using(client=app.client.on(object())).enqueue(8).result() == 8
    assert len(report.completed) == 5


def test_what_needs_a_server_says_so(app: App) -> None:
    with testing.inline(app):
        with pytest.raises(InvalidArgument, match=r"no server, so celers_pause .*celers_bind"):
            app.client.call_pause("mail")
        with pytest.raises(TaskNotFound):
            app.handle("0199e1c2-0000-7000-8000-000000000000").status()


def test_afterwards_the_app_is_as_before(app: App) -> None:
    sender, dsn, client = app.sender, app._dsn, app._client
    with testing.inline(app):
        assert app.sender is not sender
    assert (app.sender, app._dsn, app._client) == (sender, dsn, client)
    assert "handle" not in vars(app)

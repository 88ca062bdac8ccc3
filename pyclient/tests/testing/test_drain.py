"""drain(): tasks run here, by the worker's code and through the real server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest

import pyclient
from pyclient import App
from pyclient.app import Cancel, HookContext, Reject, Retry, Snooze, current
from pyclient.app.hooks import POINTS
from pyclient.testing import Schema, drain


@pytest.fixture
def app(celers_bind: Callable[[App], App]) -> App:
    """An app on the test schema."""
    return celers_bind(App("shop"))


def test_it_runs_in_this_process_and_the_results_are_kept(app: App) -> None:
    @app.task
    def work(number: int) -> list[int]:
        return [number, os.getpid()]

    handles = [work.enqueue(number) for number in range(3)]
    report = drain(app)
    assert report.completed == [handle.id for handle in handles]
    assert report.left == 0
    assert [handle.result(timeout=0) for handle in handles] == [[n, os.getpid()] for n in range(3)]


def test_what_tasks_enqueue_runs_too_in_any_queue(app: App) -> None:
    order: list[str] = []

    @app.task(queue="second")
    def child(name: str) -> None:
        order.append(name)

    @app.task(queue="first")
    def parent() -> None:
        order.append("parent")
        child.using(priority=1).enqueue("low")
        child.using(priority=9).enqueue("high")

    parent.enqueue()
    assert len(drain(app).completed) == 3
    assert order == ["parent", "high", "low"]


def test_how_it_ends_is_told(app: App) -> None:
    verdicts: dict[str, BaseException] = {
        "retried": ValueError("no"),
        "dead": Reject("bad"),
        "failed": Reject("bad", dead_letter=False),
        "cancelled": Cancel("no need"),
        "released": Snooze(60),
    }

    @app.task
    def judge(wanted: str) -> None:
        raise verdicts[wanted]

    handles = {wanted: judge.enqueue(wanted) for wanted in verdicts}
    report = drain(app)
    assert {run.outcome: run.task_id for run in report.runs} == {
        wanted: handle.id for wanted, handle in handles.items()
    }
    assert report.retried == [handles["retried"].id]
    assert report.dead == [handles["dead"].id]
    assert report.cancelled == [handles["cancelled"].id]
    assert report.released == [handles["released"].id]
    assert handles["failed"].status() == "failed"
    assert "attempt 1: retried, ValueError: no" in str(report)


def test_retries_run_at_once_on_request(app: App) -> None:
    attempts: list[int] = []

    @app.task(max_retries=2)
    def fail() -> None:
        attempts.append(current().attempt)
        raise Retry(3600) if current().attempt == 1 else ValueError

    handle = fail.enqueue()
    assert drain(app).retried == [handle.id]
    assert drain(app).runs == []
    fail.enqueue()
    report = drain(app, with_retries=True)
    assert [run.outcome for run in report.runs] == ["retried", "retried", "dead"]
    assert attempts == [1, 1, 2, 3]


def test_only_the_queues_that_are_asked_for(app: App) -> None:
    @app.task
    def work() -> None: ...

    handles = {queue: work.using(queue=queue).enqueue() for queue in ("a", "b", "c")}
    assert drain(app, queues="b, none").completed == [handles["b"].id]
    assert drain(app, queues=["c", "a"]).completed == [handles["c"].id, handles["a"].id]


def test_a_limit_leaves_the_rest(app: App) -> None:
    @app.task
    def again() -> None:
        again.enqueue()

    again.enqueue()
    report = drain(app, limit=5)
    assert (len(report.runs), report.left) == (5, 1)
    assert str(report).endswith("\n1 left")


def test_paused_and_scheduled_tasks_stay(app: App) -> None:
    @app.task
    def work() -> None: ...

    work.using(delay=60).enqueue()
    work.using(queue="held").enqueue()
    app.client.call_pause("held")
    report = drain(app)
    assert (report.runs, report.left, str(report)) == ([], 0, "nothing ran")


def test_what_the_app_does_not_know_is_given_back(app: App) -> None:
    handle = app.enqueue("somebody.elses", {})
    assert drain(app).released == [handle.id]
    assert handle.status() == "pending"


def test_context_is_that_of_a_worker(app: App) -> None:
    @app.task(max_retries=1)
    def work() -> Any:
        context = current()
        if context.attempt == 1:
            context.progress(50)
            context.checkpoint({"at": 7})
            raise Retry(0)
        return [context.last_checkpoint(), context.worker_id]

    handle = work.enqueue()
    drain(app)
    assert handle.result(timeout=0) == [{"at": 7}, "shop@drain"]


def test_hooks_are_called(app: App) -> None:
    seen: list[str] = []

    def note(context: HookContext) -> None:
        seen.append(context.point)

    for point in POINTS[2:]:
        app.hooks.add(point, note)

    @app.task
    def work() -> None: ...

    work.enqueue()
    drain(app)
    assert seen == ["before_dequeue", "after_dequeue", "before_ack", "after_ack"]

    @app.hook("before_dequeue")
    def refuse(context: HookContext) -> None:
        raise ValueError

    work.enqueue()
    assert drain(app).left == 1


def test_a_lost_lease_is_told(app: App) -> None:
    @app.task
    def work() -> None:
        app.client.call_reject(current().task_id, current().receipt, "taken", delay_s=60)

    work.enqueue()
    [run] = drain(app).runs
    assert run.outcome == "retried"  # how the receipt ended before


def test_coroutine_functions_inside_and_outside_of_loops(app: App) -> None:
    @app.task
    async def work() -> int:
        await asyncio.sleep(0)
        return current().attempt

    async def inside() -> list[str]:
        handle = await work.enqueue_async()
        assert drain(app).completed == [handle.id]
        return [handle.id]

    handle = work.enqueue()
    assert drain(app).completed == [handle.id]
    assert asyncio.run(inside())


def test_binding_points_everything_at_the_schema(app: App, celers_schema: Schema) -> None:
    assert os.environ["CELERS_DSN"] == celers_schema.dsn
    pyclient.call_enqueue("mail", "x", {})
    assert app.client.call_queue_size("mail").ready == 1
    assert app.client.call_version().schema_name == celers_schema.name


def test_binding_ends_with_the_test(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import os
        import pyclient
        from pyclient.testing import assert_enqueued, drain, refute_enqueued

        app = pyclient.App("shop", dsn="mysql://nobody@127.0.0.1:1/nothing")

        @app.task
        def work(number: int) -> int:
            return number

        def test_bound(celers_bind):
            assert celers_bind(app) is app
            handle = work.enqueue(3)
            assert_enqueued(app, task=work, payload={"number": 3})
            drain(app)
            assert handle.result(timeout=0) == 3

        def test_unbound():
            assert app._dsn == "mysql://nobody@127.0.0.1:1/nothing"
            assert "CELERS_DSN" not in os.environ

        def test_as_new(celers_bind):
            refute_enqueued(celers_bind(app))
    """)
    project.runpytest_subprocess().assert_outcomes(passed=3)

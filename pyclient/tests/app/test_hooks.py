"""Hooks: called at every enqueue, in order, plain functions and coroutines."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pyclient.app import App, HookContext, Hooks, Task, TaskHandle
from pyclient.app.hooks import ABORTING, POINTS


class Refused(Exception):
    """What a hook raises."""


@pytest.fixture
def task(app: App) -> Task[..., None]:
    """A task."""

    def work(number: int) -> None:
        """Nothing."""

    return app.task(name="work", queue="mail", headers={"tenant": "ö"})(work)


def context(point: str) -> HookContext:
    """Some context."""
    return HookContext(point, "mail")


def test_there_are_eight_points() -> None:
    assert sorted(POINTS) == sorted(
        f"{when}_{what}"
        for when in ("before", "after")
        for what in ("enqueue", "dequeue", "ack", "reject")
    )
    hooks = Hooks()
    with pytest.raises(ValueError, match="no hook 'before_lunch', but before_enqueue"):
        hooks.add("before_lunch", print)
    with pytest.raises(ValueError, match="no hook"):
        App("shop").hook("enqueue")(print)


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("point", POINTS)
def test_hooks_run_in_the_order_of_their_registration(point: str, is_async: bool) -> None:
    app, ran = App("shop"), list[object]()

    @app.hook(point)
    def first(given: HookContext) -> None:
        ran.append((1, given))

    @app.hook(point)
    async def second(given: HookContext) -> None:
        await asyncio.sleep(0.001)
        ran.append((2, given))

    @app.hook(point)
    def third(given: HookContext) -> None:
        ran.append((3, given))

    assert app.hooks.has(point)
    given = context(point)
    run(app.hooks, point, given, is_async)
    assert ran == [(1, given), (2, given), (3, given)]
    app.hooks.clear()
    assert not app.hooks.has(point)
    run(app.hooks, point, given, is_async)
    assert len(ran) == 3


def run(hooks: Hooks, point: str, given: HookContext, is_async: bool) -> None:
    """Run hooks by either way."""
    if is_async:
        asyncio.run(hooks.run_async(point, given))
    else:
        hooks.run(point, given)


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("fails_late", [False, True])
def test_only_a_hook_before_what_can_be_left_undone_aborts(
    point: str, is_async: bool, fails_late: bool, caplog: pytest.LogCaptureFixture
) -> None:
    hooks, ran = Hooks(), list[str]()

    def fails(given: HookContext) -> None:
        raise Refused(point)

    async def fails_in_coroutine(given: HookContext) -> None:
        await asyncio.sleep(0)
        raise Refused(point)

    hooks.add(point, fails_in_coroutine if fails_late else fails)
    hooks.add(point, lambda given: ran.append("behind"))
    if point in ("before_enqueue", "before_dequeue", "before_ack"):
        assert point in ABORTING
        with pytest.raises(Refused, match=point):
            run(hooks, point, context(point), is_async)
        assert ran == []
    else:
        with caplog.at_level(logging.ERROR, "celers.hooks"):
            run(hooks, point, context(point), is_async)
        assert ran == ["behind"]
        assert f"at {point} failed" in caplog.text
        assert "Refused" in caplog.text


def test_a_coroutine_runs_to_its_end_inside_a_running_loop_too() -> None:
    hooks, ran = Hooks(), list[Any]()
    number = contextvars.ContextVar("number", default=0)

    async def hook(given: HookContext) -> None:
        await asyncio.sleep(0.001)
        ran.append((number.get(), asyncio.get_running_loop()))

    async def nested(given: HookContext) -> None:
        hooks.run("after_ack", given)

    hooks.add("after_ack", hook)
    hooks.add("before_ack", nested)

    async def main() -> None:
        number.set(7)
        hooks.run("after_ack", context("after_ack"))
        assert ran[0][0] == 7
        assert ran[0][1] is not asyncio.get_running_loop()
        await hooks.run_async("before_ack", context("before_ack"))
        assert ran[1][0] == 7
        await hooks.run_async("after_ack", context("after_ack"))
        assert ran[2][1] is asyncio.get_running_loop()

    asyncio.run(main())
    hooks.run("before_ack", context("before_ack"))  # a loop in a loop's thread
    assert len(ran) == 4


def test_what_is_no_exception_passes_every_point() -> None:
    hooks = Hooks()

    def stop(given: HookContext) -> None:
        raise KeyboardInterrupt

    async def stop_in_coroutine(given: HookContext) -> None:
        raise SystemExit(3)

    hooks.add("after_ack", stop)
    with pytest.raises(KeyboardInterrupt):
        hooks.run("after_ack", context("after_ack"))
    hooks.clear()
    hooks.add("after_ack", stop_in_coroutine)

    async def main() -> None:
        hooks.run("after_ack", context("after_ack"))

    with pytest.raises(SystemExit):
        asyncio.run(main())


Enqueue = Callable[[Task[..., None]], list[TaskHandle[None]]]


def _many(task: Task[..., None]) -> list[TaskHandle[None]]:
    return task.app.enqueue_many([task.item(1), task.item(2)])


WAYS: dict[str, Enqueue] = {
    "single": lambda task: [task.enqueue(1)],
    "using": lambda task: [task.using(priority=3).enqueue(1)],
    "many": _many,
    "by_name": lambda task: [task.app.enqueue("work", [1])],
    "async": lambda task: [asyncio.run(task.enqueue_async(1))],
    "using_async": lambda task: [asyncio.run(task.using(priority=3).enqueue_async(1))],
    "many_async": lambda task: asyncio.run(
        task.app.enqueue_many_async([task.item(1), task.item(2)])
    ),
    "by_name_async": lambda task: [asyncio.run(task.app.enqueue_async("work", [1]))],
}


@pytest.mark.parametrize("way", WAYS)
def test_every_enqueue_runs_the_hooks(app: App, task: Task[..., None], way: str) -> None:
    seen: list[HookContext] = []

    @app.hook("before_enqueue")
    def before(given: HookContext) -> None:
        seen.append(given)
        given.metadata["began"] = given.task_id
        given.headers["user"] = "漢"

    @app.hook("after_enqueue")
    async def after(given: HookContext) -> None:
        seen.append(given)
        assert app.handle(given.task_id or "").status() == "pending"

    handles = WAYS[way](task)
    assert [one.point for one in seen] == [
        *["before_enqueue"] * len(handles),
        *["after_enqueue"] * len(handles),
    ]
    for handle, first, last in zip(handles, seen, seen[len(handles) :], strict=False):
        assert (first.queue, first.task_name, first.attempt) == ("mail", "work", None)
        assert first.task_id == last.task_id == handle.id
        assert last.metadata is first.metadata
        assert last.metadata == {"began": handle.id}
        assert (first.outcome, last.outcome) == (None, "created")
        assert datetime.now(UTC) - first.timestamp < timedelta(minutes=10)
        known = app.client.call_get_task(handle.id)
        assert {"tenant": "ö", "user": "漢"}.items() <= (known.headers or {}).items()
    assert task.options["headers"] == {"tenant": "ö"}


@pytest.mark.parametrize("way", WAYS)
def test_a_hook_before_keeps_a_task_back(
    app: App, task: Task[..., None], way: str, count: Callable[[], int]
) -> None:
    after: list[HookContext] = []
    app.hooks.add("after_enqueue", after.append)

    @app.hook("before_enqueue")
    async def refuse(given: HookContext) -> None:
        raise Refused(given.task_id)

    with pytest.raises(Refused):
        WAYS[way](task)
    assert count() == 0
    assert after == []


@pytest.mark.parametrize("way", WAYS)
def test_a_hook_after_changes_nothing(app: App, task: Task[..., None], way: str) -> None:
    @app.hook("after_enqueue")
    def fail(given: HookContext) -> None:
        raise Refused(given.task_id)

    for handle in WAYS[way](task):
        assert handle.status() == "pending"


def test_hooks_are_told_of_a_task_that_stood_already(app: App, task: Task[..., None]) -> None:
    outcomes: list[str | None] = []
    app.hooks.add("after_enqueue", lambda given: outcomes.append(given.outcome))
    for _ in range(2):
        task.using(key="k").enqueue(1)
    assert outcomes == ["created", "existing"]


def test_hooks_run_whoever_sends(app: App, task: Task[..., None]) -> None:
    seen: list[str] = []
    for point in ("before_enqueue", "after_enqueue"):
        app.hooks.add(point, lambda given: seen.append(given.point))

    class Elsewhere:
        """Sends nowhere."""

        def send(self, item: Any) -> TaskHandle[Any]:
            """Nothing."""
            return TaskHandle(app, item.task_id, created=True)

        def send_many(self, items: Any) -> list[TaskHandle[Any]]:
            """Nothing."""
            return [self.send(item) for item in items]

    app.sender = Elsewhere()
    for way in WAYS.values():
        seen.clear()
        handles = way(task)
        assert seen == ["before_enqueue"] * len(handles) + ["after_enqueue"] * len(handles)


def test_threads_share_the_hooks(app: App, task: Task[..., None]) -> None:
    seen: list[str | None] = []

    @app.hook("before_enqueue")
    async def before(given: HookContext) -> None:
        await asyncio.sleep(0)
        seen.append(given.task_id)

    handles: list[TaskHandle[None]] = []
    threads = [
        threading.Thread(target=lambda: handles.extend(task.enqueue(1) for _ in range(5)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(map(str, seen)) == sorted(handle.id for handle in handles)
    assert len(seen) == 20

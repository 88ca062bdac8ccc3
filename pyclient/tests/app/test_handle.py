"""Handles: the state, the result and the end of a task, seen by whoever enqueued it."""

from __future__ import annotations

import asyncio
import dataclasses
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import pyclient
from pyclient.app import App, Task, TaskFailed, TaskHandle
from pyclient.app.handle import _pauses
from pyclient.codec import Codec
from pyclient.dsn import Dsn
from pyclient.errors import AccessDenied, InvalidArgument, TaskNotDead, TaskNotFound
from pyclient.migrate.roles import role_name
from tools.freshschema import Schema

UNKNOWN = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
def handle(app: App) -> TaskHandle[Any]:
    """A task that waits in the queue ``default``."""
    return work(app).enqueue(7)


def work(app: App) -> Task[..., Any]:
    """A task."""

    def work(number: int) -> object:
        """Nothing."""

    return app.task(name="work", max_retries=0)(work)


def test_a_handle_tells_state_and_result(
    handle: TaskHandle[Any], ends: Callable[..., None]
) -> None:
    assert handle.created
    assert handle.status() == "pending"
    result = {"text": "naïve 漢 🙈", "numbers": [1, 2.5, None]}
    ends("ack", result='{"text": "naïve 漢 🙈", "numbers": [1, 2.5, null]}')
    assert handle.wait(timeout=0) == handle.status() == "completed"
    assert handle.result() == result


def test_a_task_that_returned_nothing_has_none_as_its_result(
    handle: TaskHandle[Any], ends: Callable[..., None]
) -> None:
    ends("ack")
    assert handle.result(timeout=0) is None


def test_a_result_is_decoded_by_the_codec(schema: Schema, ends: Callable[..., None]) -> None:
    app = App("shop", dsn=schema.dsn, codec=Codec("msgpack", compression="zlib"))
    with app.client:
        handle = work(app).enqueue(7)
        value = {"bytes": b"\xff" * 2000}
        ends("ack", result=app.codec.encode_result(value))
        assert handle.result(timeout=0) == value


@pytest.mark.parametrize("is_async", [False, True])
def test_a_result_is_waited_for(
    app: App,
    handle: TaskHandle[Any],
    ends: Callable[..., None],
    in_thread: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    is_async: bool,
) -> None:
    looks: list[str] = []
    look = app.client.call_get_task

    def counted(task_id: Any) -> Any:
        looks.append(task_id)
        if len(looks) == 3:
            ends("ack", result="49")
        return look(task_id)

    monkeypatch.setattr(app.client, "call_get_task", counted)

    async def wait() -> Any:
        return await handle

    assert (asyncio.run(wait()) if is_async else handle.result()) == 49
    assert len(looks) == 3


def test_waiting_ends_at_the_timeout(handle: TaskHandle[Any]) -> None:
    for timeout in (0, 0.05):
        with pytest.raises(TimeoutError, match=rf"still pending after {timeout} s"):
            handle.result(timeout=timeout)
        with pytest.raises(TimeoutError):
            asyncio.run(handle.wait_async(timeout))


def test_pauses_grow_and_differ() -> None:
    def some() -> list[float]:
        pauses: Iterator[float] = _pauses(None)
        return [next(pauses) for _ in range(40)]

    first, second = some(), some()
    assert first != second
    assert 0.005 <= first[0] <= 0.01
    assert all(0.25 <= pause_s <= 0.5 for pause_s in first[20:])
    assert sum(first[:10]) < sum(first[10:20])
    assert list(_pauses(0)) == []
    assert next(_pauses(0.001)) <= 0.001


def test_a_task_that_failed_raises_its_error(
    handle: TaskHandle[Any], ends: Callable[..., None]
) -> None:
    text = "ValueError: naïve 漢\n\nTraceback …"
    ends("reject", error=text)
    results: list[Callable[[], Any]] = [
        handle.result,
        lambda: asyncio.run(handle.result_async()),
    ]
    for result in results:
        with pytest.raises(TaskFailed, match=r"is dead: ValueError: naïve 漢\Z") as failure:
            result()
        assert (failure.value.state, failure.value.error) == ("dead", text)
        assert failure.value.task_id == handle.id
    copied = pickle.loads(pickle.dumps(failure.value))
    assert (str(copied), vars(copied)) == (str(failure.value), vars(failure.value))
    assert handle.wait() == "dead"
    assert isinstance(failure.value, pyclient.CelersError)


def test_every_other_end_is_a_failure_too(app: App, ends: Callable[..., None]) -> None:
    task = work(app)
    failed = task.enqueue(1)
    ends("reject", error="no", dead_letter=False)
    cancelled = task.enqueue(2)
    assert cancelled.cancel("not needed") == "cancelled"
    expired = task.using(expires=0.001).enqueue(3)
    while expired.status() != "expired":
        app.client.call_tick()
    for handle, state in ((failed, "failed"), (cancelled, "cancelled"), (expired, "expired")):
        with pytest.raises(TaskFailed) as failure:
            handle.result(timeout=0)
        assert failure.value.state == state
    assert app.client.call_get_task(cancelled.id).error == "not needed"


def test_a_running_task_is_asked_to_stop(app: App, handle: TaskHandle[Any]) -> None:
    app.client.call_dequeue()
    with pytest.raises(TimeoutError, match="still processing"):
        handle.wait(timeout=0)
    assert asyncio.run(handle.cancel_async()) == "cancel_requested"
    assert app.client.call_get_task(handle.id).cancel_requested_at is not None


def test_a_dead_letter_is_put_back(handle: TaskHandle[Any], ends: Callable[..., None]) -> None:
    for retry in (handle.retry, lambda: asyncio.run(handle.retry_async())):
        ends("reject", error="no")
        assert handle.status() == "dead"
        assert retry() == "pending"
    fresh = handle.cancel()
    assert fresh == "cancelled"


def test_what_is_no_dead_letter_is_not_put_back(handle: TaskHandle[Any]) -> None:
    with pytest.raises(TaskNotDead):
        handle.retry()


def test_a_handle_is_made_from_an_id(app: App, handle: TaskHandle[Any]) -> None:
    known = app.handle(handle.id.upper())
    assert known == handle
    assert len({known, handle, app.handle(UNKNOWN)}) == 2
    assert known.created is None
    assert asyncio.run(known.status_async()) == "pending"
    with pytest.raises(InvalidArgument, match="no handle"):
        app.handle("no handle")


def test_an_unknown_task_is_told(app: App) -> None:
    handle = app.handle(UNKNOWN)
    for look in (handle.status, handle.wait, handle.result, handle.cancel, handle.retry):
        with pytest.raises(TaskNotFound):
            look()


@pytest.fixture
def producer(schema: Schema, connect: Callable[..., Any]) -> Iterator[App]:
    """An app whose account may do what the role producer may, and nothing else."""
    root = connect()
    account = f"{schema.name}_p"
    root.cmd_query(f"CREATE USER {account} IDENTIFIED BY 'pass'")
    try:
        root.cmd_query(f"GRANT {role_name(schema.name, 'producer')} TO {account}")
        root.cmd_query(f"SET DEFAULT ROLE ALL TO {account}")
        dsn = dataclasses.replace(Dsn.parse(schema.dsn), user=account, password="pass")
        app = App("shop", dsn=dsn)
        with app.client:
            yield app
    finally:
        root.cmd_query(f"DROP USER {account}")


def test_a_producer_may_do_all_but_retry(producer: App, ends: Callable[..., None]) -> None:
    task = work(producer)
    handle = task.using(key="k").enqueue(7)
    producer.enqueue_many([task.item(1), task.item(2)])
    assert handle.status() == "pending"
    ends("ack", result="49")
    assert handle.result() == 49
    assert task.enqueue(8).cancel() == "cancelled"
    with pytest.raises(AccessDenied, match="role admin") as denied:
        handle.retry()
    assert denied.value.number in (1044, 1370)

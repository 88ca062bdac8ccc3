"""Enqueuing: arguments, options, idempotency keys, transactions, many at once, coroutines."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from opentelemetry import trace

from pyclient.app import App, Task
from pyclient.client import Client
from pyclient.codec import Codec
from pyclient.errors import DueOutOfRange, InvalidArgument, QueueNameInvalid, TaskIdReused
from pyclient.types import RawJson

HOSTILE = "naïve 漢字 🙈 \\ ' \" %s \0 DELIMITER //"


def pay(order: Any, note: str = "", *, currency: str = "EUR") -> str:
    """A function."""
    return f"{order} {note} {currency}"


@pytest.fixture
def task(app: App) -> Task[..., str]:
    """A task."""
    return app.task(name="pay", headers={"a": 1, "b": 1}, priority=1)(pay)


def payload_of(app: App, handle: Any) -> Any:
    """The arguments that were stored."""
    known = app.client.call_get_task(handle.id)
    return known.payload if known.payload_binary is None else known.payload_binary


def test_arguments_are_sent_as_they_were_given(app: App, task: Task[..., str]) -> None:
    for handle, payload in (
        (task.enqueue(7), "[7]"),
        (task.enqueue(7, HOSTILE), None),
        (task.enqueue(order=7), '{"order":7}'),
        (task.enqueue(currency="CHF", order=7), '{"order":7,"currency":"CHF"}'),
        (task.enqueue(7, currency="CHF"), '{"order":7,"currency":"CHF"}'),
        (task.enqueue({"a": [1.5, None]}), '[{"a":[1.5,null]}]'),
        (task.enqueue(b"\0\xff"), b"\0\xff"),
    ):
        stored = payload_of(app, handle)
        if payload is not None:
            assert stored == payload
    known = app.client.call_get_task(task.enqueue(order=7, note=HOSTILE).id)
    value = app.codec.decode(known.payload or "", known.content_type)
    assert task.arguments(value) == ((), {"order": 7, "note": HOSTILE})


def test_a_task_without_arguments_is_sent_an_object(app: App) -> None:
    assert payload_of(app, app.task(name="empty")(lambda: None).enqueue()) == "{}"


def test_other_kinds_of_parameters(app: App) -> None:
    def every(first: int, /, *rest: int, self: str = "", **more: int) -> None:
        """All kinds of parameters, one of them named as methods name theirs."""

    task: Task[..., None] = app.task(name="every")(every)
    assert payload_of(app, task.enqueue(1, 2, 3)) == "[1,2,3]"
    for wrong in ({"self": "x"}, {"x": 1}):
        with pytest.raises(InvalidArgument, match="first has no name in a call"):
            task.enqueue(1, **wrong)

    def named(*, self: str, **more: int) -> None:
        """Named ones alone."""

    both: Task[..., None] = app.task(name="named")(named)
    assert payload_of(app, both.enqueue(zeta=1, self="x")) == '{"self":"x","zeta":1}'


@pytest.mark.parametrize(
    ("args", "kwargs"), [((), {}), ((1, 2, 3), {}), ((1,), {"order": 2}), ((), {"amount": 7})]
)
def test_arguments_that_the_function_does_not_take_are_refused(
    task: Task[..., str], count: Callable[[], int], args: Any, kwargs: Any
) -> None:
    with pytest.raises(InvalidArgument, match="pay: "):
        task.enqueue(*args, **kwargs)
    with pytest.raises(InvalidArgument, match="pay: "):
        asyncio.run(task.enqueue_async(*args, **kwargs))
    with pytest.raises(InvalidArgument, match="pay: "):
        task.using(priority=1).item(*args, **kwargs)
    assert count() == 0


def test_arguments_that_cannot_be_encoded_are_refused(
    task: Task[..., str], count: Callable[[], int]
) -> None:
    for wrong in (object(), float("nan"), {1, 2}):
        with pytest.raises(InvalidArgument):
            task.enqueue(wrong)
    assert count() == 0


def own(headers: dict[str, Any] | None) -> dict[str, Any]:
    """The headers without those of a trace, which are there if another test has set spans up."""
    return {key: value for key, value in (headers or {}).items() if not key.startswith("trace")}


def test_using_says_what_is_different(app: App, task: Task[..., str]) -> None:
    known = app.client.call_get_task(task.enqueue(1).id)
    assert (known.priority, own(known.headers), known.queue) == (1, {"a": 1, "b": 1}, "default")
    special = task.using(
        priority=-5,
        queue="bills",
        max_retries=9,
        retry={"strategy": "linear", "base_s": 2},
        timeout=timedelta(seconds=40),
        expires=timedelta(hours=1),
        delay=timedelta(minutes=10),
        headers={"b": 2, "ö": HOSTILE},
    )
    known = app.client.call_get_task(special.enqueue(1).id)
    assert (known.priority, known.queue, known.max_retries) == (-5, "bills", 9)
    assert (known.retry, known.timeout_s) == ({"strategy": "linear", "base_s": 2}, 40)
    assert own(known.headers) == {"a": 1, "b": 2, "ö": HOSTILE}
    assert known.due_at - known.created_at == timedelta(minutes=10)
    assert known.expires_at is not None
    assert known.expires_at - known.due_at == timedelta(hours=1)
    assert task.options["headers"] == {"a": 1, "b": 1}


def test_a_time_is_given_as_one_of_two(app: App, task: Task[..., str]) -> None:
    at = datetime(2100, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert app.client.call_get_task(task.using(at=at).enqueue(1).id).due_at == at
    known = app.client.call_get_task(task.using(delay=0.5).enqueue(1).id)
    assert known.due_at - known.created_at == timedelta(seconds=0.5)
    with pytest.raises(InvalidArgument, match="delay or at"):
        task.using(at=at, delay=1)
    with pytest.raises(InvalidArgument, match="no time zone"):
        task.using(at=datetime(2100, 1, 1))
    with pytest.raises(DueOutOfRange):
        task.using(delay=-1).enqueue(1)


def test_delays_that_a_worker_knows_are_not_replaced_by_a_policy(app: App) -> None:
    task = app.task(name="pay", retry=[1, 2])(pay)
    with pytest.raises(InvalidArgument, match="delays of its own"):
        task.using(retry={"strategy": "fixed"})
    assert app.client.call_get_task(task.using(retry=False).enqueue(1).id).max_retries == 0
    assert app.client.call_get_task(task.enqueue(1).id).max_retries == 2


def test_tasks_are_enqueued_by_name_too(app: App, task: Task[..., str]) -> None:
    known = app.client.call_get_task(app.enqueue("pay", {"order": 1}).id)
    assert (known.queue, known.priority, known.payload) == ("default", 1, '{"order":1}')
    unknown = app.client.call_get_task(app.enqueue("other", [1]).id)
    assert (unknown.queue, unknown.task_name, unknown.priority) == ("default", "other", 0)
    assert app.client.call_get_task(app.enqueue("pay", [1], queue="x").id).queue == "x"
    assert payload_of(app, app.enqueue("pay", RawJson("[1.10]"))) == "[1.10]"
    assert payload_of(app, asyncio.run(app.enqueue_async("other", b"\xff"))) == b"\xff"
    with pytest.raises(InvalidArgument, match="pay: "):
        app.enqueue("pay", {"amount": 1})


def test_an_empty_queue_name_is_not_another_queue(app: App, task: Task[..., str]) -> None:
    with pytest.raises(QueueNameInvalid):
        task.using(queue="").enqueue(1)
    with pytest.raises(QueueNameInvalid):
        app.enqueue("other", [1], queue="")


def test_other_codecs_are_told_by_the_content_type(schema: Any) -> None:
    app = App("shop", dsn=schema.dsn, codec=Codec("msgpack", compression="zlib", threshold=10))
    with app.client:
        task = app.task(name="pay")(pay)
        handles = [
            task.enqueue(b"\xff" * 99, "漢"),
            *app.enqueue_many([task.item(b"\xff" * 99, "漢"), task.item(b"\xff" * 99, "漢")]),
        ]
        for handle in handles:
            known = app.client.call_get_task(handle.id)
            assert known.content_type == "application/msgpack;compression=zlib"
            value = app.codec.decode(known.payload_binary or b"", known.content_type)
            assert task.arguments(value) == ((b"\xff" * 99, "漢"), {})


# Idempotency keys


def test_the_same_key_is_the_same_task(
    app: App, task: Task[..., str], count: Callable[[], int]
) -> None:
    first = task.using(key="order 7 ö").enqueue(7)
    again = task.using(key="order 7 ö").enqueue(7)
    assert (first.created, again.created) == (True, False)
    assert first.id == again.id
    assert first.id == str(uuid5(UUID("74112eda-da43-44e7-b5e6-799c4bebc333"), "pay\0order 7 ö"))
    assert task.using(key="order 8").enqueue(7).created
    assert app.task(name="pay2")(pay).using(key="order 7 ö").enqueue(7).created
    assert count() == 3


def test_a_key_is_text(task: Task[..., str]) -> None:
    with pytest.raises(InvalidArgument, match="no Unicode text"):
        task.using(key="\ud800").item(7)


def test_a_key_stays_taken_when_its_task_has_ended(
    task: Task[..., str], ends: Callable[..., None]
) -> None:
    handle = task.using(key="k").enqueue(7)
    ends("ack", result='"7"')
    again = task.using(key="k").enqueue(7)
    assert (again.created, again.result(timeout=0)) == (False, "7")
    assert again == handle


def test_other_arguments_under_the_same_key_are_refused(
    task: Task[..., str], count: Callable[[], int]
) -> None:
    keyed = task.using(key="k")
    keyed.enqueue(7)
    with pytest.raises(TaskIdReused):
        keyed.enqueue(8)
    with pytest.raises(TaskIdReused):
        task.using(key="k", queue="elsewhere").enqueue(7)
    assert count() == 1


def test_many_threads_with_one_key_make_one_task(
    app: App, task: Task[..., str], count: Callable[[], int]
) -> None:
    together = threading.Barrier(8)

    def enqueue(number: int) -> list[bool | None]:
        together.wait(30)
        return [task.using(key=f"k{round_}").enqueue(round_).created for round_ in range(10)]

    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(enqueue, range(8)))
    assert [sum(map(bool, round_)) for round_ in zip(*created, strict=True)] == [1] * 10
    assert count() == 10


class Xor:
    """No encryption at all, but as different each time as one."""

    key_id = "k1"

    def __init__(self) -> None:
        self._nonce = 0

    def encrypt(self, data: bytes, /) -> bytes:
        """Change every byte."""
        self._nonce += 1
        return bytes([self._nonce]) + bytes(byte ^ self._nonce for byte in data)

    def decrypt(self, data: bytes, key_id: str, /) -> bytes:
        """Change them back."""
        return bytes(byte ^ data[0] for byte in data[1:])


def test_keys_hold_under_an_encryption_that_never_repeats_itself(
    schema: Any, other_client: Client
) -> None:
    app = App("shop", dsn=schema.dsn, codec=Codec(encryption=Xor()))
    with app.client as client:
        task: Task[..., str] = app.task(name="pay")(pay)
        keyed = task.using(key="k")
        first, again = keyed.enqueue(7), keyed.enqueue(7)
        assert (first.created, again.created, first.id) == (True, False, again.id)
        items = [task.item(1), keyed.item(7), task.using(key="l").item(7), task.item(2)]
        created = [handle.created for handle in app.enqueue_many(items)]
        assert created == [True, False, True, True]
        with pytest.raises(TaskIdReused):
            keyed.enqueue(8)
        with client.transaction() as transaction:  # its snapshot is older than the task
            transaction.call_queue_size("default")
            late = task.using(key="late")
            late.enqueue(1)
            with pytest.raises(TaskIdReused):
                task.using(key="late", client=transaction).enqueue(1)


# Transactions of the caller


def test_an_enqueue_is_part_of_the_callers_transaction(
    app: App, task: Task[..., str], count: Callable[[], int]
) -> None:
    with app.client.transaction() as transaction:
        handle = task.using(client=transaction).enqueue(7)
        assert handle.created
        assert count() == 0
    assert handle.status() == "pending"

    def roll_back() -> None:
        with app.client.transaction() as transaction:
            task.using(client=transaction).enqueue(8)
            app.enqueue_many([task.item(9), task.item(10)], client=transaction)
            asyncio.run(task.using(client=transaction).enqueue_async(11))
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        roll_back()
    assert count() == 1


def test_an_enqueue_joins_a_connection_of_the_callers(
    app: App, task: Task[..., str], connect: Callable[..., Any], count: Callable[[], int]
) -> None:
    connection = connect(autocommit=False)
    connection.cmd_query("CREATE TABLE orders (id INT PRIMARY KEY)")
    try:
        for end, left in ((connection.rollback, 0), (connection.commit, 1)):
            connection.cmd_query("INSERT INTO orders VALUES (7)")
            task.using(client=app.client.on(connection)).enqueue(7)
            end()
            rows = app.client.call_list_tasks()
            connection.cmd_query("SELECT COUNT(*) FROM orders")
            [[orders]] = connection.get_rows()[0]
            assert (int(orders), len(rows)) == (left, left)
            connection.rollback()
    finally:
        connection.cmd_query("DROP TABLE orders")


# Many at once


def test_many_are_enqueued_in_order(app: App, task: Task[..., str]) -> None:
    other = app.task(name="other", queue="o")(pay)
    items = [
        task.item(0),
        task.using(priority=9).item(order=1),
        other.item(2),
        other.using(queue="default", delay=60).item(b"3"),
    ]
    handles = app.enqueue_many(items)
    shown = [app.client.call_get_task(handle.id) for handle in handles]
    assert [(one.task_name, one.queue, one.priority) for one in shown] == [
        ("pay", "default", 1),
        ("pay", "default", 9),
        ("other", "o", 0),
        ("other", "default", 0),
    ]
    assert [payload_of(app, handle) for handle in handles] == ["[0]", '{"order":1}', "[2]", b"3"]
    assert all(handle.created for handle in handles)
    assert [handle.created for handle in app.enqueue_many(items)] == [False] * 4
    assert app.enqueue_many([]) == []


def test_very_many_are_enqueued_in_batches(app: App, task: Task[..., str]) -> None:
    plain = app.task(name="plain")(pay)
    handles = app.enqueue_many(plain.item(number) for number in range(2001))
    assert len({handle.id for handle in handles}) == 2001
    assert payload_of(app, handles[-1]) == "[2000]"


def test_a_batch_with_a_fault_is_not_enqueued(
    app: App, task: Task[..., str], count: Callable[[], int]
) -> None:
    with pytest.raises(DueOutOfRange):
        app.enqueue_many([task.item(1), task.using(delay=-1).item(2)])
    with pytest.raises(QueueNameInvalid):
        app.enqueue_many([task.using(queue="no such queue!").item(number) for number in (1, 2)])
    assert count() == 0


def test_an_item_does_not_show_its_payload(task: Task[..., str]) -> None:
    assert "secret" not in repr(task.using(headers={"token": "secret"}).item("secret"))


# Coroutines


def test_the_async_twins_enqueue_too(app: App, task: Task[..., str]) -> None:
    async def enqueue() -> list[Any]:
        first, second = await asyncio.gather(
            task.enqueue_async(1), task.using(priority=3).enqueue_async(2)
        )
        third = await app.enqueue_async("pay", [3])
        return [first, second, third, *await app.enqueue_many_async([task.item(4), task.item(5)])]

    handles = asyncio.run(enqueue())
    assert [payload_of(app, handle) for handle in handles] == ["[1]", "[2]", "[3]", "[4]", "[5]"]


def test_an_event_loop_goes_on_while_a_task_is_enqueued(app: App, task: Task[..., str]) -> None:
    class Slow:
        """A sender that answers when the event loop has moved."""

        moved = threading.Event()

        def send(self, item: Any) -> Any:
            """Wait for the loop."""
            assert self.moved.wait(30)
            return app.handle(item.task_id)

        send_many = send

    async def enqueue() -> Any:
        sent = asyncio.create_task(task.enqueue_async(1))
        await asyncio.sleep(0)
        Slow.moved.set()
        return await sent

    app.sender = Slow()
    assert asyncio.run(enqueue()).created is None


# Tracing


def test_the_trace_of_the_sender_travels_along(app: App, task: Task[..., str]) -> None:
    parent = trace.SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=trace.TraceFlags(1))
    with trace.use_span(trace.NonRecordingSpan(parent)):
        handles = [
            task.enqueue(1),
            *app.enqueue_many([task.item(2), task.using(queue="x", headers={"c": 1}).item(3)]),
            asyncio.run(task.enqueue_async(4)),
        ]
    for handle in handles:
        headers = app.client.call_get_task(handle.id).headers
        assert headers["traceparent"].startswith(f"00-{0xABC:032x}-")
        assert headers["a"] == 1
    assert app.client.call_get_task(handles[2].id).headers["c"] == 1

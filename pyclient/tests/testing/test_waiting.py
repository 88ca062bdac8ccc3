"""assert_enqueued and its kin, on a real schema."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

import pyclient
from pyclient import App
from pyclient.codec import Codec
from pyclient.testing import assert_enqueued, drain, enqueued, refute_enqueued


@pytest.fixture
def app(celers_bind: Callable[[App], App]) -> App:
    """An app on the test schema."""
    return celers_bind(App("shop"))


def test_tasks_are_found_by_what_they_are(app: App) -> None:
    @app.task(name="send", queue="mail")
    def send(to: str, body: str = "", meta: dict[str, object] | None = None) -> None: ...

    first = send.enqueue("a@b.c", "hello")
    second = send.using(queue="slow").enqueue(to="x@y.z", meta={"a": 1, "b": {"c": 2}})
    assert [one.task_id for one in enqueued(app)] == [first.id, second.id]
    assert_enqueued(app, count=2)
    assert_enqueued(app, task=send, count=2)
    assert_enqueued(app, task="send", queue="slow", count=1)
    assert_enqueued(app, args=("a@b.c", "hello"), count=1)
    assert_enqueued(app, payload={"body": "hello"}, count=1)
    assert_enqueued(app, payload={"meta": {"b": {"c": 2}}}, count=1)
    assert_enqueued(app, payload=["a@b.c", "hello"], count=1)
    [found] = assert_enqueued(app, payload=lambda value: "a@b.c" in value)
    assert (found.task_id, found.named) == (first.id, {"to": "a@b.c", "body": "hello"})
    refute_enqueued(app, task="other")
    refute_enqueued(app, queue="nowhere")
    refute_enqueued(app, args=("a@b.c",))
    refute_enqueued(app, payload={"to": "other"})
    refute_enqueued(app, payload={"meta": {"b": {"c": 3}}})
    refute_enqueued(app, payload={"meta": {"z": None}})


def test_a_client_will_do(celers_client: pyclient.Client) -> None:
    celers_client.call_enqueue("mail", "send", ["a@b.c"], headers={"tenant": "t1"}, priority=3)
    celers_client.call_enqueue("mail", "raw", b"\x00", content_type="application/octet-stream")
    celers_client.call_enqueue("mail", "odd", b"<a/>", content_type="application/xml")
    [found] = assert_enqueued(celers_client, task="send", args=["a@b.c"], payload=["a@b.c"])
    assert (found.named, found.headers, found.priority) == (None, {"tenant": "t1"}, 3)
    assert_enqueued(celers_client, task="raw", payload=b"\x00", count=1)
    assert_enqueued(celers_client, task="odd", payload=b"<a/>", count=1)


def test_payloads_are_decoded(app: App) -> None:
    app.codec = Codec("msgpack", compression="zlib", threshold=0)

    @app.task
    def work(text: str) -> None: ...

    work.enqueue("a" * 1000)
    assert_enqueued(app, payload={"text": "a" * 1000}, count=1)


def test_arguments_that_the_function_does_not_take_are_no_names(app: App) -> None:
    @app.task(name="work")
    def work(text: str) -> None: ...

    app.client.call_enqueue("default", "work", [1, 2, 3])
    [found] = assert_enqueued(app, task=work, payload=[1, 2, 3])
    assert found.named is None


def test_when_it_is_due(app: App) -> None:
    @app.task
    def work() -> None: ...

    tomorrow = datetime.now(UTC) + timedelta(days=1)
    work.using(delay=60).enqueue()
    work.using(at=tomorrow).enqueue()
    assert_enqueued(app, delay=60, count=1)
    assert_enqueued(app, delay=timedelta(minutes=1), count=1)
    assert_enqueued(app, delay=(50, timedelta(hours=1)), count=1)
    assert_enqueued(app, at=tomorrow, count=1)
    assert_enqueued(app, at=(tomorrow - timedelta(hours=1), tomorrow), count=1)
    refute_enqueued(app, delay=58)
    refute_enqueued(app, delay=(0, 59))
    refute_enqueued(app, at=tomorrow + timedelta(seconds=2))


def test_what_has_run_does_not_wait(app: App) -> None:
    @app.task(max_retries=1)
    def work() -> None:
        raise ValueError

    work.enqueue()
    drain(app)
    assert_enqueued(app, task=work, count=1)
    drain(app, with_retries=True)
    app.client.call_enqueue("default", "x", {}, delay_s=3600)
    assert [one.task_name for one in enqueued(app, task="x")] == ["x"]


def test_a_failure_says_what_is_there_instead(app: App) -> None:
    @app.task(name="send", queue="mail")
    def send(to: str) -> None: ...

    with pytest.raises(AssertionError) as caught:
        assert_enqueued(app, task=send, payload={"to": "x"})
    assert str(caught.value) == "nothing enqueued of: send payload={'to': 'x'}\nnothing waits"
    send.using(delay=60).enqueue("a@b.c")
    with pytest.raises(AssertionError) as caught:
        assert_enqueued(app, task=send, payload={"to": "x"})
    lines = str(caught.value).splitlines()
    assert lines[1] == "these wait:"
    assert lines[2].startswith("  send {'to': 'a@b.c'} in queue mail, due 60 s later at 2")
    with pytest.raises(AssertionError, match=r"^1 enqueued of: send, 2 times\nthese wait:\n  send"):
        assert_enqueued(app, task=send, count=2)
    with pytest.raises(AssertionError, match=r"^1 enqueued of: send\nthese wait:\n  send"):
        refute_enqueued(app, task=send)


def test_a_long_list_is_cut(app: App) -> None:
    for _ in range(2):
        app.client.call_enqueue_batch("mail", [{"task_name": "x", "payload": 1}] * 550)
    assert len(enqueued(app, task="x")) == 1100
    with pytest.raises(AssertionError, match="and 1080 more"):
        assert_enqueued(app, task="y")


def test_a_word_that_is_not_known_is_refused(app: App) -> None:
    with pytest.raises(TypeError, match="task_name"):
        assert_enqueued(app, task_name="x")  # type: ignore[call-arg]

"""Apps and tasks: declaring, enqueuing, finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pyclient
from pyclient import _default
from pyclient.app import App, Task, load
from pyclient.errors import InvalidArgument


@pytest.fixture
def app(schema: Any) -> Iterator[App]:
    """An app whose tasks go into the schema."""
    app = App("shop", dsn=schema.dsn)
    yield app
    app.client.close()


def pay(order: int, *, currency: str = "EUR") -> str:
    """A function."""
    return f"{order} {currency}"


def test_a_task_is_its_function(app: App) -> None:
    task = app.task()(pay)
    assert task(7, currency="CHF") == "7 CHF"
    assert task.name == f"{__name__}.pay"
    assert app.tasks == {task.name: task}
    assert task.__doc__ == "A function."


def test_enqueue_sends_arguments_and_options(app: App) -> None:
    retry = {"strategy": "fixed", "base_s": 1}
    task = app.task("pay", queue="bills", priority=5, max_retries=1, retry=retry, timeout=9)(pay)
    named = app.client.call_get_task(task.enqueue(order=7).id)
    assert (named.queue, named.task_name, named.payload) == ("bills", "pay", '{"order":7}')
    assert (named.priority, named.max_retries, named.timeout_s) == (5, 1, 9)
    assert named.retry == retry
    assert app.client.call_get_task(task.enqueue(7).id).payload == "[7]"


def test_items_go_in_batches(app: App) -> None:
    task = app.task("pay", priority=5)(pay)
    handles = app.enqueue_many([task.item(order=1), task.item(2)])
    shown = [app.client.call_get_task(handle.id) for handle in handles]
    assert [(one.task_name, one.priority, one.payload) for one in shown] == [
        ("pay", 5, '{"order":1}'),
        ("pay", 5, "[2]"),
    ]


def test_arguments_that_the_function_does_not_take_are_refused(app: App) -> None:
    task: Task[..., str] = app.task("pay")(pay)
    for wrong in ({"amount": 7}, {}, {"order": 1, "more": 2}):
        with pytest.raises(InvalidArgument, match="pay: "):
            task.enqueue(**wrong)
    handle = task.enqueue(7, currency="CHF")
    assert app.client.call_get_task(handle.id).payload == '{"order":7,"currency":"CHF"}'


def test_tasks_are_enqueued_by_name_too(app: App) -> None:
    app.task("pay", queue="bills", priority=5)(pay)
    known = app.client.call_get_task(app.enqueue("pay", {"order": 1}).id)
    assert (known.queue, known.priority) == ("bills", 5)
    unknown = app.client.call_get_task(app.enqueue("other", [1]).id)
    assert (unknown.queue, unknown.task_name) == ("default", "other")
    assert app.client.call_get_task(app.enqueue("pay", [1], queue="x").id).queue == "x"


def test_an_app_without_a_dsn_uses_the_default_client(
    schema: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_default, "_client", None)  # put back after the test
    pyclient.configure(schema.dsn)
    with pyclient.default_client() as client:
        assert App("shop").client is client


def test_what_cannot_be_a_task_is_refused() -> None:
    app = App("shop")
    app.task("pay")(pay)
    with pytest.raises(ValueError, match="has a task pay already"):
        app.task("pay")(pay)

    with pytest.raises(ValueError, match="characters"):
        App("")


def test_an_error_inside_a_module_is_not_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_tasks.py").write_text("import no_such_module_at_all\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
        load("broken_tasks:app")

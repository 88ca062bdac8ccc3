"""Declaring tasks."""

from __future__ import annotations

import asyncio
import functools
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import pyclient
from pyclient import _default
from pyclient.app import App, Task
from pyclient.errors import InvalidArgument


def pay(order: int, *, currency: str = "EUR") -> str:
    """A function."""
    return f"{order} {currency}"


async def later(order: int) -> int:
    """A coroutine function."""
    return order + 1


def test_a_task_is_its_function() -> None:
    app = App("shop")
    task = app.task()(pay)
    assert task(7, currency="CHF") == "7 CHF"
    assert (task.name, task.queue, task.options) == (f"{__name__}.pay", "default", {})
    assert (task.is_async, task.function) == (False, pay)
    assert app.tasks == {task.name: task}
    assert task.__doc__ == "A function."


def test_a_coroutine_function_is_a_task_too() -> None:
    task = App("shop").task(later)
    assert task.is_async
    assert asyncio.run(task(1)) == 2


def test_parentheses_are_needed_for_options_only() -> None:
    app = App("shop")

    @app.task
    def bare() -> None:
        """Nothing."""

    @app.task(queue="mail")
    def dressed() -> None:
        """Nothing."""

    where = f"{__name__}.test_parentheses_are_needed_for_options_only.<locals>"
    assert {name: task.queue for name, task in app.tasks.items()} == {
        f"{where}.bare": "default",
        f"{where}.dressed": "mail",
    }


def test_what_is_declared_stands_in_the_words_of_enqueue() -> None:
    task = App("shop").task(
        name="pay",
        queue="bills",
        priority=5,
        max_retries=4,
        retry={"strategy": "fixed", "base_s": 1},
        timeout=timedelta(minutes=2),
        hard_timeout=130.5,
        expires=0.5,
        headers={"tenant": "ö"},
    )(pay)
    assert task.options == {
        "priority": 5,
        "max_retries": 4,
        "retry": {"strategy": "fixed", "base_s": 1},
        "timeout_s": 120,
        "expires_s": 0.5,
        "headers": {"tenant": "ö"},
    }
    assert isinstance(task.options["timeout_s"], int)
    assert task.hard_timeout_s == 130.5
    assert task.retry_delay_s(1) is None


def test_delays_before_retries_bring_the_number_of_retries() -> None:
    app = App("shop")
    task = app.task(name="a", retry=[1, 0.5, 60])(pay)
    assert task.options == {"max_retries": 3}
    assert [task.retry_delay_s(attempt) for attempt in (1, 2, 3, 4, 9)] == [1, 0.5, 60, 60, 60]
    assert app.task(name="b", retry=(1,), max_retries=7)(pay).options == {"max_retries": 7}
    assert app.task(name="c", retry=False)(pay).options == {"max_retries": 0}


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"timeout": 1.5}, "whole number"),
        ({"timeout": "10"}, "timeout is seconds or a timedelta"),
        ({"expires": True}, "expires is seconds or a timedelta"),
        ({"timeout": 10, "hard_timeout": 10}, "longer than timeout"),
        ({"hard_timeout": 0}, "above 0"),
        ({"retry": False, "max_retries": 2}, "contradict"),
        ({"retry": True}, "a policy or False"),
        ({"retry": []}, "delays in retry"),
        ({"retry": [1, -1]}, "delays in retry"),
        ({"retry": [float("nan")]}, "delays in retry"),
        ({"retry": "fixed"}, "delays in retry"),
    ],
)
def test_options_that_cannot_be_right_are_refused(wrong: Any, text: str) -> None:
    with pytest.raises(InvalidArgument, match=text):
        App("shop").task(**wrong)


def test_names_are_refused_that_cannot_be() -> None:
    app = App("shop")
    task = app.task(name="pay")(pay)
    with pytest.raises(ValueError, match="the app shop has a task pay already"):
        app.task(name="pay")(later)
    assert app.tasks == {"pay": task}
    for name in ("", "x" * 256):
        with pytest.raises(ValueError, match=r"is 1\.\.255"):
            app.task(name=name)(pay)
        with pytest.raises(ValueError, match=r"is 1\.\.100"):
            App(name)


def test_a_function_may_bring_attributes_but_needs_a_name() -> None:
    def work() -> None:
        """Nothing."""

    vars(work).update(name="mine", queue="mine", options="mine")
    task = App("shop").task(name="work")(work)
    assert (task.name, task.queue, task.options) == ("work", "default", {})
    nameless = functools.partial(pay, 7)
    with pytest.raises(ValueError, match="no name of its own"):
        App("shop").task(nameless)
    assert App("shop").task(name="pay")(nameless)(currency="CHF") == "7 CHF"


def test_the_program_itself_is_named_as_other_processes_import_it(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    source = (
        "import pyclient\napp = pyclient.App('shop')\ndef pay(): ...\nprint(app.task(pay).name)"
    )
    for file in ("shop/__init__.py", "shop/tasks.py", "shop/__main__.py"):
        (tmp_path / file).write_text(source if "init" not in file else "")
    names = [
        subprocess.run(
            [sys.executable, *how], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout.strip()
        for how in (["shop/tasks.py"], ["-m", "shop.tasks"], ["-m", "shop"], ["-c", source])
    ]
    assert names == ["tasks.pay", "shop.tasks.pay", "shop.pay", "__main__.pay"]


def test_an_app_without_a_dsn_uses_the_default_client(
    schema: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_default, "_client", None)  # put back after the test
    pyclient.configure(schema.dsn)
    with pyclient.default_client() as client:
        assert App("shop").client is client


def test_client_options_make_a_client_of_the_apps_own(
    schema: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELERS_DSN", schema.dsn)
    app = App("shop", client_options={"pool_size": 1, "pool_wait_s": 0.01})
    with app.client as client:
        assert app.client is client
        assert client.schema_version() == pyclient.__version__
        with client.transaction(), pytest.raises(pyclient.errors.PoolTimeout):
            client.call_queue_size("default")


def test_arguments_come_back_from_a_payload() -> None:
    task: Task[..., str] = App("shop").task(pay)
    assert task.arguments({"order": 1}) == ((), {"order": 1})
    assert task.arguments([1, 2]) == ((1, 2), {})
    for single in (7, "text", None, b"bytes"):
        assert task.arguments(single) == ((single,), {})


def test_the_package_offers_what_code_of_tasks_needs() -> None:
    import pyclient.app

    for name in ("App", "TaskHandle", "current", "Snooze", "Cancel", "Retry", "Reject"):
        assert getattr(pyclient, name) is getattr(pyclient.app, name)
        assert name in dir(pyclient)


def test_importing_it_takes_nothing_optional() -> None:
    program = """
import sys, mysql.connector
before = set(sys.modules)
import pyclient.app
after = {name.partition(".")[0] for name in set(sys.modules) - before}
print(after - sys.stdlib_module_names)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout == "{'pyclient'}\n", told.stderr

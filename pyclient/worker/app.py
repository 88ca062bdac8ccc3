"""The functions that a worker runs, and how they are enqueued."""

from __future__ import annotations

import inspect
import os
import sys
import threading
from collections.abc import Callable
from functools import update_wrapper
from importlib import import_module
from typing import Any, Generic, ParamSpec, TypeVar

import pyclient
from pyclient.client import Client
from pyclient.dsn import Dsn
from pyclient.errors import InvalidArgument

P = ParamSpec("P")
R = TypeVar("R")


class Task(Generic[P, R]):
    """A function that is also a task. Calling it calls the function, here and now.

    Attributes:
        name: what queue entries call it.
        queue: where enqueue() puts it.
        function: the function itself.
        options: what enqueue() says besides, in the words of celers_enqueue.
    """

    def __init__(
        self, app: App, function: Callable[P, R], name: str, queue: str, options: dict[str, Any]
    ) -> None:
        """Use App.task instead."""
        self.app, self.function, self.name = app, function, name
        self.queue, self.options = queue, options
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function."""
        return self.function(*args, **kwargs)

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """Have a worker call the function with these arguments; returns the id of the task.

        Raises:
            InvalidArgument: the function does not take them, or they are not JSON.
            CelersError: as celers_enqueue.
        """
        payload = self._payload(args, kwargs)
        client = self.app.client
        return client.call_enqueue(self.queue, self.name, payload, **self.options).task_id

    def item(self, *args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
        """What enqueue() would send, as one item for ``call_enqueue_batch(task.queue, items)``.

        Raises:
            InvalidArgument: the function does not take these arguments.
        """
        return {"task_name": self.name, "payload": self._payload(args, kwargs), **self.options}

    def _payload(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | list[Any]:
        if args and kwargs:
            raise InvalidArgument(
                f"{self.name}: a payload is a list of positional arguments or an object of named "
                "ones, not both"
            )
        try:
            inspect.signature(self.function).bind(*args, **kwargs)
        except TypeError as error:
            raise InvalidArgument(f"{self.name}: {error}") from error
        return list(args) if args else kwargs


class App:
    """A set of tasks under one name.

    Attributes:
        name: stands in the names of its workers.
        tasks: the tasks by their names.
    """

    def __init__(self, name: str, *, dsn: str | Dsn | None = None) -> None:
        """Nothing is connected before the first enqueue.

        Args:
            name: 1..100 characters.
            dsn: where enqueue() goes; None = where the functions of the module pyclient go.
        """
        if not 1 <= len(name) <= 100:
            raise ValueError("the name of an App is 1..100 characters")
        self.name = name
        self.tasks: dict[str, Task[..., Any]] = {}
        self._dsn = dsn
        self._client: Client | None = None
        self._lock = threading.Lock()

    @property
    def client(self) -> Client:
        """The client that enqueue() uses.

        Raises:
            InvalidDsn: no DSN was given, and CELERS_DSN is missing or cannot be read.
        """
        if self._dsn is None:
            return pyclient.default_client()
        with self._lock:
            if self._client is None:
                self._client = pyclient.connect(self._dsn)
        return self._client

    def task(
        self,
        name: str | None = None,
        *,
        queue: str = "default",
        priority: int | None = None,
        max_retries: int | None = None,
        retry: dict[str, Any] | None = None,
        timeout_s: int | None = None,
    ) -> Callable[[Callable[P, R]], Task[P, R]]:
        """Decorate a function to make it a task.

        A payload that is a JSON object becomes named arguments, an array positional ones, anything
        else (bytes too) the only argument. What the function returns must be JSON and is kept as
        the task's result; None is not kept. An exception is an error of the task, retried as
        celers_reject says.

        Args:
            name: 1..255 characters; None = ``module.function``.
            queue: where enqueue() puts it.
            priority: higher is served first, -32768..32767.
            max_retries: retries after the first attempt, 0..1000; None = the queue's.
            retry: retry policy as in celers_enqueue; None = the queue's.
            timeout_s: seconds after which TaskTimeout is raised in it; None = never.

        Raises:
            TypeError: the function is a coroutine function.
            ValueError: the app has a task of that name.
        """

        def register(function: Callable[P, R]) -> Task[P, R]:
            if inspect.iscoroutinefunction(function):
                raise TypeError(f"a task is a plain function, not {function!r}")
            chosen = name or f"{function.__module__}.{function.__qualname__}"
            if chosen in self.tasks:
                raise ValueError(f"the app {self.name} has a task {chosen} already")
            given = {
                "priority": priority,
                "max_retries": max_retries,
                "retry": retry,
                "timeout_s": timeout_s,
            }
            options = {key: value for key, value in given.items() if value is not None}
            task = Task(self, function, chosen, queue, options)
            self.tasks[chosen] = task
            return task

        return register

    def enqueue(self, task_name: str, payload: Any, *, queue: str | None = None) -> str:
        """Enqueue a task by its name, which need not be one of this app; returns the task's id.

        Args:
            task_name: the name.
            payload: JSON value, RawJson or bytes.
            queue: None = the task's own where this app knows it, else "default".

        Raises:
            CelersError: as celers_enqueue.
        """
        known = self.tasks.get(task_name)
        options = known.options if known else {}
        chosen = queue or (known.queue if known else "default")
        return self.client.call_enqueue(chosen, task_name, payload, **options).task_id


def load(place: str) -> App:
    """Import the app that ``package.module:name`` stands for; modules may lie in this directory.

    Raises:
        ValueError: there is no such module, or nothing of that name that is an App.
    """
    module_name, _, attribute = place.partition(":")
    if not module_name or not attribute:
        raise ValueError(f"{place!r} is not of the form package.module:app")
    here = os.getcwd()
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(import_module(module_name), attribute, None)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise ValueError(f"there is no module {error.name}") from error
    if not isinstance(found, App):
        raise ValueError(f"{attribute} in {module_name} is no App")
    return found

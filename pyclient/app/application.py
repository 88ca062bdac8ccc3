"""A set of tasks under one name, and the way they are sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar, overload
from uuid import UUID

import pyclient
from pyclient._encode import encode_uuid
from pyclient.app.durations import Duration
from pyclient.app.handle import TaskHandle
from pyclient.app.hooks import Hooks, HookT
from pyclient.app.item import Item, make_item
from pyclient.app.modules import full_name, import_all, load_attribute
from pyclient.app.options import Policy, declared
from pyclient.app.send import send, send_async
from pyclient.app.sender import DatabaseSender, Sender
from pyclient.app.task import Task
from pyclient.client import Client, ClientOptions
from pyclient.codec import Codec
from pyclient.dsn import Dsn
from pyclient.types import RawJson

P = ParamSpec("P")
R = TypeVar("R")


class App:
    """A set of tasks under one name.

    Attributes:
        name: stands in the names of its workers.
        tasks: the tasks by their names.
        codec: turns arguments and results into what is sent, and back.
        hooks: called before and after what happens to tasks.
        sender: what takes tasks away; the server, unless it is replaced.
    """

    def __init__(
        self,
        name: str,
        *,
        dsn: str | Dsn | None = None,
        codec: Codec | None = None,
        client_options: ClientOptions | None = None,
    ) -> None:
        """Nothing is connected before the first enqueue.

        Args:
            name: 1..100 characters.
            dsn: where enqueue() goes; None = where the functions of the module pyclient go.
            codec: turns arguments and results into what is sent and back; None = JSON.
            client_options: for a client of the app's own, to where dsn or CELERS_DSN points.
        """
        if not 1 <= len(name) <= 100:
            raise ValueError("the name of an App is 1..100 characters")
        self.name = name
        self.tasks: dict[str, Task[..., Any]] = {}
        self.hooks = Hooks()
        self.codec = codec or Codec()
        self.sender: Sender = DatabaseSender()
        self._dsn, self._client_options = dsn, client_options
        self._client: Client | None = None
        self._lock = threading.Lock()

    @property
    def client(self) -> Client:
        """The client that enqueue() uses.

        Raises:
            InvalidDsn: no DSN was given, and CELERS_DSN is missing or cannot be read.
        """
        if self._dsn is None and self._client_options is None:
            return pyclient.default_client()
        with self._lock:
            if self._client is None:
                self._client = pyclient.connect(self._dsn, **(self._client_options or {}))
        return self._client

    @overload
    def task(self, name: Callable[P, R], /) -> Task[P, R]: ...
    @overload
    def task(
        self,
        name: str | None = None,
        *,
        queue: str = "default",
        priority: int | None = None,
        max_retries: int | None = None,
        retry: Policy | Sequence[float] | None = None,
        timeout: Duration | None = None,
        hard_timeout: Duration | None = None,
        expires: Duration | None = None,
        headers: Mapping[str, Any] | None = None,
    ) -> Callable[[Callable[P, R]], Task[P, R]]: ...
    def task(
        self,
        name: Callable[..., Any] | str | None = None,
        *,
        queue: str = "default",
        priority: int | None = None,
        max_retries: int | None = None,
        retry: Policy | Sequence[float] | None = None,
        timeout: Duration | None = None,
        hard_timeout: Duration | None = None,
        expires: Duration | None = None,
        headers: Mapping[str, Any] | None = None,
    ) -> Any:
        """Decorate a function, or a coroutine function, to make it a task.

        With or without parentheses. A payload that is an object becomes named arguments, an array
        positional ones, anything else (bytes too) the only argument. What the function returns is
        encoded by the codec and kept as the task's result; None is not kept. An exception is an
        error of the task, retried as celers_reject says.

        Args:
            name: 1..255 characters; None = ``module.function``.
            queue: where enqueue() puts it.
            priority: higher is served first, -32768..32767.
            max_retries: retries after the first attempt, 0..1000; None = the queue's, or as many
                as there are delays in retry.
            retry: policy as in celers_enqueue; or seconds before the first retry, the second and
                so on; or False = no retry; None = the queue's policy.
            timeout: after which TaskTimeout is raised in it: whole seconds or a timedelta;
                None = never.
            hard_timeout: after which the worker ends the process that runs it: seconds or a
                timedelta; None = never.
            expires: not started that long after it is due, it expires: seconds or a timedelta.
            headers: JSON values handed to the worker with every task.

        Raises:
            ValueError: the app has another task of that name, or a name is missing or too long.
            InvalidArgument: the value of an option cannot be right.
        """
        options = declared(
            priority=priority,
            max_retries=max_retries,
            retry=retry,
            timeout=timeout,
            hard_timeout=hard_timeout,
            expires=expires,
            headers=headers,
        )

        def register(function: Callable[..., Any]) -> Task[..., Any]:
            chosen = name if isinstance(name, str) else full_name(function)
            if not 1 <= len(chosen) <= 255:
                raise ValueError("the name of a task is 1..255 characters")
            known = self.tasks.get(chosen)
            if known is not None and not known.is_replaced_by(function):
                raise ValueError(f"the app {self.name} has a task {chosen} already")
            self.tasks[chosen] = Task(self, function, chosen, queue, options)
            return self.tasks[chosen]

        return register(name) if callable(name) else register

    def hook(self, point: str) -> Callable[[HookT], HookT]:
        """Decorate a function to have it called at a point, see pyclient.app.hooks.POINTS.

        Raises:
            ValueError: there is no such point.
        """

        def register(function: HookT) -> HookT:
            self.hooks.add(point, function)
            return function

        return register

    def enqueue(self, task_name: str, payload: Any, *, queue: str | None = None) -> TaskHandle[Any]:
        """Enqueue a task by its name, which need not be one of this app.

        Args:
            task_name: the name.
            payload: what the codec encodes; RawJson and bytes are sent as they are.
            queue: None = the task's own where this app knows it, else "default".

        Raises:
            InvalidArgument: the app knows the task, and its function does not take this.
            CelersError: as celers_enqueue.
        """
        [handle] = send(self, [self._named_item(task_name, payload, queue)])
        return handle

    async def enqueue_async(
        self, task_name: str, payload: Any, *, queue: str | None = None
    ) -> TaskHandle[Any]:
        """As enqueue(); the event loop goes on meanwhile."""
        [handle] = await send_async(self, [self._named_item(task_name, payload, queue)])
        return handle

    def _named_item(self, task_name: str, payload: Any, queue: str | None) -> Item[Any]:
        known = self.tasks.get(task_name)
        options = known.options if known else {}
        if known and not isinstance(payload, RawJson):
            known.bind(*known.arguments(payload))
        default = known.queue if known else "default"
        chosen = default if queue is None else queue
        return make_item(self, task_name, payload, options, queue=chosen)

    def enqueue_many(
        self, items: Iterable[Item[R]], *, client: Client | None = None
    ) -> list[TaskHandle[R]]:
        """Enqueue what ``task.item(…)`` made; the handles are in the same order.

        Neighbours of one queue go together, at most 1000 in one call and one transaction. For all
        or none of more than that give the client of a transaction.

        Args:
            items: of any tasks of this app.
            client: instead of theirs, as in Task.using.

        Raises:
            CelersError: as celers_enqueue_batch.
        """
        return send(self, _through(client, items))

    async def enqueue_many_async(
        self, items: Iterable[Item[R]], *, client: Client | None = None
    ) -> list[TaskHandle[R]]:
        """As enqueue_many(); the event loop goes on meanwhile."""
        return await send_async(self, _through(client, items))

    def autodiscover(self, *packages: str, pattern: str | None = "tasks") -> list[str]:
        """Import modules, so that what they declare is declared; the names of what was imported.

        Args:
            packages: names of packages, which are imported themselves.
            pattern: of each package the module of this name, where it has one; None = every
                module in and below it, but none named ``__main__``.

        Raises:
            Exception: whatever the import of a module raises.
        """
        return [name for package in packages for name in import_all(package, pattern)]

    def handle(self, task_id: UUID | str) -> TaskHandle[Any]:
        """The handle of a task by its id, whether it exists or not.

        Raises:
            InvalidArgument: it is no UUID.
        """
        return TaskHandle(self, encode_uuid(task_id) or "")


def _through(client: Client | None, items: Iterable[Item[R]]) -> list[Item[R]]:
    return [item if client is None else replace(item, client=client) for item in items]


def load(place: str) -> App:
    """Import the app that ``package.module:name`` stands for; modules may lie in this directory.

    Raises:
        ValueError: there is no such module, or nothing of that name that is an App.
    """
    found = load_attribute(place)
    if not isinstance(found, App):
        module_name, _, attribute = place.partition(":")
        raise ValueError(f"{attribute} in {module_name} is no App")
    return found

"""A function that is also a task, and the ways to enqueue it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import update_wrapper
from inspect import Parameter
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from pyclient.app.durations import Duration
from pyclient.app.handle import TaskHandle
from pyclient.app.item import Item
from pyclient.app.modules import full_name, import_of
from pyclient.app.options import Declared, Policy, words
from pyclient.app.using import TaskWithOptions
from pyclient.client import Client
from pyclient.errors import InvalidArgument

if TYPE_CHECKING:
    from pyclient.app.application import App

P = ParamSpec("P")
R = TypeVar("R", covariant=True)
_UNNAMED = (Parameter.POSITIONAL_ONLY, Parameter.VAR_POSITIONAL)


class Task(Generic[P, R]):
    """A function that is also a task. Calling it calls the function, here and now.

    Attributes:
        app: that it belongs to.
        name: what queue entries call it.
        queue: where enqueue() puts it.
        function: the function itself.
        is_async: whether it is a coroutine function.
        options: what enqueue() says besides, in the words of celers_enqueue.
        hard_timeout_s: seconds after which a worker ends the process that runs it, None = never.
    """

    def __init__(
        self,
        app: App,
        function: Callable[P, R],
        name: str,
        queue: str,
        declared: Declared,
    ) -> None:
        """Use App.task instead."""
        self.app, self.function, self.name, self.queue = app, function, name, queue
        self.options = declared.words
        self.hard_timeout_s = declared.hard_timeout_s
        self.is_async = inspect.iscoroutinefunction(function)
        self._retry_delays_s = declared.retry_delays_s
        self._import = import_of(function)
        self._signature = inspect.signature(function)
        update_wrapper(self, function, updated=())  # its attributes are not ours

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function."""
        return self.function(*args, **kwargs)

    def enqueue(self, /, *args: P.args, **kwargs: P.kwargs) -> TaskHandle[R]:
        """Have a worker call the function with these arguments.

        Raises:
            InvalidArgument: the function does not take them, or they cannot be encoded.
            CelersError: as celers_enqueue.
        """
        return self.using().enqueue(*args, **kwargs)

    async def enqueue_async(self, /, *args: P.args, **kwargs: P.kwargs) -> TaskHandle[R]:
        """As enqueue(); the event loop goes on meanwhile."""
        return await self.using().enqueue_async(*args, **kwargs)

    def item(self, /, *args: P.args, **kwargs: P.kwargs) -> Item[R]:
        """What enqueue() would send, for ``app.enqueue_many()``.

        Raises:
            InvalidArgument: the function does not take these arguments.
        """
        return self.using().item(*args, **kwargs)

    def using(
        self,
        *,
        delay: Duration | None = None,
        at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        key: str | None = None,
        max_retries: int | None = None,
        retry: Policy | None = None,
        timeout: Duration | None = None,
        expires: Duration | None = None,
        headers: Mapping[str, Any] | None = None,
        client: Client | None = None,
    ) -> TaskWithOptions[P, R]:
        """The task with other options, for ``.enqueue(…)``, ``.enqueue_async(…)``, ``.item(…)``.

        What is None is as the task was declared.

        Args:
            delay: from now until it is due: seconds or a timedelta.
            at: aware datetime before which it is not run, instead of delay.
            priority: higher is served first, -32768..32767.
            queue: where it goes.
            key: idempotency key: the task's id is made of its name and the key, so that the same
                key is the same task for as long as its record is kept. The handle's ``created``
                tells. The same key with other arguments or another queue raises TaskIdReused.
                Such ids are not ordered by time.
            max_retries: retries after the first attempt, 0..1000.
            retry: policy as in celers_enqueue, or False = no retry.
            timeout: how long a worker may run it: whole seconds or a timedelta.
            expires: not started that long after it is due, it expires: seconds or a timedelta.
            headers: JSON values handed to the worker; they come on top of those declared.
            client: instead of the app's: ``client.transaction()`` or ``client.on(connection)``
                make the enqueue part of the caller's transaction.

        Raises:
            InvalidArgument: the options contradict each other.
        """
        if self._retry_delays_s is not None and isinstance(retry, Mapping):
            raise InvalidArgument(f"{self.name} has delays of its own, which no policy replaces")
        given = words(
            priority=priority,
            max_retries=max_retries,
            retry=retry,
            timeout=timeout,
            expires=expires,
            headers=headers,
            delay=delay,
            at=at,
        )
        if headers:
            given["headers"] = {**self.options.get("headers", {}), **headers}
        chosen = self.queue if queue is None else queue
        return TaskWithOptions(
            self, {**self.options, **given}, queue=chosen, key=key, client=client
        )

    def retry_delay_s(self, attempt: int) -> float | None:
        """Seconds to wait after this attempt failed, None = as the policy says.

        Args:
            attempt: 1 = first. Behind the last declared delay that one holds.
        """
        delays_s = self._retry_delays_s
        return None if delays_s is None else delays_s[min(attempt, len(delays_s)) - 1]

    def payload(self, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        """The arguments as one value: a list of positional ones or a dict of named ones.

        Where both kinds are given all are named. A single positional argument of bytes is the
        payload itself. Defaults of the function are not filled in.

        Raises:
            InvalidArgument: the function does not take them.
        """
        bound = self.bind(args, kwargs)
        if len(args) == 1 and not kwargs and isinstance(args[0], bytes | bytearray | memoryview):
            return args[0]
        return self._named(bound) if kwargs or not args else list(args)

    def bind(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> inspect.BoundArguments:
        """The arguments by the names of the parameters.

        Raises:
            InvalidArgument: the function does not take them.
        """
        try:
            return self._signature.bind(*args, **kwargs)
        except TypeError as error:
            raise InvalidArgument(f"{self.name}: {error}") from error

    def _named(self, bound: inspect.BoundArguments) -> dict[str, Any]:
        named: dict[str, Any] = {}
        for name, value in bound.arguments.items():
            kind = self._signature.parameters[name].kind
            if kind in _UNNAMED:
                raise InvalidArgument(
                    f"{self.name}: {name} has no name in a call, so the arguments are a list or "
                    "an object of named ones, not both"
                )
            named |= value if kind is Parameter.VAR_KEYWORD else {name: value}
        return named

    def arguments(self, value: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments for the function that a decoded payload stands for, the other way round.

        An object is named arguments, an array positional ones, anything else (bytes too) the only
        argument.
        """
        if isinstance(value, dict):
            return (), value
        return (tuple(value) if isinstance(value, list | tuple) else (value,)), {}

    def is_replaced_by(self, function: Callable[..., Any]) -> bool:
        """Whether a function is this one after its module was imported anew."""
        is_reloaded = import_of(function) is not self._import
        return is_reloaded and full_name(function) == full_name(self.function)

    def __repr__(self) -> str:
        return f"<task {self.name} of {self.app.name}>"

"""Functions of the user's that run before and after what happens to a task."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import logging
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

log = logging.getLogger("celers.hooks")

POINTS = tuple(
    f"{when}_{operation}"
    for operation in ("enqueue", "dequeue", "ack", "reject")
    for when in ("before", "after")
)
#: An exception from a hook of these aborts the operation. At all others the operation goes on: it
#: is done already, or a task would be lost.
ABORTING = frozenset({"before_enqueue", "before_dequeue", "before_ack"})


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


@dataclass(slots=True)
class HookContext:
    """What a hook is told.

    Attributes:
        point: ``before_enqueue`` and so on, see POINTS.
        queue: the queue, or the list of queues of a claim.
        task_name: None for a claim.
        task_id: None for a claim.
        attempt: 1 = first, None outside an attempt.
        timestamp: now, UTC.
        headers: of the task. What before_enqueue writes here is sent with the task.
        metadata: for the hooks themselves: one dict for the before and the after of one operation.
        error: what went wrong, at the reject points.
        outcome: what became of it, at the after points.
    """

    point: str
    queue: str
    task_name: str | None = None
    task_id: str | None = None
    attempt: int | None = None
    timestamp: datetime = field(default_factory=utc_now)
    headers: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    outcome: str | None = None


Hook = Callable[[HookContext], object]
HookT = TypeVar("HookT", bound=Hook)


class Hooks:
    """The hooks of one app, by point, in the order of their registration."""

    def __init__(self) -> None:
        self._functions: dict[str, list[Hook]] = {point: [] for point in POINTS}

    def add(self, point: str, function: Hook) -> None:
        """Have a function called at a point; it may be a coroutine function.

        Raises:
            ValueError: there is no such point.
        """
        if point not in self._functions:
            raise ValueError(f"there is no hook {point!r}, but {', '.join(POINTS)}")
        self._functions[point].append(function)

    def has(self, point: str) -> bool:
        """Whether there is a hook at this point."""
        return bool(self._functions[point])

    def clear(self) -> None:
        """Forget all hooks."""
        for functions in self._functions.values():
            functions.clear()

    def run(self, point: str, context: HookContext) -> None:
        """Call the hooks of a point, one after the other; each has ended before the next begins.

        A coroutine runs to its end on an event loop of its own, also where this thread runs one.

        Raises:
            Exception: what a hook of an ABORTING point raised; the hooks behind it are not called.
                At the other points it is logged.
        """
        for function in tuple(self._functions[point]):
            try:
                outcome = function(context)
                if inspect.isawaitable(outcome):
                    _run_to_end(outcome)
            except Exception:
                _judge(point, function)

    async def run_async(self, point: str, context: HookContext) -> None:
        """As run(), coroutines on the running event loop. Plain functions block it."""
        for function in tuple(self._functions[point]):
            try:
                outcome = function(context)
                if inspect.isawaitable(outcome):
                    await outcome
            except Exception:
                _judge(point, function)


def _judge(point: str, function: Hook) -> None:
    """While an exception is handled: pass it on, or log it."""
    if point in ABORTING:
        raise
    log.exception("the hook %s at %s failed", getattr(function, "__qualname__", function), point)


def _run_to_end(awaitable: Awaitable[object]) -> None:
    async def wait() -> None:
        await awaitable

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(wait())
        return
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(wait())
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(run,))
    thread.start()
    thread.join()
    if failures:
        raise failures[0]

"""Enqueuing: the hooks before, the sender, the hooks after."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from pyclient.app.handle import TaskHandle
from pyclient.app.hooks import HookContext, utc_now
from pyclient.app.item import Item
from pyclient.tracing import sending, sending_many

if TYPE_CHECKING:
    from pyclient.app.application import App

R = TypeVar("R")


def send(app: App, items: Sequence[Item[R]]) -> list[TaskHandle[R]]:
    """Send items with all that belongs to it. A hook before that raises keeps all of them back."""
    contexts = [_context(item) for item in items]
    for context in contexts:
        app.hooks.run("before_enqueue", context)
    handles = _deliver(app, items, contexts)
    for context in _after(contexts, handles):
        app.hooks.run("after_enqueue", context)
    return handles


async def send_async(app: App, items: Sequence[Item[R]]) -> list[TaskHandle[R]]:
    """As send(): hooks on the running event loop, the call to the server in a thread."""
    contexts = [_context(item) for item in items]
    for context in contexts:
        await app.hooks.run_async("before_enqueue", context)
    handles = await asyncio.to_thread(_deliver, app, items, contexts)
    for context in _after(contexts, handles):
        await app.hooks.run_async("after_enqueue", context)
    return handles


def _deliver(
    app: App, items: Sequence[Item[R]], contexts: Sequence[HookContext]
) -> list[TaskHandle[R]]:
    """Send items with the headers that the hooks left, neighbours of one queue together."""
    if len(items) == 1:
        [item], [context] = items, contexts
        with sending(item.queue, item.task_name, context.headers, task_id=item.task_id) as headers:
            return [app.sender.send(replace(item, headers=headers or {}))]
    handles: list[TaskHandle[R]] = []
    pairs = zip(items, contexts, strict=True)
    for queue, group in groupby(pairs, lambda pair: pair[0].queue):
        neighbours = list(group)
        told = [(item.task_name, context.headers) for item, context in neighbours]
        with sending_many(queue, told) as given:
            ready = [
                replace(item, headers=headers or {})
                for (item, _), headers in zip(neighbours, given, strict=True)
            ]
            handles += app.sender.send_many(ready)
    return handles


def _context(item: Item[object]) -> HookContext:
    return HookContext(
        point="before_enqueue",
        queue=item.queue,
        task_name=item.task_name,
        task_id=item.task_id,
        headers=dict(item.headers),
    )


def _after(
    contexts: Sequence[HookContext], handles: Sequence[TaskHandle[object]]
) -> Iterator[HookContext]:
    for context, handle in zip(contexts, handles, strict=True):
        outcome = "existing" if handle.created is False else "created"
        yield replace(context, point="after_enqueue", outcome=outcome, timestamp=utc_now())

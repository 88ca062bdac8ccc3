"""Tasks that try what a task may do; the ledger is that of pyclient.tests.workerapp."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from pyclient.app import App, Cancel, HookContext, Reject, Retry, Snooze, TaskCancelled, current
from pyclient.tests.workerapp import note

app = App("pools")


@app.task("who", retry=[0])
def who() -> dict[str, Any]:
    """Says what it knows of itself."""
    context = current()
    return {
        "task_id": context.task_id,
        "queue": context.queue,
        "attempt": context.attempt,
        "headers": dict(context.headers),
        "worker": context.worker_id,
    }


@app.task("say", retry=[0], max_retries=1)
def say(verdict: str) -> Any:
    """Ends as it is told, the first time."""
    note("say", verdict)
    if current().attempt > 1:
        return "second"
    return _VERDICTS[verdict]()


def _raise(error: BaseException) -> Any:
    raise error


_VERDICTS: dict[str, Callable[[], Any]] = {
    "snooze": lambda: Snooze(0),
    "raise_snooze": lambda: _raise(Snooze(0)),
    "cancel": lambda: Cancel("no longer wanted"),
    "retry": lambda: _raise(Retry(0)),
    "reject": lambda: _raise(Reject("never", dead_letter=False)),
    "dead": lambda: _raise(Reject("never")),
    "interrupt": lambda: _raise(KeyboardInterrupt()),
}


@app.task("climb", retry=[0])
def climb(steps: int) -> int:
    """Goes on from its checkpoint, and fails half way up once."""
    context = current()
    begun_at = context.last_checkpoint() or 0
    for step in range(begun_at, steps):
        context.progress(100 * step / steps, step=f"step {step}", total_steps=steps)
        context.checkpoint(step)
        if step == steps // 2 and context.attempt == 1:
            raise RuntimeError("slipped")
    return begun_at


@app.task("wait")
def wait(key: str, seconds: float) -> str:
    """Can be stopped at any time."""
    note("begin", key)
    try:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(0.01)
    except BaseException as error:
        note(type(error).__name__, key)
        raise
    note("end", key)
    return key


@app.task("wait_async")
async def wait_async(key: str, seconds: float) -> str:
    """As wait."""
    note("begin", key)
    try:
        await asyncio.sleep(seconds)
    except BaseException as error:
        note(type(error).__name__, key)
        raise
    note("end", key)
    return key


@app.task("polite")
def polite(key: str) -> None:
    """Asks whether it should stop, and catches everything else."""
    note("begin", key)
    context = current()
    while not context.is_interrupted:
        try:
            time.sleep(0.01)
        except TaskCancelled:
            note("struck", key)
    note("saw", key)
    context.check()


@app.task("pair")
async def pair() -> list[str]:
    """Two coroutines at once know whose they are."""

    async def one() -> str:
        await asyncio.sleep(0.01)
        return current().task_id

    return list(await asyncio.gather(one(), asyncio.to_thread(lambda: current().task_id)))


@app.task("grow")
def grow(megabytes: int) -> None:
    """Keeps memory after its end."""
    kept.append(bytearray(megabytes * 1024 * 1024))
    kept[-1][::4096] = b"x" * len(kept[-1][::4096])
    note("grow", megabytes)


@app.task("grow_and_wait")
def grow_and_wait(megabytes: int, seconds: float) -> None:
    """Goes on for a while with much memory."""
    grow.function(megabytes)
    time.sleep(seconds)


@app.task("litter")
def litter() -> None:
    """Leaves a thread behind."""
    threading.Thread(target=time.sleep, args=(300,), daemon=False).start()


@app.task("exit_below", retry=False)
async def exit_below() -> None:
    """One of its coroutines wants to end the process."""

    async def one() -> None:
        raise SystemExit(3)

    await asyncio.gather(one(), asyncio.sleep(300))


kept: list[bytearray] = []

hooked = App("hooked")


@hooked.task("fine", retry=False)
def fine(key: str) -> None:
    """Succeeds."""
    note("run", key)


@hooked.task("bad", retry=False)
def bad(key: str) -> None:
    """Fails."""
    note("run", key)
    raise ValueError(key)


def _note_point(context: HookContext) -> None:
    context.metadata[context.point] = True
    seen = ",".join(context.metadata)
    note(f"{context.point}:{context.task_name}:{context.outcome}", seen)


async def _note_later(context: HookContext) -> None:
    await asyncio.sleep(0)
    note(f"async:{context.point}", context.task_name)


for point in ("dequeue", "ack", "reject"):
    for when in ("before", "after"):
        hooked.hook(f"{when}_{point}")(_note_point)
hooked.hook("before_ack")(_note_later)
hooked.hook("after_reject")(_note_later)


@hooked.hook("before_ack")
def refuse(context: HookContext) -> None:
    """One that does not let some results pass."""
    if context.headers.get("refuse"):
        raise PermissionError("not this one")
    if context.headers.get("exit"):
        raise SystemExit(3)


@hooked.hook("before_reject")
def cancel(context: HookContext) -> None:
    """One that ends as a coroutine does that was cancelled."""
    if context.headers.get("cancel"):
        raise asyncio.CancelledError

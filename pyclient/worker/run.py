"""Running one task, and judging how it ended."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from pyclient import tracing
from pyclient.app import (
    App,
    Cancel,
    Interrupted,
    Reject,
    Retry,
    Shutdown,
    Snooze,
    TaskLeaseLost,
)
from pyclient.app.context import running
from pyclient.app.verdict import Verdict
from pyclient.client import Client
from pyclient.errors import SetupError
from pyclient.worker.attempt import Attempt
from pyclient.worker.config import log
from pyclient.worker.job import Job, Outcome, ack, error_text, hook_context, reject, release

_UNKNOWN_DELAY_S, _UNKNOWN_DELAY_LIMIT_S = 5.0, 300.0


def unknown(app: App, job: Job) -> Outcome:
    """Give back a task of a name that the app does not know, later each time.

    Another worker, or the next version of this one, may know it.
    """
    log.warning("the app %s does not know it, given back", app.name, extra=job.fields())
    delay_s = min(_UNKNOWN_DELAY_S * job.attempt, _UNKNOWN_DELAY_LIMIT_S)
    return release(job, f"UnknownTask: the app {app.name} has no {job.name}", delay_s)


def run(
    attempt: Attempt,
    call: Callable[[list[Any], dict[str, Any]], Any],
    *,
    passes: tuple[type[BaseException], ...] = (),
) -> Outcome | None:
    """Run a task in this thread; None = its lease is lost, and so what it did.

    Args:
        attempt: the task.
        call: calls its function, in the pool's way of being interrupted.
        passes: exceptions that are not the task's and go through to the caller.
    """
    clock = _Clock(attempt)
    try:
        with _span(attempt) as clock.trace_id, running(attempt.context):
            args, kwargs = attempt.arguments()
            result = call(args, kwargs)
            if isinstance(result, Verdict):
                raise result
    except passes:
        raise
    except BaseException as error:  # also SystemExit: a task does not end its worker
        outcome = _failed(attempt, error)
    else:
        outcome = _returned(attempt, result)
    outcome = _told(attempt, outcome)
    clock.say(outcome)
    return outcome


async def run_async(attempt: Attempt) -> Outcome | None:
    """Run a coroutine function in this loop; see run()."""
    clock = _Clock(attempt)
    try:
        with _span(attempt) as clock.trace_id, running(attempt.context):
            args, kwargs = attempt.arguments()
            result = await call_coroutine(attempt, args, kwargs)
            if isinstance(result, Verdict):
                raise result
    except BaseException as error:
        outcome = _failed(attempt, error)
    else:
        outcome = _returned(attempt, result)
    if attempt.app.hooks.has("before_ack") or attempt.app.hooks.has("before_reject"):
        outcome = await asyncio.to_thread(_told, attempt, outcome)
    clock.say(outcome)
    return outcome


async def call_coroutine(attempt: Attempt, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Await the function; an interruption cancels it, and is what it then ends with."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def cancel() -> None:
        if task is not None and not attempt.is_over:
            task.cancel()

    try:
        attempt.breakable(lambda _: _soon(loop, cancel))
        return await attempt.task.function(*args, **kwargs)
    except asyncio.CancelledError as error:
        if attempt.interruption is None:
            raise
        raise attempt.interruption.with_traceback(error.__traceback__) from None
    finally:
        attempt.over()


def _soon(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    loop.call_soon_threadsafe(function)


def run_here(app: App, job: Job, client: Client, worker_id: str) -> Outcome | None:
    """Run one claimed task in this thread, uninterruptedly, and say how it ended; not Ctrl-C."""
    task = app.tasks.get(job.name)
    if task is None:
        return unknown(app, job)
    attempt = Attempt(app, task, job, client, worker_id)
    if task.is_async:
        with asyncio.Runner() as runner:
            return runner.run(run_async(attempt))
    call = task.function
    return run(attempt, lambda args, kwargs: call(*args, **kwargs), passes=(KeyboardInterrupt,))


def _span(attempt: Attempt) -> AbstractContextManager[str | None]:
    job = attempt.job
    return tracing.processing(
        queue=job.queue,
        task_name=job.name,
        task_id=job.task_id,
        attempt=job.attempt,
        headers=job.headers,
        worker_id=attempt.context.worker_id,
    )


def _returned(attempt: Attempt, result: object) -> Outcome:
    """Completed, unless what it returned cannot be kept: to run again would not help that."""
    try:
        return ack(attempt.job, attempt.app.codec.encode_result(result))
    except Exception as error:  # of a serializer that need not be ours
        text = f"ResultInvalid: what the task returned: {error}"
        return reject(attempt.job, text, retry=False)


def _failed(attempt: Attempt, error: BaseException) -> Outcome | None:
    """How an exception ends the attempt; None = the task is another worker's by now."""
    job = attempt.job
    if isinstance(error, Interrupted) and attempt.interruption is not None:
        error.args = attempt.interruption.args  # a thread can only be sent the type
    match error:
        case TaskLeaseLost():
            return None
        case SetupError() if not attempt.has_begun:  # of its codec: another worker may have it
            return release(job, f"{type(error).__name__}: {error}", _UNKNOWN_DELAY_LIMIT_S)
        case Shutdown():
            return release(job, "Shutdown: the worker was told to end at once")
        case Snooze():
            return release(job, f"Snooze: for {error.seconds:g} s", error.seconds)
        case Cancel():
            return reject(job, f"Cancel: {error.reason}", cancel=True)
        case Reject():
            text = f"Reject: {error.reason}"
            return reject(job, text, retry=False, dead_letter=error.dead_letter)
        case Retry():
            delay_s = attempt.task.retry_delay_s(job.attempt)
            text = error_text(error.__cause__ or error)
            return reject(job, text, delay_s=delay_s if error.delay_s is None else error.delay_s)
    return reject(job, error_text(error), delay_s=attempt.task.retry_delay_s(job.attempt))


def _told(attempt: Attempt, outcome: Outcome | None) -> Outcome | None:
    """Have the hooks before the acknowledgement or rejection run; one before_ack may refuse it."""
    hooks = attempt.app.hooks
    if outcome is not None and outcome.is_ack and hooks.has("before_ack"):
        context = hook_context("before_ack", attempt.job, outcome)
        try:
            hooks.run("before_ack", context)
        except BaseException as error:
            outcome = _failed(attempt, error)
        else:
            return outcome._replace(metadata=context.metadata)
    if outcome is not None and not outcome.is_ack and hooks.has("before_reject"):
        context = hook_context("before_reject", attempt.job, outcome)
        try:
            hooks.run("before_reject", context)
        except BaseException:  # SystemExit and CancelledError too: the outcome stays
            log.exception("a hook before_reject failed", extra=attempt.job.fields())
        return outcome._replace(metadata=context.metadata)
    return outcome


class _Clock:
    """How long an attempt ran, and the line of the log that says how it ended."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._began = time.perf_counter()
        self.trace_id: str | None = None

    def say(self, outcome: Outcome | None) -> None:
        ran_s = time.perf_counter() - self._began
        attempt = self._attempt
        attempt.ran_s = ran_s
        level = _level(outcome)
        if not log.isEnabledFor(level):
            return
        fields = attempt.job.fields() | {
            "worker": attempt.context.worker_id,
            "duration_ms": round(ran_s * 1000, 3),
        }
        if self.trace_id is not None:
            fields["trace_id"] = self.trace_id
        if outcome is None:
            log.log(level, "stopped: its lease is lost", extra=fields)
        elif outcome.is_ack:
            log.log(level, "done", extra=fields)
        else:
            kind = (outcome.error or "").split(":", 1)[0]  # what follows may be data
            log.log(level, "%s: %s", _WORDS[outcome.word], kind, extra=fields)


def _level(outcome: Outcome | None) -> int:
    is_bad = outcome is None or outcome.word == "reject"
    return logging.WARNING if is_bad else logging.INFO


_WORDS = {"release": "given back", "cancel": "cancelled", "reject": "failed"}

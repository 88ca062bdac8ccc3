"""Running a claimed task in this process as a worker does, hooks included."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from concurrent.futures import ThreadPoolExecutor

from pyclient.app import App, HookContext
from pyclient.client import Client
from pyclient.worker.job import Job, Outcome, hook_context
from pyclient.worker.run import run_here

log = logging.getLogger("celers.testing")


def may_claim(app: App, queues: str) -> bool:
    """Whether the hooks before a claim let it."""
    try:
        app.hooks.run("before_dequeue", HookContext("before_dequeue", queues))
    except Exception:
        log.exception("a hook before_dequeue failed: nothing is claimed")
        return False
    return True


def run(app: App, job: Job, client: Client, worker_id: str) -> Outcome | None:
    """Run a task that was claimed; None = its lease is lost."""
    app.hooks.run("after_dequeue", hook_context("after_dequeue", job))
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run_here(app, job, client, worker_id)
    # A coroutine function needs a loop of its own, and this thread is in one.
    call = contextvars.copy_context().run
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call, run_here, app, job, client, worker_id).result()


def tell_after(app: App, outcome: Outcome) -> None:
    """Call the hooks after an outcome that was taken."""
    point = "after_ack" if outcome.is_ack else "after_reject"
    app.hooks.run(point, hook_context(point, outcome.job, outcome))

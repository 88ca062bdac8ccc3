"""Running one task."""

from __future__ import annotations

import time

from pyclient.worker.app import App
from pyclient.worker.config import log
from pyclient.worker.interrupts import Interrupts, Shutdown, TaskCancelled, TaskTimeout
from pyclient.worker.job import Job, Outcome, ack, encode_result, error_text, reject, release

_UNKNOWN_DELAY_S, _UNKNOWN_DELAY_LIMIT_S = 5.0, 300.0


def run(app: App, job: Job, interrupts: Interrupts) -> Outcome:
    """Run a task and say how it ended; what is no Exception, as SystemExit, goes through.

    A name that the app does not know is given back: another worker, or the next version of this
    one, may know it. Each time it comes back later.
    """
    task = app.tasks.get(job.name)
    if task is None:
        log.warning("%s: the app %s does not know it, given back", job, app.name)
        delay_s = min(_UNKNOWN_DELAY_S * job.attempt, _UNKNOWN_DELAY_LIMIT_S)
        return release(job, f"UnknownTask: the app {app.name} has no {job.name}", delay_s)
    began = time.monotonic()
    log.debug("%s: began", job)
    try:
        interrupts.begin(job)
        try:
            args, kwargs = job.arguments()
            result = task.function(*args, **kwargs)
        finally:
            interrupts.end()
    except Shutdown:
        log.warning("%s: given up after %.3f s, it will run again", job, time.monotonic() - began)
        return release(job, "Shutdown: the worker was told to end at once")
    except (Exception, TaskCancelled, TaskTimeout) as error:
        kind = type(error).__qualname__
        log.warning("%s: %s after %.3f s", job, kind, time.monotonic() - began)
        return reject(job, error_text(error))
    log.info("%s: done in %.3f s", job, time.monotonic() - began)
    return _acknowledged(job, result)


def _acknowledged(job: Job, result: object) -> Outcome:
    """Completed, unless what it returned cannot be kept: to run again would not help that."""
    try:
        return ack(job, encode_result(result))
    except (ValueError, TypeError, RecursionError) as error:
        log.warning("%s: what it returned is no result", job)
        return reject(job, f"ResultInvalid: what the task returned: {error}", retry=False)

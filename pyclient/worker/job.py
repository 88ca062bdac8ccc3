"""One claimed task, and how it ended."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from pyclient._generated import DequeueBatchRow, DequeueWaitRow, StepRow
from pyclient.app.hooks import HookContext

#: Characters of an error that are kept: of a longer one the middle is left out.
_ERROR_HEAD, _ERROR_TAIL = 4_000, 60_000


@dataclass(slots=True, eq=False)
class Job:
    """A claimed task: one claim of it, even if all of another's attributes are the same.

    Attributes:
        task_id: its id.
        receipt: of the claim it came with.
        name: of the task.
        queue: that it came from.
        payload: its arguments as they were sent.
        content_type: media type of the payload.
        headers: given at enqueue.
        attempt: 1 = first.
        priority: now.
        timeout_s: seconds it may run, None = any number.
    """

    task_id: str
    receipt: str
    name: str
    queue: str
    payload: str | bytes
    content_type: str
    headers: dict[str, Any]
    attempt: int
    priority: int
    timeout_s: int | None

    @classmethod
    def of(cls, row: StepRow | DequeueWaitRow | DequeueBatchRow) -> Self:
        """From a row whose outcome is ``claimed``."""
        payload = row.payload if row.payload_binary is None else row.payload_binary
        return cls(
            task_id=row.task_id or "",
            receipt=row.receipt,
            name=row.task_name or "",
            queue=row.queue or "",
            payload=payload if payload is not None else "",
            content_type=row.content_type or "application/json",
            headers=row.headers or {},
            attempt=row.attempt or 1,
            priority=row.priority or 0,
            timeout_s=row.timeout_s,
        )

    def fields(self) -> dict[str, Any]:
        """What a line of the log says of it."""
        return {
            "task_id": self.task_id,
            "task": self.name,
            "queue": self.queue,
            "attempt": self.attempt,
        }

    def __str__(self) -> str:
        return f"{self.name} {self.task_id} attempt {self.attempt}"


class Outcome(NamedTuple):
    """How an attempt ended, to be handed in.

    Attributes:
        job: the task.
        is_ack: whether item belongs to the acks, else to the rejects.
        item: as celers_ack_batch or celers_reject_batch takes it.
        metadata: of the hooks before, for those after; None = there were none.
    """

    job: Job
    is_ack: bool
    item: dict[str, Any]
    metadata: dict[str, Any] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is completed without a result, so that no more than this is to be said."""
        return self.is_ack and "result" not in self.item

    @property
    def error(self) -> str | None:
        """Why it failed or was given back; None = it is completed."""
        return self.item.get("error")

    @property
    def word(self) -> str:
        """In one word: ack, release, cancel or reject."""
        if self.is_ack:
            return "ack"
        return next((word for word in ("release", "cancel") if self.item.get(word)), "reject")


def ack(job: Job, result: str | None) -> Outcome:
    """It is completed; result is JSON text or None."""
    item = {"task_id": job.task_id, "receipt": job.receipt}
    return Outcome(job, True, item if result is None else item | {"result": result})


def reject(job: Job, error: str, **options: Any) -> Outcome:
    """It failed, or is given back; the options of celers_reject that are not None."""
    item = {"task_id": job.task_id, "receipt": job.receipt, "error": error}
    given = {key: value for key, value in options.items() if value is not None}
    return Outcome(job, False, item | given)


def release(job: Job, reason: str, delay_s: float = 0) -> Outcome:
    """It is given back to run again, and no error is counted."""
    return reject(job, reason, release=True, delay_s=delay_s)


def hook_context(point: str, job: Job, outcome: Outcome | None = None) -> HookContext:
    """What the hooks of a claimed task are told."""
    context = HookContext(point, job.queue, job.name, job.task_id, job.attempt)
    context.headers = job.headers
    if outcome is not None:
        context.error, context.outcome = outcome.error, outcome.word
        context.metadata = {} if outcome.metadata is None else outcome.metadata
    return context


def error_text(error: BaseException) -> str:
    """``TypeName: message``, an empty line, and the traceback without the worker's own frames.

    A long one loses its middle; what UTF-8 cannot carry is written as an escape.
    """
    first = f"{type(error).__qualname__}: {_message(error)}".removesuffix(": ")
    frames = error.__traceback__
    while frames is not None and _is_ours(frames.tb_frame.f_globals.get("__package__")):
        frames = frames.tb_next
    details = "".join(traceback.format_exception(type(error), error, frames))
    is_ours_alone = frames is None and error.__cause__ is None and error.__context__ is None
    text = (
        (first if is_ours_alone else f"{first}\n\n{details}")
        .encode("utf-8", "backslashreplace")
        .decode()
    )
    if len(text) <= _ERROR_HEAD + _ERROR_TAIL:
        return text
    return f"{text[:_ERROR_HEAD]}\n[…]\n{text[-_ERROR_TAIL:]}"


def _is_ours(package: object) -> bool:
    return isinstance(package, str) and f"{package}.".startswith(f"{__package__}.")


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as second:  # the author of a task may have written a bad __str__
        return f"<its text cannot be made: {type(second).__qualname__}>"

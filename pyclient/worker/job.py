"""One claimed task, how it is run, and how it ended."""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from pyclient._generated import DequeueWaitRow, StepRow

_JSON = "application/json"
#: The server's limit for a result, in bytes.
_RESULT_LIMIT = 16 * 1024 * 1024
_ERROR_HEAD, _ERROR_TAIL = 4_000, 60_000


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed task.

    Attributes:
        task_id: its id.
        receipt: of the claim it came with.
        name: of the task.
        payload: its arguments, JSON text unless content_type says otherwise.
        content_type: media type of the payload.
        attempt: 1 = first.
        timeout_s: seconds it may run, None = any number.
    """

    task_id: str
    receipt: str
    name: str
    payload: str | bytes
    content_type: str
    attempt: int
    timeout_s: int | None

    @classmethod
    def of(cls, row: StepRow | DequeueWaitRow) -> Self:
        """From a row whose outcome is ``claimed``."""
        payload = row.payload if row.payload_binary is None else row.payload_binary
        return cls(
            task_id=row.task_id or "",
            receipt=row.receipt,
            name=row.task_name or "",
            payload=payload if payload is not None else "",
            content_type=row.content_type or _JSON,
            attempt=row.attempt or 1,
            timeout_s=row.timeout_s,
        )

    def arguments(self) -> tuple[list[Any], dict[str, Any]]:
        """The positional and the named arguments for the function.

        Raises:
            ValueError: the payload is not the JSON that its content type says.
        """
        value: Any = self.payload
        if self.content_type == _JSON:
            value = json.loads(self.payload)
        if isinstance(value, dict):
            return [], value
        return (value if isinstance(value, list) else [value]), {}

    def __str__(self) -> str:
        return f"{self.name} {self.task_id} attempt {self.attempt}"


class Outcome(NamedTuple):
    """How an attempt ended, to be handed in.

    Attributes:
        job: the task.
        is_ack: whether item belongs to the acks, else to the rejects.
        item: as celers_ack_batch or celers_reject_batch takes it.
    """

    job: Job
    is_ack: bool
    item: dict[str, Any]


def ack(job: Job, result: str | None) -> Outcome:
    """It is completed; result is JSON text or None."""
    item = {"task_id": job.task_id, "receipt": job.receipt}
    return Outcome(job, True, item if result is None else item | {"result": result})


def reject(job: Job, error: str, **options: Any) -> Outcome:
    """It failed, or is given back; the options are those of celers_reject."""
    item = {"task_id": job.task_id, "receipt": job.receipt, "error": error}
    return Outcome(job, False, item | options)


def release(job: Job, reason: str, delay_s: float = 0) -> Outcome:
    """It is given back to run again, and no error is counted."""
    return reject(job, reason, release=True, delay_s=delay_s)


def encode_result(value: Any) -> str | None:
    """What a function returned as JSON text; None stays None.

    Raises:
        ValueError, TypeError, RecursionError: it is not JSON, or too large.
    """
    if value is None:
        return None
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if len(text.encode()) > _RESULT_LIMIT:
        raise ValueError("it is larger than 16 MiB")
    return text


def error_text(error: BaseException) -> str:
    """``TypeName: message``, an empty line, and the traceback without the worker's own frames.

    A long one loses its middle; what UTF-8 cannot carry is written as an escape.
    """
    first = f"{type(error).__qualname__}: {_message(error)}".removesuffix(": ")
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_globals.get("__package__") == __package__:
        frames = frames.tb_next
    details = "".join(traceback.format_exception(type(error), error, frames))
    text = f"{first}\n\n{details}".encode("utf-8", "backslashreplace").decode()
    if len(text) <= _ERROR_HEAD + _ERROR_TAIL:
        return text
    return f"{text[:_ERROR_HEAD]}\n[…]\n{text[-_ERROR_TAIL:]}"


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as second:  # the author of a task may have written a bad __str__
        return f"<its text cannot be made: {type(second).__qualname__}>"

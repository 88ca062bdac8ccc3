"""A task of inline mode: its row, its progress, its result."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pyclient._encode import encode_json, new_uuid
from pyclient._generated import GetResultRow, GetTaskProgressRow, GetTaskRow
from pyclient.app import Item
from pyclient.worker.job import Job, Outcome

#: What celers_enqueue does where nothing is said.
_MAX_RETRIES = 3
_JSON = "application/json"


@dataclass(slots=True)
class InlineTask:
    """What a server would know of a task."""

    item: Item[Any]
    state: str = "pending"
    attempt: int = 0
    errors: int = 0
    error: str | None = None
    result: str | None = None
    cancel_requested_at: datetime | None = None
    progress: dict[str, Any] | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def max_retries(self) -> int:
        """Retries after the first attempt."""
        return int(self.item.options.get("max_retries", _MAX_RETRIES))

    def begin(self) -> Job:
        """Claim it."""
        self.attempt += 1
        self.state, self.started_at = "processing", datetime.now(UTC)
        return Job(
            task_id=self.item.task_id,
            receipt=new_uuid(),
            name=self.item.task_name,
            queue=self.item.queue,
            payload=self.item.payload,
            content_type=self.item.content_type or _JSON,
            headers=json.loads(encode_json(dict(self.item.headers)) or "{}"),
            attempt=self.attempt,
            priority=int(self.item.options.get("priority", 0)),
            timeout_s=self.item.options.get("timeout_s"),
        )

    def end(self, outcome: Outcome) -> str:
        """Take an outcome as celers_ack and celers_reject do; the word for it."""
        self.error = outcome.error
        if outcome.is_ack:
            self.result = outcome.item.get("result")
            return self.finish("completed")
        if outcome.word == "cancel" or self.cancel_requested_at is not None:
            return self.finish("cancelled")
        if outcome.word == "release":
            self.state = "pending"
            return "released"
        self.errors += 1
        if outcome.item.get("retry", True) and self.errors <= self.max_retries:
            self.state = "pending"
            return "retried"
        return self.finish("dead" if outcome.item.get("dead_letter", True) else "failed")

    def finish(self, state: str) -> str:
        """It has ended."""
        self.state, self.finished_at = state, datetime.now(UTC)
        return state

    def row(self) -> GetTaskRow:
        """As celers_get_task shows it."""
        item, options = self.item, self.item.options
        text, data = (item.payload, None) if isinstance(item.payload, str) else (None, item.payload)
        return GetTaskRow(
            task_id=item.task_id,
            queue=item.queue,
            task_name=item.task_name,
            state=self.state,
            priority=int(options.get("priority", 0)),
            attempt=self.attempt,
            errors=self.errors,
            crashes=0,
            max_retries=self.max_retries,
            created_at=self.created_at,
            due_at=self.created_at,
            started_at=self.started_at,
            finished_at=self.finished_at,
            worker_id=None,
            error=self.error,
            lease_expires_at=None,
            cancel_requested_at=self.cancel_requested_at,
            timeout_s=options.get("timeout_s"),
            expires_at=None,
            retry=options.get("retry"),
            headers=dict(item.headers) or None,
            content_type=item.content_type or _JSON,
            payload=text,
            payload_binary=data,
        )

    def result_row(self) -> GetResultRow | None:
        """As celers_get_result shows it; None = it returned nothing."""
        if self.result is None:
            return None
        return GetResultRow(
            task_id=self.item.task_id,
            task_name=self.item.task_name,
            status="SUCCESS",
            result=json.loads(self.result),
            error=None,
            traceback=None,
            created_at=self.finished_at or self.created_at,
            completed_at=self.finished_at,
            runtime_ms=None,
        )

    def progress_row(self) -> GetTaskProgressRow | None:
        """As celers_get_task_progress shows it; None = it did not tell."""
        if self.progress is None:
            return None
        names = ("percent", "step", "total_steps", "checkpoint")
        known = {name: self.progress.get(name) for name in names}
        return GetTaskProgressRow(task_id=self.item.task_id, updated_at=datetime.now(UTC), **known)

"""The lines that ``celers export`` writes and ``celers import`` reads."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyclient._encode import encode_uuid
from pyclient._generated import GetTaskRow
from pyclient.cli._common import parse_instant
from pyclient.cli._shown import payload_bytes
from pyclient.errors import InvalidArgument

EXPORTED = "celers.exported_task/1"
_REQUIRED = ("task_id", "queue", "task_name", "payload_base64")
# As celers_enqueue_batch takes them.
_OPTIONS = ("content_type", "priority", "max_retries", "retry", "timeout_s", "headers")
_INSTANTS = ("due_at", "expires_at")
# Only to be read: an import passes over them.
_INFORMATIVE = ("state", "created_at", "finished_at", "error")
_KEYS = ("schema", *_REQUIRED, *_OPTIONS, *_INSTANTS, *_INFORMATIVE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was read.

    Attributes:
        number: its place in the file, from 1.
        queue: where the task goes.
        item: the task, as celers_enqueue_batch takes it.
    """

    number: int
    queue: str
    item: dict[str, Any]

    @property
    def is_expired(self) -> bool:
        """Whether there is no time left to start it."""
        return bool(self.item.get("expires_s", 1) <= 0)

    @property
    def size(self) -> int:
        """About how many bytes of a call it takes."""
        return len(self.item["payload_base64"]) + len(str(self.item.get("headers", ""))) + 300


def write_line(task: GetTaskRow) -> dict[str, Any]:
    """What is kept of a task: all that it takes to enqueue it again, and how it ended."""
    fields = {
        **task._asdict(),
        "schema": EXPORTED,
        "payload_base64": base64.b64encode(payload_bytes(task)).decode(),
        # what was begun does not expire any more
        "expires_at": task.expires_at if task.attempt == 0 else None,
    }
    return {key: fields[key] for key in _KEYS}


def read_line(number: int, text: bytes) -> Line:
    """Read one line.

    Raises:
        InvalidArgument: it is not what write_line() makes; the message names the line.
    """
    try:
        return _read(number, text)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(f"line {number}: {error}") from error


def _read(number: int, text: bytes) -> Line:
    fields = json.loads(text)
    if not isinstance(fields, dict) or fields.get("schema") != EXPORTED:
        raise ValueError(f'this is no object with "schema": "{EXPORTED}"')
    unknown = fields.keys() - set(_KEYS)
    if unknown:
        raise ValueError(f"unknown key {min(unknown)!r}")
    required = {key: fields.get(key) for key in _REQUIRED}
    for key, value in required.items():
        if not isinstance(value, str):
            raise ValueError(f"{key} is missing or no text")
    try:
        encode_uuid(fields["task_id"])
        base64.b64decode(fields["payload_base64"], validate=True)
    except (InvalidArgument, binascii.Error) as error:
        raise ValueError(str(error)) from error
    queue = required.pop("queue")
    due_at, expires_at = (_instant(key, fields.get(key)) for key in _INSTANTS)
    given = {key: fields.get(key) for key in _OPTIONS} | {"due_at": due_at}
    item = required | {key: value for key, value in given.items() if value is not None}
    if expires_at is not None:
        begins = max(due_at or expires_at, datetime.now(UTC))
        item["expires_s"] = (expires_at - begins).total_seconds()
    return Line(number, str(queue), item)


def _instant(key: str, value: object) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{key} is no text")
    return parse_instant(value)

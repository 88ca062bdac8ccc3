"""A task as it is shown: what its routines, and the view of its attempts, tell of it."""

from __future__ import annotations

import base64
from datetime import UTC
from typing import Any

from pyclient._generated import GetTaskRow
from pyclient._literal import literal
from pyclient.cli._common import Cli
from pyclient.cli._pages import record
from pyclient.cli._rights import advice
from pyclient.errors import AccessDenied

_ATTEMPT = ("attempt", "outcome", "worker_id", "started_at", "ended_at", "error")
_INSTANTS = ("started_at", "ended_at")


def describe(cli: Cli, task_id: str, *, has_payload: bool) -> dict[str, Any]:
    """All there is to know of a task; the payload itself only where it is asked for."""
    task = cli.client.call_get_task(task_id)
    progress = cli.client.call_get_task_progress(task_id)
    result = cli.client.call_get_result(task_id)
    return {
        **without_payload(task),
        **(payload_of(task) if has_payload else {}),
        "progress": None if progress is None else _without_id(record(progress)),
        "result": None if result is None else result.result,
        "attempts": _attempts(cli, task_id),
    }


def without_payload(task: GetTaskRow) -> dict[str, Any]:
    """The columns of a task, with the size of its payload in place of the payload."""
    fields = task._asdict()
    del fields["payload"], fields["payload_binary"]
    return fields | {"payload_bytes": len(payload_bytes(task))}


def payload_of(task: GetTaskRow) -> dict[str, str | None]:
    """The payload as its text, or as base64 where it is not text."""
    if task.payload_binary is None:
        return {"payload": task.payload}
    return {"payload_base64": base64.b64encode(task.payload_binary).decode()}


def payload_bytes(task: GetTaskRow) -> bytes:
    """The payload byte for byte."""
    return (task.payload or "").encode() if task.payload_binary is None else task.payload_binary


def _without_id(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != "task_id"}


def _attempts(cli: Cli, task_id: str) -> list[dict[str, Any]] | None:
    """The attempts that have ended; None where the account may not look, which is said."""
    statement = (
        f"SELECT {', '.join(_ATTEMPT)} FROM celers_attempts"
        " WHERE id_bin = UUID_TO_BIN(%s) ORDER BY attempt"
    )
    try:
        _, rows = cli.client._session.run(statement.encode() % literal(task_id))
    except AccessDenied as error:
        cli.output.note(f"attempts are not shown: {advice(error, cli.where().database) or error}")
        return None
    return [_attempt(row) for row in rows]


def _attempt(row: tuple[Any, ...]) -> dict[str, Any]:
    fields = dict(zip(_ATTEMPT, row, strict=True))
    for key in _INSTANTS:
        if fields[key] is not None:
            fields[key] = fields[key].replace(tzinfo=UTC)
    return fields

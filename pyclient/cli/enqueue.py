"""``celers enqueue``: add a task to a queue, and wait for it where that is asked for."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from pyclient._generated import GetTaskRow
from pyclient.cli._common import DURATION, INSTANT, Cli, common
from pyclient.cli._complete import complete_queue, complete_task
from pyclient.cli._group import FAILED, NO_WORKER
from pyclient.cli._output import as_json, visible
from pyclient.cli._watch import ENDED, changes
from pyclient.client import Client
from pyclient.errors import AccessDenied
from pyclient.types import RawJson

ENQUEUED = "celers.enqueued/1"
_FOR_EVER = "for ever"


def _read_json(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{what} is not JSON: {error}") from error


def _read_payload(word: str) -> RawJson:
    """JSON text as it is, from the word itself, a file (``@name``) or stdin (``-``)."""
    if word == "-":
        content = sys.stdin.buffer.read()
    elif word.startswith("@"):
        try:
            content = Path(word[1:]).read_bytes()
        except OSError as error:
            raise click.UsageError(f"cannot read {word[1:]}: {error.strerror}") from error
    else:
        content = word.encode("utf-8", "surrogateescape")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"the payload is not UTF-8: {error}") from error
    _read_json(text, "the payload")
    return RawJson(text)


def _read_headers(text: str | None) -> dict[str, Any] | None:
    headers = None if text is None else _read_json(text, "--headers")
    if headers is not None and not isinstance(headers, dict):
        raise click.UsageError("--headers is not a JSON object")
    return headers


def _read_wait(text: str) -> float | None:
    return None if text == _FOR_EVER else DURATION.convert(text, None, None)


def _id_of(task: str, key: str | None) -> str | None:
    if key is None:
        return None
    from pyclient.app.options import keyed_id

    return keyed_id(task, key)


@click.command()
@click.argument("task", shell_complete=complete_task)
@click.argument("payload", default="{}", metavar="[JSON|@FILE|-]")
@click.option(
    "-Q",
    "--queue",
    metavar="NAME",
    default="default",
    show_default=True,
    shell_complete=complete_queue,
)
@click.option("--in", "delay_s", type=DURATION, help="Due after this time: 10s, 5m, 2h30m, 7d.")
@click.option("--at", "due_at", type=INSTANT, help="Due at this instant, ISO 8601; UTC if bare.")
@click.option("--priority", type=int, metavar="N", help="Higher is served first; 0 unless given.")
@click.option("--max-retries", type=int, metavar="N", help="Retries after the first attempt.")
@click.option("--key", help="The same task with the same key is enqueued once.")
@click.option("--headers", metavar="JSON", help="JSON object that the worker gets with the task.")
@click.option(
    "--expires",
    "expires_s",
    type=DURATION,
    help="It expires if not begun so long after it is due.",
)
@click.option(
    "--wait",
    is_flag=False,
    flag_value=_FOR_EVER,
    metavar="[TIME]",
    help="Wait, and print the result; exit with 1 if it failed, with 69 if no worker is there.",
)
@common
def enqueue(
    cli: Cli,
    task: str,
    payload: str,
    queue: str,
    delay_s: float | None,
    due_at: datetime | None,
    key: str | None,
    headers: str | None,
    wait: str | None,
    **options: Any,
) -> None:
    """Add a task to a queue and print its id.

    The payload is JSON, kept byte for byte: an object holds named arguments, an array positional
    ones. Without one it is {}.
    """
    if delay_s is not None and due_at is not None:
        raise click.UsageError("give --in or --at, not both")
    timeout_s = _read_wait(wait) if wait is not None else None
    row = cli.client.call_enqueue(
        queue,
        task,
        _read_payload(payload),
        task_id=_id_of(task, key),
        delay_s=delay_s,
        due_at=due_at,
        headers=_read_headers(headers),
        **options,
    )
    if not row.created:
        cli.output.note(f"the task stood already: {row.state}")
    if wait is not None:
        _wait(cli, row.task_id, row.created, timeout_s)
    elif cli.output.is_json:
        cli.output.thing(ENQUEUED, row._asdict())
    else:
        cli.output.line(row.task_id)


def _wait(cli: Cli, task_id: str, created: bool, timeout_s: float | None) -> None:
    cli.output.note(task_id)
    *_, task = changes(cli.client, task_id, timeout_s)
    result = cli.client.call_get_result(task_id) if task.state == "completed" else None
    value = result.result if result else None
    if cli.output.is_json:
        record = {"task_id": task_id, "created": created, "due_at": task.due_at}
        ending = {"state": task.state, "result": value, "error": task.error}
        cli.output.thing(ENQUEUED, record | ending)
    elif task.state == "completed":
        cli.output.line(as_json(value))
    if task.state != "completed":
        raise SystemExit(_say_why(cli, task))


def _say_why(cli: Cli, task: GetTaskRow) -> int:
    """Say on stderr why there is no result; the exit code."""
    if task.state in ENDED:
        reason = visible((task.error or "no reason given").rstrip(), keep="\n")
        click.echo(f"celers: the task is {task.state}: {reason}", err=True)
        return FAILED
    is_waiting = task.state == "pending" and task.attempt == 0
    if is_waiting and not _is_served(cli.client, task.queue):
        click.echo(f"celers: no worker serves the queue {task.queue}", err=True)
        return NO_WORKER
    click.echo(f"celers: the task is still {task.state}; it goes on", err=True)
    return FAILED


def _is_served(client: Client, queue: str) -> bool:
    """Whether a worker that lives serves the queue, as far as the account may know."""
    try:
        workers = client.call_list_workers()
    except AccessDenied:
        return True
    served = [row.queues for row in workers if row.status != "offline"]
    return any(queues is None or queue in queues.split(",") for queues in served)

"""What programs may rely on: the fields of each kind of JSON object, in this order.

New fields go last and keep the number of the schema; anything else makes a new number.
"""

from __future__ import annotations

import json
from typing import Any

import pyclient
from pyclient.tests.cli.datakit import enqueue, feed, kill
from pyclient.tests.cli.opskit import celers
from tools.freshschema import Schema

_LISTED = (
    "task_id queue task_name state priority attempt errors crashes max_retries created_at due_at"
    " started_at finished_at worker_id error lease_expires_at"
)
_SHOWN = (
    f"{_LISTED} cancel_requested_at timeout_s expires_at retry headers content_type payload_bytes"
)
_SETTINGS = (
    "max_retries max_crashes retry lease_s retention_s dlq_retention_s aging_threshold_s"
    " aging_boost aging_max_priority"
)
_DEAD = (
    "task_id queue task_name reason priority attempt errors crashes max_retries created_at"
    " started_at died_at worker_id error"
)
_QUEUE = "queue is_paused ready scheduled running dead oldest_ready_s workers"

FIELDS = {
    "enqueue send": ("enqueued", "task_id created due_at state"),
    "enqueue send --wait=0s": ("enqueued", "task_id created due_at state result error"),
    "task list": ("task", _LISTED),
    "task show DEAD": ("task", f"{_SHOWN} progress result attempts"),
    "task show DEAD --show-payload": ("task", f"{_SHOWN} payload progress result attempts"),
    "task tail DEAD": ("task", _SHOWN),
    "task retry DEAD": ("outcome", "task_id outcome state"),
    "task cancel ID": ("outcome", "task_id outcome"),
    "dlq list": ("dead_letter", _DEAD),
    "dlq show DEAD": (
        "dead_letter",
        f"{_DEAD} state due_at finished_at lease_expires_at cancel_requested_at timeout_s"
        " expires_at retry headers content_type payload_bytes progress result attempts",
    ),
    "dlq purge DEAD --yes": ("outcome", "task_id outcome"),
    "task delete DEAD --yes": ("outcome", "task_id outcome"),
    "queue purge mail --yes": ("change", "action matched changed is_dry_run"),
    "dlq retry --all --dry-run": ("change", "action matched changed is_dry_run"),
    "dlq export": (
        "exported_task",
        "task_id queue task_name payload_base64 content_type priority max_retries retry timeout_s"
        " headers due_at expires_at state created_at finished_at error",
    ),
    "queue list": ("queue", _QUEUE),
    "queue show mail": (
        "queue",
        f"{_QUEUE} tasks_per_second completed_last_hour failed_last_hour wait_p95_ms run_p95_ms",
    ),
    "queue pause mail": ("queue_state", "queue is_paused"),
    "queue config get": ("queue_config", f"queue is_paused {_SETTINGS} own"),
    "queue config set mail lease_s=5": ("queue_config", f"queue is_paused {_SETTINGS} own"),
}
ATTEMPT = "attempt outcome worker_id started_at ended_at error".split()
PROGRESS = "percent step total_steps checkpoint updated_at".split()


def first(text: str) -> dict[str, Any]:
    """The first line as an object."""
    found = json.loads(text.splitlines()[0])
    assert isinstance(found, dict)
    return found


def test_the_fields_of_every_kind_of_object(schema: Schema, client: pyclient.Client) -> None:
    for count, (command, (name, fields)) in enumerate(FIELDS.items()):
        known = {"ID": enqueue(client), "DEAD": kill(client, f"grave{count}")}
        words = [known.get(word, word) for word in command.split()]
        shown = first(celers(schema.dsn, *words, "--json").out)
        assert shown.pop("schema") == f"celers.{name}/1", command
        assert list(shown) == fields.split(), command


def test_the_fields_of_what_stands_inside(schema: Schema, client: pyclient.Client) -> None:
    task_id = enqueue(client)
    (row,) = client.call_dequeue_batch("mail", "w", 1)
    client.call_update_task_progress(task_id, row.receipt, 5.0)
    client.call_reject(task_id, row.receipt, "no")
    shown = first(celers(schema.dsn, "task", "show", task_id, "--json").out)
    assert [list(attempt) for attempt in shown["attempts"]] == [ATTEMPT]
    assert list(shown["progress"]) == PROGRESS


def test_the_fields_of_an_import(schema: Schema) -> None:
    shown = first(feed(schema.dsn, "", "import", "--json").out)
    assert list(shown) == "schema tasks created existing expired is_dry_run".split()

"""What programs may rely on of the operator's commands: the fields of each kind of JSON object.

New fields go last and keep the number of the schema; anything else makes a new number.
"""

from __future__ import annotations

import pytest

import pyclient
from pyclient.tests.cli.datakit import kill
from pyclient.tests.cli.opskit import celers
from tools.freshschema import Schema

_QUEUE = "queue is_paused ready scheduled running dead oldest_ready_s workers"
_DUTY = (
    "duty is_enabled period_ms batch_limit next_at overdue_ms last_at last_count last_ms last_error"
    " last_error_at"
)

FIELDS = {
    "bench --duration 100ms": (
        "bench",
        "operation count per_second p50_ms p95_ms p99_ms max_ms",
    ),
    "doctor": ("finding", "level text fix check is_for_migrate"),
    "maintenance list": ("duty", _DUTY),
    "maintenance set promote_due --enable": ("duty", _DUTY),
    "maintenance run": ("duty_run", "duty outcome runs row_count"),
    "maintenance run promote_due": ("duty_run", "duty outcome runs row_count"),
    "migrate": ("migration", "database dry_run changes notes seconds"),
    "migrate status": ("schema_object", "kind name state applied_at sha256 note checksum"),
    "migrate verify": ("drift", "kind name sentence"),
    "migrate grants": ("right", "role right name is_given"),
    "report": ("report", "client server installed counts findings"),
    "scale-metric -Q mail": ("scale", "queue kind value reason is_paused ready running"),
    "stats": (
        "queue_stats",
        f"{_QUEUE} wait_p50_ms wait_p95_ms run_p50_ms run_p95_ms in_rate out_rate window_s",
    ),
    "stats --by task": (
        "task_stats",
        "task_name tasks pending processing completed failed cancelled expired dead errors crashes"
        " run_mean_ms oldest_at",
    ),
    "stats --by worker": (
        "worker_stats",
        "worker_id status queues capabilities hostname pid started_at last_heartbeat_at"
        " heartbeat_age_s running",
    ),
    "top": ("top", "at overdue_s queues workers failures"),
}


@pytest.mark.parametrize("command", FIELDS)
def test_the_fields_of_an_object(schema: Schema, client: pyclient.Client, command: str) -> None:
    kill(client, "mail")
    client.call_register_worker("w1", queues="mail")
    name, fields = FIELDS[command]
    first = celers(schema.dsn, *command.split(), "--json").records[0]
    assert first.pop("schema") == f"celers.{name}/1"
    assert list(first) == fields.split()

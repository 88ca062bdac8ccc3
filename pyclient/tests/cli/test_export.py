"""``celers export``."""

from __future__ import annotations

import base64

import pyclient
from pyclient.tests.cli.datakit import HOSTILE, enqueue, finish, kill
from pyclient.tests.cli.opskit import celers
from tools.freshschema import Schema

KEYS = [
    "schema",
    "task_id",
    "queue",
    "task_name",
    "payload_base64",
    "content_type",
    "priority",
    "max_retries",
    "retry",
    "timeout_s",
    "headers",
    "due_at",
    "expires_at",
    "state",
    "created_at",
    "finished_at",
    "error",
]


def test_pending_tasks_are_written_the_oldest_first(
    schema: Schema, client: pyclient.Client
) -> None:
    ids = [enqueue(client, queue) for queue in ("mail", "images", "mail")]
    finish(client, "done")
    done = celers(schema.dsn, "export")
    assert [record["task_id"] for record in done.records] == ids
    assert done.err == "3 tasks\n"
    assert list(done.records[0]) == KEYS
    assert celers(schema.dsn, "export", "-q").err == ""


def test_filters(schema: Schema, client: pyclient.Client) -> None:
    enqueue(client)
    image = enqueue(client, "images", "scale")
    dead, done = kill(client, "grave"), finish(client, "done")
    for words, wanted in {
        ("-Q", "images"): [image],
        ("--task", "scale"): [image],
        ("--state", "dead"): [dead],
        ("--state", "completed"): [done],
        ("--state", "failed"): [],
    }.items():
        records = celers(schema.dsn, "export", *words).records
        assert [record["task_id"] for record in records] == wanted, words
    assert celers(schema.dsn, "export", "--state", "lost").code == 2


def test_the_bytes_are_those_that_were_enqueued(schema: Schema, client: pyclient.Client) -> None:
    raw = '{"n": 1.10, "big": 123456789012345678901234567890, "t": "\\u0000 ü 🦊"}'
    payloads: list[tuple[bytes, dict[str, str]]] = [
        (raw.encode(), {}),
        (b"\x00\xff\x80DELIMITER //", {"content_type": "application/octet-stream"}),
        (HOSTILE.encode(), {"content_type": "text/plain"}),
        (b"", {"content_type": "application/octet-stream"}),
    ]
    for payload, options in payloads:
        value = pyclient.RawJson(payload.decode()) if not options else payload
        client.call_enqueue("mail", HOSTILE, value, **options)  # type: ignore[arg-type]
    records = celers(schema.dsn, "export").records
    assert [base64.b64decode(record["payload_base64"]) for record in records] == [
        payload for payload, _ in payloads
    ]
    assert {record["task_name"] for record in records} == {HOSTILE}


def test_what_was_begun_does_not_expire_any_more(schema: Schema, client: pyclient.Client) -> None:
    fresh = enqueue(client, "fresh", expires_s=60)
    enqueue(client, "begun", expires_s=60)
    (row,) = client.call_dequeue_batch("begun", "w", 1)
    client.call_reject(row.task_id, row.receipt, "no")
    records = {record["queue"]: record for record in celers(schema.dsn, "export").records}
    assert records["fresh"]["task_id"] == fresh
    assert records["fresh"]["expires_at"].endswith("Z")
    assert records["begun"]["expires_at"] is None

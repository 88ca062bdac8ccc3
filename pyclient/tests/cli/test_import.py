"""``celers import``, and the way there and back."""

from __future__ import annotations

import base64
import json
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import pyclient
from pyclient.tests.cli.datakit import HOSTILE, enqueue, feed, on_terminal
from pyclient.tests.cli.opskit import account, celers, start
from pyclient.tests.workerkit import until
from tools import freshschema
from tools.freshschema import Schema
from tools.server import Server

MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture(scope="module")
def deployed_elsewhere(server: Server) -> Iterator[Schema]:
    """A second schema, to move tasks into."""
    schema = freshschema.deploy(server)
    yield schema
    freshschema.drop(schema)


@pytest.fixture
def elsewhere(deployed_elsewhere: Schema) -> Schema:
    """The second schema, its tables as new."""
    freshschema.reset(deployed_elsewhere)
    return deployed_elsewhere


def line(**changes: Any) -> str:
    """One line of a file, with the given members in place of the usual ones."""
    number = changes.pop("number", 1)
    usual = {
        "schema": "celers.exported_task/1",
        "task_id": f"01920000-0000-7000-8000-{number:012}",
        "queue": "mail",
        "task_name": "send",
        "payload_base64": base64.b64encode(b"{}").decode(),
    }
    return json.dumps(usual | changes) + "\n"


def test_there_and_back(schema: Schema, elsewhere: Schema, client: pyclient.Client) -> None:
    raw = pyclient.RawJson('{"n": 1.10, "big": 123456789012345678901234567890, "": "\\u0000ü🦊"}')
    enqueue(client, payload=raw, name=HOSTILE)
    enqueue(client, "b:.-_", payload=b"\x00\xff'\"`;", content_type="application/x;compression=z")
    enqueue(client, payload=HOSTILE.encode(), content_type="text/plain", priority=-32768)
    enqueue(client, payload=b"", content_type="application/octet-stream", priority=32767)
    enqueue(client, delay_s=3600, expires_s=7200.5, timeout_s=30, max_retries=0)
    enqueue(client, retry={"strategy": "linear", "base_s": 2}, headers={HOSTILE: [1, None]})
    exported = celers(schema.dsn, "export").out
    done = feed(elsewhere.dsn, exported, "import", "--json")
    assert done.code == 0, done.err
    assert done.records == [
        {
            "schema": "celers.import/1",
            "tasks": 6,
            "created": 6,
            "existing": 0,
            "expired": 0,
            "is_dry_run": False,
        }
    ]
    back = celers(elsewhere.dsn, "export").out
    for was, now in zip(exported.splitlines(), back.splitlines(), strict=True):
        assert timeless(was) == timeless(now)
    for key in ("due_at", "expires_at"):
        was, now = (json.loads(text.splitlines()[4])[key] for text in (exported, back))
        # the places in a batch are told apart by microseconds
        assert abs(datetime.fromisoformat(was) - datetime.fromisoformat(now)) < MILLISECOND


def timeless(text: str) -> dict[str, Any]:
    """A line without the instants, which an import has of its own for what is due at once."""
    return {key: value for key, value in json.loads(text).items() if not key.endswith("_at")}


def test_tasks_are_served_in_the_order_of_the_lines(
    schema: Schema, elsewhere: Schema, client: pyclient.Client
) -> None:
    for _ in range(2):
        client.call_enqueue_batch("mail", [{"task_name": "t", "payload": 0}] * 600)
    exported = celers(schema.dsn, "export")
    feed(elsewhere.dsn, exported.out, "import")
    with pyclient.connect(elsewhere.dsn) as other:
        served = [row for _ in range(2) for row in other.call_dequeue_batch("mail", "w", 600)]
    assert [row.task_id for row in served] == [record["task_id"] for record in exported.records]


def test_a_repeated_import_doubles_nothing(schema: Schema, client: pyclient.Client) -> None:
    text = "".join(line(number=number) for number in range(3)) + "\n" + line(number=2)
    (first,) = feed(schema.dsn, text, "import", "--json").records
    assert (first["tasks"], first["created"], first["existing"]) == (4, 3, 1)
    client.call_ack(*claim(client))
    (again,) = feed(schema.dsn, text, "import", "--json").records
    assert (again["created"], again["existing"]) == (0, 4)
    size = client.call_queue_size("mail")
    assert (size.ready, size.running) == (2, 0)


def claim(client: pyclient.Client) -> tuple[str, str]:
    """Claim a task: its id and receipt."""
    (row,) = client.call_dequeue_batch("mail", "w", 1)
    return row.task_id, row.receipt


def test_a_dry_run_looks_at_every_line(schema: Schema, client: pyclient.Client) -> None:
    text = line() + line(number=2, expires_at="2020-01-01T00:00:00Z")
    (record,) = feed(schema.dsn, text, "import", "--dry-run", "--json").records
    assert (record["tasks"], record["expired"], record["is_dry_run"]) == (2, 1, True)
    bad = feed(schema.dsn, text + "{", "import", "--dry-run")
    assert bad.code == 2
    assert "celers: line 3: " in bad.err
    assert client.call_list_queues() == []


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("nonsense\n", "line 2: Expecting value"),
        ("[1]\n", 'line 2: this is no object with "schema": "celers.exported_task/1"'),
        (line(schema="celers.exported_task/2"), "line 2: this is no object with"),
        (line(task_id="7"), "line 2: '7' is not a UUID"),
        (line(task_id=None), "line 2: task_id is missing or no text"),
        (line(payload_base64="%%%"), "line 2: Only base64 data is allowed"),
        (line(payload_base64="e30"), "line 2: Incorrect padding"),
        (line(extra=1), "line 2: unknown key 'extra'"),
        (line(due_at="soon"), "line 2: 'soon' is no instant"),
        (line(due_at=5), "line 2: due_at is no text"),
        (line(queue="no spaces"), "line 2: QUEUE_NAME_INVALID"),
        (line(priority=99999), "line 2: PRIORITY_OUT_OF_RANGE"),
        (line(priority="high"), "line 2: OPTION_INVALID"),
        (line(task_name=""), "line 2: TASK_NAME_INVALID"),
        (line(payload_base64="e30x"), "line 2: PAYLOAD_INVALID"),
        (line(headers=[1]), "line 2: HEADERS_INVALID"),
        ("[" * 100_000 + "\n", "line 2: "),
    ],
)
def test_a_bad_line_is_named_and_those_before_it_are_kept(
    schema: Schema, client: pyclient.Client, bad: str, sentence: str
) -> None:
    text = line(number=9) + bad + line(number=10)
    done = feed(schema.dsn, text, "import")
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err
    rows = client.call_list_tasks()
    assert line(number=9).split('"')[7] in {row.task_id for row in rows} or not rows


def test_one_bad_line_among_many_is_found(schema: Schema, client: pyclient.Client) -> None:
    lines = [line(number=number) for number in range(1, 801)]
    lines[699] = line(number=700, priority=99999)
    done = feed(schema.dsn, "".join(lines), "import")
    assert done.code == 2
    assert done.err == (
        "imported 699 tasks before this:\n"
        "celers: line 700: PRIORITY_OUT_OF_RANGE: a priority must be -32768..32767 (99999)\n"
    )
    assert client.call_queue_size("mail").ready == 699
    lines[699] = line(number=700)
    (record,) = feed(schema.dsn, "".join(lines), "import", "--json").records
    assert (record["created"], record["existing"]) == (101, 699)


def test_an_id_of_another_task_is_a_conflict(schema: Schema, client: pyclient.Client) -> None:
    client.call_enqueue("mail", "other", {}, task_id=json.loads(line())["task_id"])
    done = feed(schema.dsn, line(), "import")
    assert done.code == 5
    assert "celers: line 1: TASK_ID_REUSED" in done.err


def test_what_has_expired_is_left_out(schema: Schema, client: pyclient.Client) -> None:
    past, now = datetime(2019, 1, 1, tzinfo=UTC), datetime.now(UTC)
    later = now + timedelta(hours=1)
    text = line(number=1, due_at=past.isoformat(), expires_at=now.isoformat())
    text += line(number=2, due_at=past.isoformat(), expires_at=later.isoformat())
    (record,) = feed(schema.dsn, text, "import", "--json").records
    assert (record["created"], record["expired"]) == (1, 1)
    (row,) = client.call_list_tasks()
    expires_at = client.call_get_task(row.task_id).expires_at
    assert expires_at is not None
    assert abs(expires_at - later) < timedelta(minutes=5)


def test_a_stop_in_the_middle_can_be_repeated(
    schema: Schema, client: pyclient.Client, tmp_path: Path
) -> None:
    file = tmp_path / "tasks.ndjson"
    file.write_text("".join(line(number=number) for number in range(6000)))
    process = start(schema.dsn, "import", str(file))
    until(lambda: client.call_queue_size("mail").ready, "the first batch imported")
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (143, "")
    time.sleep(0.2)  # the server may be at a last batch
    done = celers(schema.dsn, "import", str(file), "--json")
    assert done.records[0]["created"] + done.records[0]["existing"] == 6000
    assert done.records[0]["existing"] > 0
    assert client.call_queue_size("mail").ready == 6000


def test_large_payloads_go_in_several_calls(schema: Schema, client: pyclient.Client) -> None:
    payload = base64.b64encode(json.dumps("x" * 3_000_000).encode()).decode()
    text = "".join(line(number=number, payload_base64=payload) for number in range(4))
    (record,) = feed(schema.dsn, text, "import", "--json").records
    assert record["created"] == 4
    row = client.call_list_tasks(limit=1)[0]
    assert len(client.call_get_task(row.task_id).payload or "") == 3_000_002


def test_an_empty_file_is_no_error(schema: Schema) -> None:
    (record,) = feed(schema.dsn, "\n\n", "import", "--json").records
    assert record["tasks"] == 0
    assert celers(schema.dsn, "import", "/nowhere/at/all").code == 2


def test_a_producer_may_import_and_a_viewer_export(schema: Schema, client: pyclient.Client) -> None:
    enqueue(client)
    text = celers(account(schema, "viewer"), "export").out
    assert feed(account(schema, "producer"), text, "import").code == 0
    refused = feed(account(schema, "viewer"), text, "import")
    assert refused.code == 1
    assert f"grant the role {schema.name}_producer to this account" in refused.err


def test_a_person_sees_the_counts(schema: Schema, tmp_path: Path) -> None:
    file = tmp_path / "tasks.ndjson"
    file.write_text(line())
    shown = on_terminal(schema.dsn, "import", str(file), "--no-color").out.split()
    assert shown[:4] == ["TASKS", "1", "CREATED", "1"]

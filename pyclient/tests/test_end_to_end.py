"""The generated calls against the deployed schema: a task goes in, and comes out as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

import pyclient
from pyclient._encode import new_uuid
from pyclient._pool import close_quietly
from pyclient.dsn import Dsn
from pyclient.errors import LeaseLost, QueueNameInvalid, TaskIdReused
from pyclient.tests.brought import CONNECTIONS, DRIVERS
from pyclient.tests.conftest import Lab
from pyclient.tests.test_payloads import EVERY_CHARACTER, HOSTILE
from pyclient.types import RawJson
from tools.freshschema import Schema


@pytest.fixture
def client(schema: Schema) -> Iterator[pyclient.Client]:
    """A client of the deployed schema."""
    with pyclient.connect(schema.dsn) as client:
        yield client


def test_a_task_goes_in_and_comes_out(client: pyclient.Client) -> None:
    before = datetime.now(UTC) - timedelta(minutes=5)
    task = client.call_enqueue("mail", "send", {"to": "a@b.c", "漢": "it's\\"}, priority=5)
    assert UUID(task.task_id).version == 7
    assert task.created is True
    assert before < task.due_at < before + timedelta(minutes=10)
    claimed = client.call_dequeue_batch("mail", "worker-1", 10)
    assert [(row.task_id, row.task_name) for row in claimed] == [(task.task_id, "send")]
    assert claimed[0].payload == '{"to":"a@b.c","漢":"it\'s\\\\"}'
    client.call_ack(task.task_id, claimed[0].receipt)
    assert client.call_dequeue_batch("mail", "worker-1", 10) == []


def test_null_takes_a_setting_back_to_its_default(client: pyclient.Client) -> None:
    assert client.call_set_queue_config("mail", lease_s=7, max_retries=5).lease_s == 7
    row = client.call_set_queue_config("mail", lease_s=pyclient.NULL)
    assert (row.lease_s, row.max_retries) == (60, 5)


def test_payloads_come_out_byte_for_byte(client: pyclient.Client) -> None:
    texts = ('{"n": 1.10}', str(2**70), ' [1e5 , "\\u00e9"] ', '"%s"')
    payloads = [RawJson(text) for text in texts]
    for payload in payloads:
        client.call_enqueue("mail", "raw", payload)
    assert [row.payload for row in client.call_dequeue_batch("mail", "w", 10)] == [
        payload.text for payload in payloads
    ]


def test_hostile_text_in_every_place(client: pyclient.Client) -> None:
    for text in [*HOSTILE, EVERY_CHARACTER]:
        document = {text: [text]}
        client.call_enqueue("mail", "send", document, headers={"note": text[:100]})
    rows = client.call_dequeue_batch("mail", "w", 1000)
    assert [json.loads(str(row.payload)) for row in rows] == [
        {text: [text]} for text in [*HOSTILE, EVERY_CHARACTER]
    ]
    assert [row.headers for row in rows] == [
        {"note": text[:100]} for text in [*HOSTILE, EVERY_CHARACTER]
    ]


@pytest.mark.parametrize("driver", DRIVERS)
def test_hostile_text_by_way_of_every_driver(schema: Schema, driver: str) -> None:
    connection = CONNECTIONS[driver](Lab(Dsn.parse(schema.dsn)))
    client = pyclient.on(connection)
    for text in [*HOSTILE, EVERY_CHARACTER]:
        client.call_enqueue("mail", "send", [text], headers={"note": text[:100]})
        client.call_enqueue("mail", "send", text.encode(), content_type="application/x-any")
    rows = client.call_dequeue_batch("mail", "w", 1000)
    for index, text in enumerate([*HOSTILE, EVERY_CHARACTER]):
        as_text, as_bytes = rows[2 * index : 2 * index + 2]
        assert json.loads(str(as_text.payload)) == [text]
        assert as_text.headers == {"note": text[:100]}
        assert (as_bytes.payload, as_bytes.payload_binary) == (None, text.encode())
    close_quietly(connection)


def test_bytes_come_out_as_bytes(client: pyclient.Client) -> None:
    data = bytes(range(256))
    client.call_enqueue("mail", "raw", data, content_type="application/octet-stream")
    (row,) = client.call_dequeue_batch("mail", "w", 1)
    assert row.payload_binary == data


def test_a_batch_is_repeatable(client: pyclient.Client) -> None:
    tasks: list[dict[str, Any]]
    tasks = [{"task_name": "a", "payload": {"n": 1}}, {"task_name": "b", "payload": RawJson("1.5")}]
    tasks = [{**task, "task_id": new_uuid()} for task in tasks]
    first = client.call_enqueue_batch("mail", tasks)
    again = client.call_enqueue_batch("mail", tasks)
    assert [row.task_id for row in first] == [task["task_id"] for task in tasks]
    assert [row.created for row in first] == [True, True]
    assert [(row.task_id, row.created) for row in again] == [
        (task["task_id"], False) for task in tasks
    ]


def test_a_task_joins_the_callers_transaction(client: pyclient.Client, connect: Any) -> None:
    connection = connect(autocommit=False)
    outbox = client.on(connection)
    outbox.call_enqueue("mail", "lost", None)
    connection.rollback()
    kept = outbox.call_enqueue("mail", "kept", None)
    assert client.call_dequeue_batch("mail", "w", 10) == []
    connection.commit()
    assert [row.task_id for row in client.call_dequeue_batch("mail", "w", 10)] == [kept.task_id]


def test_a_transaction_of_the_client_holds_calls_together(client: pyclient.Client) -> None:
    class Stop(Exception):
        pass

    def work() -> None:
        with client.transaction() as transaction:
            transaction.call_enqueue("mail", "lost", None)
            raise Stop

    with pytest.raises(Stop):
        work()
    with client.transaction() as transaction:
        kept = transaction.call_enqueue("mail", "kept", None)
        assert client.call_dequeue_batch("mail", "w", 10) == []
    assert [row.task_id for row in client.call_dequeue_batch("mail", "w", 10)] == [kept.task_id]


def test_errors_of_the_schema_have_classes(client: pyclient.Client) -> None:
    with pytest.raises(QueueNameInvalid) as caught:
        client.call_enqueue("no blanks", "x", None)
    assert caught.value.kind == "invalid"
    task_id = new_uuid()
    client.call_enqueue("mail", "x", None, task_id=task_id)
    with pytest.raises(TaskIdReused):
        client.call_enqueue("mail", "y", None, task_id=task_id)


def test_a_lost_lease_is_told(client: pyclient.Client) -> None:
    task = client.call_enqueue("mail", "x", None)
    client.call_dequeue_batch("mail", "w", 1)
    with pytest.raises(LeaseLost):
        client.call_ack(task.task_id, new_uuid())

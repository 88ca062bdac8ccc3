"""``celers enqueue``."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import pyclient
from pyclient.tests.cli.datakit import HOSTILE, feed, on_terminal
from pyclient.tests.cli.opskit import account, celers, start
from tools.freshschema import Schema


def test_the_id_is_printed_and_the_options_arrive(schema: Schema, client: pyclient.Client) -> None:
    words = ("--priority", "7", "--max-retries", "0", "--headers", '{"trace": "ä"}')
    done = celers(schema.dsn, "enqueue", "send", '{"to":  1.10}', "-Q", "mail", *words)
    assert (done.code, done.err) == (0, "")
    task = client.call_get_task(done.out.strip())
    assert (task.queue, task.task_name, task.payload) == ("mail", "send", '{"to":  1.10}')
    assert (task.priority, task.max_retries, task.headers) == (7, 0, {"trace": "ä"})


def test_without_a_payload_it_is_an_empty_object_in_the_default_queue(
    schema: Schema, client: pyclient.Client
) -> None:
    (record,) = celers(schema.dsn, "enqueue", "send", "--json").records
    assert list(record) == ["schema", "task_id", "created", "due_at", "state"]
    assert (record["schema"], record["created"]) == ("celers.enqueued/1", True)
    task = client.call_get_task(record["task_id"])
    assert (task.queue, task.payload) == ("default", "{}")


@pytest.mark.parametrize("text", ["7d", "2h30m", "90", "0.5s"])
def test_a_delay_is_human(schema: Schema, client: pyclient.Client, text: str) -> None:
    spans = {"7d": 604_800, "2h30m": 9000, "90": 90, "0.5s": 0.5}
    done = celers(schema.dsn, "enqueue", "send", "--in", text, "--expires", "1h")
    task = client.call_get_task(done.out.strip())
    assert task.due_at - task.created_at == timedelta(seconds=spans[text])
    assert task.expires_at == task.due_at + timedelta(hours=1)


@pytest.mark.parametrize(
    "text", ["2040-01-31T12:00:00+02:00", "2040-01-31T10:00:00Z", "2040-01-31 10:00"]
)
def test_an_instant_is_iso_8601(schema: Schema, client: pyclient.Client, text: str) -> None:
    done = celers(schema.dsn, "enqueue", "send", "--at", text)
    due_at = client.call_get_task(done.out.strip()).due_at
    assert due_at == datetime(2040, 1, 31, 10, tzinfo=UTC)


def test_a_payload_comes_from_a_file_or_from_stdin(
    schema: Schema, client: pyclient.Client, tmp_path: Path
) -> None:
    text = json.dumps({"text": HOSTILE}, ensure_ascii=False)
    file = tmp_path / "payload.json"
    file.write_bytes(text.encode())
    for done in (
        celers(schema.dsn, "enqueue", "send", f"@{file}"),
        feed(schema.dsn, text, "enqueue", "send", "-"),
    ):
        assert client.call_get_task(done.out.strip()).payload == text


def test_a_key_makes_it_the_same_task(schema: Schema, client: pyclient.Client) -> None:
    first = celers(schema.dsn, "enqueue", "send", "[1]", "--key", "order 7")
    again = celers(schema.dsn, "enqueue", "send", "[1]", "--key", "order 7")
    assert again.out == first.out
    assert again.err == "the task stood already: pending\n"
    assert client.call_queue_size("default").ready == 1
    other = celers(schema.dsn, "enqueue", "send", "[2]", "--key", "order 7")
    assert (other.code, other.out) == (5, "")
    assert other.err.startswith("celers: TASK_ID_REUSED: ")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["send", "{to}"], "the payload is not JSON: "),
        (["send", "@/nowhere/at/all"], "cannot read /nowhere/at/all: No such file"),
        (["send", "--headers", "[1]"], "--headers is not a JSON object"),
        (["send", "--headers", "{"], "--headers is not JSON: "),
        (["send", "--in", "10 parsecs"], "'10 parsecs' is no span of time; it looks like 10s"),
        (["send", "--in", "-5s"], "'-5s' is no span of time"),
        (["send", "--at", "tomorrow"], "'tomorrow' is no instant; it looks like 2030-01-31T"),
        (["send", "--in", "1s", "--at", "2040-01-01"], "give --in or --at, not both"),
        (["send", "--priority", "99999"], "PRIORITY_OUT_OF_RANGE"),
        (["send", "-Q", "no spaces"], "QUEUE_NAME_INVALID"),
        (["x" * 256], "TASK_NAME_INVALID"),
        (["send", "NaN"], "PAYLOAD_INVALID"),
        (["send", "--wait=soon"], "'soon' is no span of time"),
        ([], "Missing argument 'TASK'"),
    ],
)
def test_nonsense_is_refused(
    schema: Schema, client: pyclient.Client, words: list[str], sentence: str
) -> None:
    done = celers(schema.dsn, "enqueue", *words)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err
    assert client.call_list_queues() == []


def test_a_payload_that_is_not_utf_8_is_refused(schema: Schema) -> None:
    done = feed(schema.dsn, b'"\xff"', "enqueue", "send", "-")
    assert done.code == 2
    assert "the payload is not UTF-8" in done.err


@pytest.fixture
def work(client: pyclient.Client) -> Callable[[Callable[[str, str], object]], threading.Thread]:
    """Wait for the next task in a thread, and do something with it."""

    def begin(end: Callable[[str, str], object]) -> threading.Thread:
        def run() -> None:
            for _ in range(30):
                for row in client.call_dequeue_wait("default", "w", 1, wait_ms=1000):
                    end(row.task_id, row.receipt)
                    return

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    return begin


Work = Callable[[Callable[[str, str], object]], threading.Thread]


def test_waiting_prints_the_result(schema: Schema, client: pyclient.Client, work: Work) -> None:
    def end(task_id: str, receipt: str) -> None:
        item = {"task_id": task_id, "receipt": receipt, "result": '{"sum":3}'}
        client.call_ack_batch([item])

    thread = work(end)
    done = celers(schema.dsn, "enqueue", "add", "[1,2]", "--wait")
    thread.join()
    assert (done.code, done.out) == (0, '{"sum": 3}\n')
    assert client.call_get_task(done.err.strip()).state == "completed"


def test_waiting_for_a_task_that_fails_has_its_code(
    schema: Schema, client: pyclient.Client, work: Work
) -> None:
    def end(task_id: str, receipt: str) -> None:
        client.call_reject(task_id, receipt, "no route\x1b[31m\n\ntraceback\n", retry=False)

    thread = work(end)
    done = celers(schema.dsn, "enqueue", "add", "--wait=60", "--json")
    thread.join()
    assert done.code == 1
    (record,) = done.records
    assert list(record) == ["schema", "task_id", "created", "due_at", "state", "result", "error"]
    assert (record["state"], record["result"]) == ("dead", None)
    assert done.err.endswith("celers: the task is dead: no route\\x1b[31m\n\ntraceback\n")


def test_waiting_in_vain_tells_whether_a_worker_is_there(
    schema: Schema, client: pyclient.Client
) -> None:
    alone = celers(schema.dsn, "enqueue", "add", "--wait=0.1s")
    assert (alone.code, alone.out) == (69, "")
    assert alone.err.endswith("celers: no worker serves the queue default\n")
    client.call_register_worker("w1", queues="other,default")
    served = celers(schema.dsn, "enqueue", "add", "--wait=0.1s")
    assert served.code == 1
    assert served.err.endswith("celers: the task is still pending; it goes on\n")
    other = celers(schema.dsn, "enqueue", "add", "-Q", "mail", "--wait=0.1s")
    assert other.code == 69
    celers(schema.dsn, "enqueue", "add", "-Q", "seen", "--key", "7")
    client.call_dequeue_batch("seen", "w", 1)
    running = celers(schema.dsn, "enqueue", "add", "-Q", "seen", "--key", "7", "--wait=0.1s")
    assert running.code == 1
    assert running.err.endswith("celers: the task is still processing; it goes on\n")
    blind = celers(account(schema, "producer"), "enqueue", "add", "-Q", "mail", "--wait=0.1s")
    assert blind.code == 1


def test_ctrl_c_ends_waiting_and_not_the_task(schema: Schema, client: pyclient.Client) -> None:
    process = start(schema.dsn, "enqueue", "add", "--wait")
    assert process.stderr is not None
    task_id = process.stderr.readline().strip()
    process.send_signal(2)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "")
    assert client.call_get_task(task_id).state == "pending"


def test_a_terminal_sees_the_same(schema: Schema) -> None:
    done = on_terminal(schema.dsn, "enqueue", "send")
    assert done.code == 0
    assert len(done.out.strip()) == 36

"""``celers bench``: real tasks, and nothing left of them."""

from __future__ import annotations

import signal
import time

import pytest

import pyclient
from pyclient.bench import Timings, clean_up
from pyclient.tests.cli.opskit import account, celers, start
from pyclient.tests.workerkit import until
from tools.freshschema import Schema

SHORT = ("bench", "--producers", "2", "--workers", "2", "--duration", "1s")


def left(client: pyclient.Client) -> int:
    """How many tasks there are of any kind."""
    return len(client.call_list_tasks(None, None, 1000)) + len(client.call_list_queues())


def test_it_measures_and_leaves_nothing(schema: Schema, client: pyclient.Client) -> None:
    done = celers(schema.dsn, *SHORT, "--json")
    assert done.code == 0
    found = {record["operation"]: record for record in done.records}
    assert list(found) == ["enqueue", "claim", "ack", "start"]
    for record in found.values():
        assert record["schema"] == "celers.bench/1"
        assert record["count"] > 0
        assert 0 < record["p50_ms"] <= record["p95_ms"] <= record["p99_ms"] <= record["max_ms"]
    assert found["ack"]["count"] <= found["enqueue"]["count"]
    assert left(client) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_and_leaves_nothing(
    schema: Schema, client: pyclient.Client, number: signal.Signals, code: int
) -> None:
    running = start(schema.dsn, "bench", "--producers", "2", "--workers", "1", "--duration", "1h")
    until(lambda: client.call_list_queues(), "a task of it")
    time.sleep(0.5)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert running.returncode == code
    assert out.splitlines()[1].startswith("enqueue\t")
    assert "Traceback" not in err
    assert left(client) == 0


def test_what_nobody_takes_is_cancelled(schema: Schema, client: pyclient.Client) -> None:
    done = celers(schema.dsn, "bench", "--producers", "2", "--workers", "0", "--duration", "500ms")
    assert [row["operation"] for row in done.table] == ["enqueue"]
    assert left(client) == 0


def test_what_is_held_does_not_come_back(schema: Schema, client: pyclient.Client) -> None:
    client.call_enqueue_batch("own", [{"task_name": "send", "payload": {}}] * 3)
    (held,) = client.call_dequeue_batch("own", "w", 1, lease_s=1)
    clean_up(client, "own")
    assert [row.task_id for row in client.call_list_tasks("own", None, 10)] == [held.task_id]
    until(lambda: client.call_recover_expired(10).recovered, "its end")
    assert client.call_get_task(held.task_id).state == "cancelled"


def test_an_account_that_may_not_delete_says_so(schema: Schema, client: pyclient.Client) -> None:
    """Every task has ended all the same."""
    done = celers(account(schema, "producer", "worker", "viewer"), *SHORT)
    assert done.code == 0
    assert "stay until their retention is over" in done.err
    size = client.call_queue_size(None)
    assert (size.ready, size.scheduled, size.running) == (0, 0, 0)


def test_one_that_may_not_begin_ends_at_once(schema: Schema) -> None:
    for role in ("viewer", "producer"):
        done = celers(account(schema, role), "bench", "--duration", "1h")
        assert (done.code, done.out) == (1, "")
        assert f"grant the role {schema.name}_" in done.err
        assert "retention" not in done.err


@pytest.mark.parametrize("duration", ["0s", "2h", "long"])
def test_a_duration_that_cannot_be_is_said(schema: Schema, duration: str) -> None:
    assert celers(schema.dsn, "bench", "--duration", duration).code == 2


def test_a_percentile_is_the_nearest_rank() -> None:
    timings = Timings([float(number) for number in range(1, 101)])
    assert [timings.percentile(share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]
    assert Timings([7.0]).percentile(0.5) == 7
    assert Timings().percentile(0.5) is None

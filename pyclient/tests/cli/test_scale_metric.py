"""``celers scale-metric``: one number, whatever the queue is like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import pyclient
from pyclient.stats.pace import Pace
from pyclient.tests.cli.opskit import account, celers
from tools.freshschema import Schema

Connect = Callable[..., Any]
Call = Callable[[Any, str], Any]


def number(dsn: str, *words: str) -> float:
    """What it prints, which is one number and nothing else."""
    done = celers(dsn, "scale-metric", "-Q", "mail", *words)
    assert (done.code, done.err, done.out.count("\n")) == (0, "", 1)
    return float(done.out)


@pytest.fixture
def loaded(client: pyclient.Client) -> pyclient.Client:
    """Nine tasks that are ready, two that run, one of tomorrow."""
    client.call_enqueue_batch("mail", [{"task_name": "send", "payload": {}}] * 11)
    client.call_enqueue("mail", "send", {}, delay_s=86_400)
    assert len(client.call_dequeue_batch("mail", "w", 2)) == 2
    return client


def test_the_backlog_is_what_is_ready_and_what_runs(
    schema: Schema, loaded: pyclient.Client
) -> None:
    for role in ("producer", "worker", "viewer"):
        assert number(account(schema, role)) == 11
    loaded.call_pause("mail")
    assert number(schema.dsn) == 2


def test_the_latency_is_that_of_the_oldest(
    schema: Schema, loaded: pyclient.Client, connect: Connect, call: Call
) -> None:
    call(connect(), "UPDATE celers_ready SET ready_at = ready_at - INTERVAL 1 HOUR")
    assert 3600 <= number(schema.dsn, "--kind", "latency") < 3700
    loaded.call_pause("mail")
    assert number(schema.dsn, "--kind", "latency") == 0


def test_an_unknown_queue_needs_nothing(schema: Schema) -> None:
    for kind in ("backlog", "latency", "desired"):
        assert number(schema.dsn, "--kind", kind) == 0
    assert number(schema.dsn, "--kind", "desired", "--min", "2") == 2


def desired(dsn: str, *words: str) -> dict[str, Any]:
    """The number of workers, and how it came about."""
    done = celers(dsn, "scale-metric", "-Q", "mail", "--kind", "desired", "--json", *words)
    (record,) = done.records
    return record


def test_what_runs_needs_its_workers(schema: Schema, loaded: pyclient.Client) -> None:
    found = desired(schema.dsn)
    assert (found["schema"], found["value"]) == ("celers.scale/1", 2)
    assert found["reason"] == "2 running: 2 at once, 1 per worker"
    assert desired(schema.dsn, "--concurrency", "2")["value"] == 1
    assert desired(schema.dsn, "--max", "1")["reason"].endswith(", held within 0 and 1")


def test_a_backlog_is_to_be_started_in_time(schema: Schema, loaded: pyclient.Client) -> None:
    """No task has ended: one second is assumed for each of the nine."""
    found = desired(schema.dsn, "--target-wait", "1s")
    assert (found["value"], found["reason"]) == (
        9,
        "9 ready of 1 s in 1 s: 9 at once, 1 per worker",
    )
    loaded.call_pause("mail")
    assert desired(schema.dsn, "--target-wait", "1s")["value"] == 2


def test_the_load_of_the_last_minute_counts(
    schema: Schema, client: pyclient.Client, connect: Connect, call: Call
) -> None:
    """120 tasks of ten seconds within the minute keep twenty busy, by Little's law."""
    client.call_enqueue_batch("mail", [{"task_name": "send", "payload": {}}] * 120)
    for task in client.call_dequeue_batch("mail", "w", 120):
        client.call_ack(task.task_id, task.receipt)
    began = "started_at = finished_at - INTERVAL 10 SECOND"
    call(connect(), f"UPDATE celers_finished SET {began}")
    found = desired(schema.dsn)
    assert (found["value"], found["reason"]) == (20, "2/s of 10 s: 20 at once, 1 per worker")


def test_the_time_of_a_task_is_estimated_from_percentiles() -> None:
    assert Pace(60, 100, 0, 0, 500, 500, 500).run_s == 0.5
    # nine of ten take 10 ms, one of ten 10 s: a second on average
    assert 1 < (Pace(60, 100, 0, 0, 10, 10_000, 10_000).run_s or 0) < 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--kind", "backlog", "--max", "3"), "the target is for --kind desired"),
        (("--kind", "desired", "--min", "3", "--max", "2"), "--min is more than --max"),
        (("--kind", "desired", "--target-wait", "0s"), "must be more than nothing"),
        (("--kind", "colour"), "is not one of"),
    ],
)
def test_what_cannot_be_is_said(schema: Schema, words: tuple[str, ...], sentence: str) -> None:
    done = celers(schema.dsn, "scale-metric", "-Q", "mail", *words)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err


def test_a_queue_that_cannot_be_is_said(schema: Schema) -> None:
    assert celers(schema.dsn, "scale-metric").code == 2
    assert celers(schema.dsn, "scale-metric", "-Q", "a b").code == 2
    denied = celers(account(schema, "worker"), "scale-metric", "-Q", "a", "--kind", "latency")
    assert denied.code == 1

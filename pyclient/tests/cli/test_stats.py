"""``celers stats``: figures by queue, task and worker, once and again."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator

import pytest

import pyclient
from pyclient.stats import pace as paces
from pyclient.stats.pace import measure
from pyclient.stats.watch import Watch
from pyclient.tests.cli.datakit import kill
from pyclient.tests.cli.opskit import account, celers, start
from tools.freshschema import Schema


def complete(client: pyclient.Client, queue: str, count: int) -> None:
    """Enqueue so many tasks and run them."""
    client.call_enqueue_batch(queue, [{"task_name": "send", "payload": {}}] * count)
    for task in client.call_dequeue_batch(queue, "w", count):
        client.call_ack(task.task_id, task.receipt)


def test_figures_by_queue(schema: Schema, client: pyclient.Client) -> None:
    complete(client, "mail", 30)
    client.call_enqueue("mail", "send", {})
    client.call_pause("parcels")
    mail, parcels = celers(account(schema, "viewer"), "stats").table
    assert (mail["queue"], mail["ready"], mail["out_rate"]) == ("mail", "1", "0.5")
    assert float(mail["wait_p95_ms"]) > 0
    assert (parcels["queue"], parcels["is_paused"], parcels["run_p50_ms"]) == ("parcels", "1", "")


def test_figures_by_task(schema: Schema, client: pyclient.Client) -> None:
    complete(client, "mail", 3)
    kill(client, "mail")
    client.call_enqueue("parcels", "weigh", {})
    tasks = {row["task_name"]: row for row in celers(schema.dsn, "stats", "--by", "task").table}
    assert (tasks["send"]["completed"], tasks["send"]["dead"]) == ("3", "1")
    assert float(tasks["send"]["run_mean_ms"]) > 0
    assert (tasks["weigh"]["pending"], tasks["weigh"]["run_mean_ms"]) == ("1", "")


def test_figures_by_worker(schema: Schema, client: pyclient.Client) -> None:
    client.call_register_worker("w1", queues="mail,parcels")
    (record,) = celers(schema.dsn, "stats", "--by", "worker", "--json").records
    assert (record["schema"], record["worker_id"]) == ("celers.worker_stats/1", "w1")


@pytest.fixture
def traffic(client: pyclient.Client) -> Iterator[None]:
    """Tasks that come and go without end."""
    is_over = threading.Event()

    def run() -> None:
        while not is_over.is_set():
            complete(client, "mail", 5)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    is_over.set()
    thread.join()


@pytest.mark.usefixtures("traffic")
def test_with_an_interval_they_come_again(schema: Schema) -> None:
    running = start(schema.dsn, "stats", "-i", "1s", "--json")
    assert running.stdout is not None
    lines = [json.loads(running.stdout.readline()) for _ in range(3)]
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 130
    assert lines[0]["in_rate"] is None
    assert all(line["in_rate"] > 0 and line["out_rate"] > 0 for line in lines[1:])
    assert lines[0]["at"] < lines[1]["at"] < lines[2]["at"]
    assert running.communicate()[1] == ""


def test_what_came_and_went_is_told_apart(schema: Schema, client: pyclient.Client) -> None:
    watch = Watch(client)
    client.call_enqueue_batch("mail", [{"task_name": "send", "payload": {}}] * 10)
    assert watch.look().queues[0].in_rate is None
    client.call_enqueue_batch("mail", [{"task_name": "send", "payload": {}}] * 50)
    (line,) = watch.look().queues
    assert (line.in_rate or 0) > 0
    assert line.pace.ended == 0
    assert watch.look().queues[0].in_rate == 0
    (task,) = client.call_dequeue_batch("mail", "w", 1)
    client.call_reject(task.task_id, task.receipt, "no route", retry=False)
    assert watch.look().queues[0].in_rate == 0  # it became a dead letter, nothing came


def test_more_than_the_server_looks_at_makes_the_window_shorter(
    client: pyclient.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete(client, "mail", 20)
    found = measure(client, "mail", 60)
    assert (found.window_s, found.ended) == (60, 20)
    assert (found.run_p50_ms or 0) / 1000 <= (found.run_s or 0) <= (found.run_p99_ms or 0) / 1000
    monkeypatch.setattr(paces, "_MOST", 20)
    shorter = measure(client, "mail", 60)
    assert shorter.window_s in (1, 6)
    assert measure(client, "nothing").run_s is None


def test_what_cannot_be_is_said(schema: Schema) -> None:
    assert celers(schema.dsn, "stats", "-i", "0").code == 2
    assert celers(schema.dsn, "stats", "--by", "colour").code == 2
    denied = celers(account(schema, "worker"), "stats")
    assert denied.code == 1
    assert f"{schema.name}_viewer" in denied.err

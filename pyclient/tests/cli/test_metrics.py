"""``celers metrics``: the text, the server of it, and the counts of a process."""

from __future__ import annotations

import dataclasses
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import prometheus_client
import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

import pyclient
from pyclient import metrics
from pyclient.dsn import Dsn
from pyclient.metrics import families
from pyclient.metrics.bounded import OTHER
from pyclient.metrics.sharing import Shared
from pyclient.tests.cli.datakit import kill
from pyclient.tests.cli.opskit import account, celers, start, url
from pyclient.tests.cutter import Cutter
from pyclient.tests.workerkit import until
from tools.freshschema import Schema

Connect = Callable[..., Any]
Call = Callable[[Any, str], Any]
Samples = dict[tuple[str, str], float]


def samples(text: str) -> Samples:
    """Values by name and labels."""
    return {
        (sample.name, ",".join(f"{key}={sample.labels[key]}" for key in sorted(sample.labels))): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def loaded(client: pyclient.Client) -> pyclient.Client:
    """A queue with something in every state, and who serves it."""
    kill(client, "mail")
    client.call_enqueue_batch("mail", [{"task_name": "send", "payload": {}}] * 5)
    client.call_enqueue("mail", "send", {}, delay_s=86_400)
    assert len(client.call_dequeue_batch("mail", "w1", 2)) == 2
    client.call_register_worker("w1", queues="mail,parcels", status="busy")
    client.call_pause("parcels")
    return client


def test_what_a_viewer_may_see(schema: Schema, loaded: pyclient.Client) -> None:
    done = celers(account(schema, "viewer"), "metrics", "--once")
    assert done.code == 0
    found = samples(done.out)
    expected = {
        ("celers_up", ""): 1,
        ("celers_queue_size", "queue=mail"): 4,
        ("celers_processing_queue_size", "queue=mail"): 2,
        ("celers_dlq_size", "queue=mail"): 1,
        ("celers_queue_tasks", "queue=mail,state=ready"): 3,
        ("celers_queue_tasks", "queue=mail,state=scheduled"): 1,
        ("celers_queue_paused", "queue=mail"): 0,
        ("celers_queue_paused", "queue=parcels"): 1,
        ("celers_workers", "queue=mail,status=busy"): 1,
        ("celers_workers", "queue=parcels,status=busy"): 1,
        ("celers_worker_up", "worker=w1"): 1,
        ("celers_build_info", f"version={pyclient.__version__}"): 1,
    }
    assert expected.items() <= found.items()
    assert found["celers_queue_oldest_task_age_seconds", "queue=mail"] >= 0
    assert ("celers_maintenance_overdue_seconds", "duty=promote_due") in found
    assert not [name for name, _ in found if name.startswith(("celers_db", "celers_procedure"))]


def test_what_the_owner_may_see_besides(schema: Schema, loaded: pyclient.Client) -> None:
    found = samples(celers(schema.dsn, "metrics").out)
    assert found["celers_procedure_calls_total", "procedure=celers_enqueue"] >= 1
    assert found["celers_procedure_seconds_total", "procedure=celers_enqueue"] > 0
    names = {name for name, _ in found}
    assert {
        "celers_db_deadlocks_total",
        "celers_db_history_list_length",
        "celers_table_bytes",
    } <= names
    assert found["celers_table_bytes", "table=celers_task"] > 0


def test_the_number_of_series_is_bounded(
    schema: Schema, client: pyclient.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(families, "QUEUES", 3)
    for number in range(6):
        tasks = [{"task_name": "send", "payload": {}}] * (number + 1)
        client.call_enqueue_batch(f"queue{number}", tasks)
    client.call_register_worker("w1", queues="queue0,queue5")
    found = samples(metrics.text(client))
    sizes = {
        labels: value for (name, labels), value in found.items() if name == "celers_queue_size"
    }
    assert sizes == {
        "queue=queue5": 6,
        "queue=queue4": 5,
        "queue=queue3": 4,
        f"queue={OTHER}": 1 + 2 + 3,
    }
    serving = {labels for name, labels in found if name == "celers_workers"}
    assert serving == {"queue=queue5,status=active", f"queue={OTHER},status=active"}


def test_workers_that_are_long_gone_are_not_shown(
    client: pyclient.Client, connect: Connect, call: Call
) -> None:
    client.call_register_worker("gone")
    client.call_register_worker("silent")
    past = "last_heartbeat_at = last_heartbeat_at - INTERVAL"
    call(connect(), f"UPDATE celers_worker SET {past} 1 DAY WHERE worker_id = 'gone'")
    call(connect(), f"UPDATE celers_worker SET {past} 10 MINUTE WHERE worker_id = 'silent'")
    found = samples(metrics.text(client))
    assert [labels for name, labels in found if name == "celers_worker_up"] == ["worker=silent"]
    assert found["celers_worker_up", "worker=silent"] == 0


def test_who_asks_meanwhile_gets_the_same_answer() -> None:
    may_end, all_ask, runs, answers = threading.Event(), threading.Barrier(9), [0], []

    def look() -> int:
        runs[0] += 1
        may_end.wait(30)
        return runs[0]

    def ask() -> None:
        all_ask.wait(30)
        answers.append(shared())

    shared = Shared(look)
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    all_ask.wait(30)
    until(lambda: runs[0] == 1, "the first run")
    time.sleep(0.2)
    may_end.set()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 8
    assert runs[0] < 8
    before = runs[0]
    assert shared() == before + 1

    broken = Shared(lambda: 1 // 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            broken()


@pytest.fixture
def cutter(schema: Schema) -> Iterator[Cutter]:
    """Between the exporter and the server."""
    parsed = Dsn.parse(schema.dsn)
    cutter = Cutter(parsed.host, parsed.port)
    yield cutter
    cutter.close()


def scrape(port: int, accept: str = "text/plain") -> str:
    """What a scrape gets."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
        return str(answer.read().decode())


def test_a_scrape_is_one_look(
    schema: Schema, client: pyclient.Client, call: Call, connect: Connect
) -> None:
    server, thread = metrics.serve(client, "127.0.0.1", 0)
    try:
        runs = (
            "SELECT COUNT_STAR FROM performance_schema.events_statements_summary_by_program"
            f" WHERE OBJECT_SCHEMA = '{schema.name}' AND OBJECT_NAME = 'celers_list_queues'"
        )
        looker = connect()
        before = call(looker, runs)[0][0]
        for _ in range(3):
            assert samples(scrape(server.server_port))["celers_up", ""] == 1
        assert call(looker, runs)[0][0] == before + 3
        text = scrape(server.server_port, "application/openmetrics-text; version=1.0.0")
        parse: Any = openmetrics.text_string_to_metric_families
        assert "celers_up" in {family.name for family in parse(text)}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_while_the_database_is_away_it_says_so(schema: Schema, cutter: Cutter) -> None:
    away = dataclasses.replace(Dsn.parse(schema.dsn), socket=None, port=cutter.port)
    serving = start(url(away), "metrics", "serve", "--port", "0", "--timeout", "1s")
    assert serving.stderr is not None
    port = int(re.findall(r":(\d+)/metrics", serving.stderr.readline())[0])
    assert samples(scrape(port))["celers_up", ""] == 1
    cutter.share = 1.0
    assert samples(scrape(port)) == {("celers_up", ""): 0}
    cutter.share = 0.0
    assert samples(scrape(port))["celers_up", ""] == 1
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(60) == 143
    assert "the database does not answer" in serving.communicate()[1]
    with pytest.raises(urllib.error.URLError):
        scrape(port)


def test_what_cannot_be_is_said_before_anything_listens(schema: Schema) -> None:
    denied = celers(account(schema, "producer"), "metrics", "serve")
    assert denied.code == 1
    assert f"{schema.name}_viewer" in denied.err
    assert celers(account(schema, "producer"), "metrics").code == 1
    assert celers("mysql://root@127.0.0.1:1/x", "metrics", "serve").code == 3
    assert celers(schema.dsn, "metrics", "--once", "serve").code == 2
    assert celers(schema.dsn, "metrics", "serve", "--host", "256.1.1.1").code == 1


def test_a_process_counts_what_it_enqueues(schema: Schema) -> None:
    registry = prometheus_client.CollectorRegistry()
    app = pyclient.App("shop", dsn=schema.dsn)
    metrics.count_enqueued(app, registry)

    @app.task(name="send")
    def send(number: int) -> None:
        raise AssertionError

    for number in range(3):
        send.enqueue(number)
    app.enqueue("weigh", {})
    text = prometheus_client.generate_latest(registry).decode()
    assert samples(text) == {
        ("celers_tasks_enqueued_total", ""): 4,
        ("celers_tasks_enqueued_by_type", "task_name=send"): 3,
        ("celers_tasks_enqueued_by_type", "task_name=weigh"): 1,
    }


def test_without_the_library_one_sentence_says_what_to_install() -> None:
    code = "import sys; sys.modules['prometheus_client'] = None; import pyclient.metrics"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert "prometheus_client cannot be imported: pip install 'celers[cli]'" in done.stderr

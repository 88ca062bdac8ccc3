"""Connections that break at any moment cost nothing: no duplicate, no lost acknowledgement."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import pyclient
from pyclient._encode import new_uuid
from pyclient._retry import RetryPolicy
from pyclient.dsn import Dsn
from pyclient.errors import CelersError, ConnectionLost
from pyclient.tests.cutter import WAYS, Cutter
from pyclient.tests.traffic import QUEUE, Traffic
from pyclient.tests.workerkit import Look


@pytest.fixture
def cutter(server: Any) -> Iterator[Cutter]:
    """A proxy before the server."""
    cutter = Cutter(server.host, server.port, seed=20)
    yield cutter
    cutter.share, cutter.withholds = 0.0, False
    cutter.close()


def through(cutter: Cutter, dsn: str) -> Dsn:
    """The schema by way of the proxy."""
    return dataclasses.replace(Dsn.parse(dsn), host="127.0.0.1", port=cutter.port, socket=None)


class Unhurried(RetryPolicy):
    """Waits a little before it repeats a call whose connection broke.

    A repeat that overtakes the call it repeats is answered first; what the late one then claims
    waits for the end of its lease.
    """

    def pause_s(self, error: CelersError, attempt: int, elapsed_s: float) -> float | None:
        """See RetryPolicy."""
        pause_s = super().pause_s(error, attempt, elapsed_s)
        return pause_s if pause_s is None or not isinstance(error, ConnectionLost) else 0.5


def test_cut_connections_waste_nothing(schema: Any, connect: Any, cutter: Cutter) -> None:
    traffic = Traffic(through(cutter, schema.dsn), batches=300, retry=Unhurried(deadline_s=60))
    look = work_through_cuts(traffic, cutter, schema, connect)
    assert look.count(state="completed", attempt=1) == len(traffic.enqueued)
    assert look.rows("SELECT DISTINCT outcome FROM celers_attempts") == [("completed",)]


def test_hurried_repeats_lose_and_double_nothing(schema: Any, connect: Any, cutter: Cutter) -> None:
    traffic = Traffic(through(cutter, schema.dsn), batches=300, lease_s=3)
    look = work_through_cuts(traffic, cutter, schema, connect)
    assert look.count(state="completed") == len(traffic.enqueued)


def work_through_cuts(traffic: Traffic, cutter: Cutter, schema: Any, connect: Any) -> Look:
    """Have all of the traffic done while connections are cut, and nothing lost or doubled."""
    cutter.share = 0.02
    traffic.start(producers=2, consumers=3)
    traffic.join()
    assert traffic.wrongs == []
    assert all(cutter.cuts[way] >= 3 for way in WAYS), cutter.cuts
    assert len(traffic.enqueued) == 2 * (150 * 1 + 150 * 10)
    assert traffic.acked == traffic.enqueued
    with pyclient.connect(schema.dsn) as client:
        look = Look(client, connect())
        assert look.count() == len(traffic.enqueued)
        for task in sorted(traffic.enqueued)[::300]:
            assert look.result(task) == 1
    return look


CALLS = {
    "enqueue": "client.call_enqueue(queue, 't', [1], task_id=id)",
    "enqueue_batch": "client.call_enqueue_batch(queue, [{'task_id': id, 'task_name': 't', "
    "'payload': '[1]'}])",
    "dequeue": "client.call_dequeue_batch(queue, 'w', 5, request_id=id)",
    "step": "client.call_step('w', [{'task_id': task, 'receipt': receipt}], None, queues=queue, "
    "request_id=id)",
}


@pytest.mark.parametrize("name", CALLS)
def test_a_client_killed_before_the_reply_loses_nothing(
    schema: Any, connect: Any, cutter: Cutter, name: str
) -> None:
    with pyclient.connect(schema.dsn) as client:
        tasks = [client.call_enqueue(QUEUE, "t", [1]).task_id for _ in range(2)]
        known: dict[str, Any] = {"queue": QUEUE, "id": new_uuid()}
        if name == "step":
            [row] = client.call_dequeue_batch(QUEUE, "w", 1)
            known |= {"task": row.task_id, "receipt": row.receipt}
        _killed_in(CALLS[name], known, through(cutter, schema.dsn), cutter)
        again = eval(CALLS[name], {"client": client, **known})
        look = Look(client, connect())
        if name.startswith("enqueue"):
            assert (again[0] if isinstance(again, list) else again).created is False
            assert look.state(known["id"]) == "pending"
            assert look.count() == 3
        else:
            left = [one for one in tasks if one != known.get("task")]
            assert [(row.task_id, row.receipt, row.attempt) for row in again] == [
                (task, known["id"], 1) for task in left
            ]
        if name == "step":
            assert look.state(known["task"]) == "completed"


def _killed_in(call: str, known: dict[str, Any], dsn: Dsn, cutter: Cutter) -> None:
    """Make the call in a process that is killed when the server has answered."""
    program = f"""
import sys, pyclient
from pyclient._retry import RetryPolicy
from pyclient.dsn import Dsn
from pyclient.errors import CelersError, ConnectionLost
client = pyclient.connect(Dsn(user={dsn.user!r}, password={dsn.password!r}, host={dsn.host!r},
                              port={dsn.port!r}, database={dsn.database!r}))
client.schema_version()
print("ready", flush=True)
sys.stdin.readline()
globals().update({known!r})
{call}
print("answered", flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        cutter.withholds = True
        process.stdin.write("\n")
        process.stdin.flush()
        assert cutter.withheld.wait(20)
        process.send_signal(signal.SIGKILL)
        assert process.stdout.read() == ""
    cutter.withholds = False

"""Processes are replaced when they are worn out, too large, or their code has changed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyclient
from pyclient.tests.worker.conftest import PLACE, Start
from pyclient.tests.workerapp import notes
from pyclient.tests.workerkit import Look, Worker, until

Send = Callable[..., str]


def test_a_process_ends_after_so_many_tasks(
    look: Look, start: Start, send: Send, pool: tuple[str, ...]
) -> None:
    for number in range(10):
        send("wait", str(number), 0)
    worker = start("--burst", "--max-tasks", "4", *pool)
    assert worker.end() == 0
    assert look.count(state="completed") == 10
    pids = [pid for _, pid in worker.notes("end")]
    assert len(set(pids)) == 3
    assert max(map(pids.count, pids)) == 4


def test_a_process_that_grew_is_replaced(look: Look, start: Start, send: Send) -> None:
    worker = start("-c", "1", "--max-memory", "200")
    send("grow", 250)
    [(_, large)] = worker.wait_for("grow")
    worker.wait_for_log("MB: replaced")
    send("grow", 1)
    (_, first), (_, second) = worker.wait_for("grow", 2)
    assert first == large != second
    until(lambda: look.count(state="completed") == 2, "both completed")


def test_a_hard_timeout_of_the_task_itself(look: Look, start: Start, tmp_path: Path) -> None:
    module = tmp_path / "hardapp.py"
    module.write_text(
        "import time, pyclient\n"
        "app = pyclient.App('hard')\n"
        "@app.task('deaf', hard_timeout=1, max_retries=0)\n"
        "def deaf():\n"
        "    time.sleep(300)\n"
    )
    start("-c", "1", place="hardapp:app", PYTHONPATH=str(tmp_path))
    task = look.client.call_enqueue("default", "deaf", []).task_id
    look.wait_for(task, "dead")
    assert look.error(task).startswith("HardTimeout: ")


def test_watch_begins_anew_with_the_new_code(
    queue: pyclient.Client, look: Look, schema: Any, tmp_path: Path
) -> None:
    code = "import pyclient\napp = pyclient.App('w')\n@app.task('v')\ndef v():\n    return {}\n"
    module = tmp_path / "watchedapp.py"
    module.write_text(code.format(1))
    worker = Worker(
        schema.dsn, tmp_path, "--watch", "-c", "1", place="watchedapp:app", cwd=tmp_path
    )
    try:
        first = queue.call_enqueue("default", "v", []).task_id
        look.wait_for(first, "completed")
        # of another size: Python takes cached bytecode for a file of the same size and second
        module.write_text(code.format("1 + 1"))
        worker.wait_for_log("watchedapp.py changed")
        until(lambda: _value(queue, look) == 2, "the new code")
    finally:
        worker.force()


def _value(queue: pyclient.Client, look: Look) -> Any:
    task = queue.call_enqueue("default", "v", []).task_id
    look.wait_for(task, "completed")
    return look.result(task)


def test_probes(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "alive"
    worker = start("--health-port", "0", "--heartbeat-file", str(file), "-c", "1")
    worker.wait_for_log("health on http://")
    place = worker.log.split("health on ")[1].split("/livez")[0]
    until(lambda: _probe(f"{place}/readyz")[0] == 200, "ready")
    _, answer = _probe(f"{place}/readyz")
    assert answer["checks"].keys() == {"supervisor", "workers", "db", "schema", "events"}
    assert answer["checks"]["schema"] == pyclient.__version__
    assert _probe(f"{place}/livez") == (200, {"status": "ok", "checks": {"supervisor": "ok"}})
    assert _probe(f"{place}/startupz")[0] == 200
    assert _probe(f"{place}/else")[0] == 404
    assert _probe(f"{place}/autoscaler") == (200, {"decisions": []})
    assert file.exists()
    worker.terminate()
    assert worker.end() == 0
    assert not file.exists()


def _probe(url: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_the_autoscaler_grows_the_pool(look: Look, start: Start, send: Send) -> None:
    for number in range(40):
        send("wait", str(number), 1)
    worker = start(
        *("-c", "1", "--autoscale", "1,4", "--autoscaler-consecutive-signals", "1"),
        CELERS_AUTOSCALER__INTERVAL_S="1",
    )
    until(lambda: len({pid for _, pid in worker.notes("begin")}) >= 3, "more processes")
    assert look.count() == 40


_RESIZED = f"""
import threading
from pyclient.dsn import from_environment
from pyclient.worker.config import WorkerConfig
from pyclient.worker.supervisor import Supervisor

supervisor = Supervisor(WorkerConfig({PLACE!r}, from_environment(None), processes=2, grace_s=1))
resize = threading.Thread(target=lambda: (input(), supervisor.resize(1)), daemon=True)
resize.start()
supervisor.run()
"""


def test_a_process_too_many_ends_after_its_running_task(
    schema: Any, look: Look, send: Send, tmp_path: Path
) -> None:
    tasks = [send("wait", str(number), 5) for number in range(2)]
    ledger = tmp_path / "ledger"
    places = {"CELERS_DSN": schema.dsn, "LEDGER": str(ledger)}
    with subprocess.Popen(
        [sys.executable, "-c", _RESIZED], env=os.environ | places, stdin=subprocess.PIPE
    ) as process:
        try:
            until(lambda: ledger.exists() and len(notes(ledger)) == 2, "both begun")
            process.communicate(b"\n", timeout=0.1)
        except subprocess.TimeoutExpired:
            look.wait_for_all(tasks, "completed")
        finally:
            process.terminate()
    assert [look.attempts(task) for task in tasks] == [["completed"]] * 2


def test_a_worker_that_serves_no_queue_of_its_app_says_so(start: Start) -> None:
    worker = start("--burst", "-c", "1", "-Q", "elsewhere")
    assert worker.end() == 0
    assert "serves no queue of pools: its tasks go to default" in worker.log
    other = start("--burst", "-c", "1", "-Q", "elsewhere,default")
    assert other.end() == 0
    assert other.log.count("serves no queue") == 1  # they share the file


def test_a_dead_process_is_taken_off_the_list(
    queue: pyclient.Client, look: Look, start: Start, send: Send
) -> None:
    task = send("wait", "x", 1)
    worker = start("-c", "1")
    [(_, pid)] = worker.wait_for("begin")
    until(lambda: any(row.pid == pid for row in queue.call_list_workers()), "its registration")
    os.kill(pid, signal.SIGKILL)
    look.wait_for(task, "completed")
    until(lambda: all(row.pid != pid for row in queue.call_list_workers()), "its removal")


def test_what_a_dead_process_only_held_is_given_back(look: Look, start: Start, send: Send) -> None:
    tasks = [send("wait", str(number), 1) for number in range(3)]
    worker = start("-c", "1", "--prefetch", "3")
    [(_, pid)] = worker.wait_for("begin")
    os.kill(pid, signal.SIGKILL)
    look.wait_for_all(tasks, "completed")
    assert [look.attempts(task)[0] for task in tasks] == ["retried", "released", "released"]
    assert "2 tasks given back" in worker.log
    assert worker.log.count("WorkerLost") == 1

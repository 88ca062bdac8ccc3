"""The worker, as processes on a real server."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import pyclient
from pyclient.tests import workerapp
from pyclient.tests.workerkit import PLACE, Look, Worker, is_alive, is_child_of, until

Start = Callable[..., Worker]


@pytest.fixture
def queue(schema: Any) -> Iterator[pyclient.Client]:
    """A client of the schema."""
    with pyclient.connect(schema.dsn) as client:
        yield client


@pytest.fixture
def look(queue: pyclient.Client, connect: Any) -> Look:
    """A look at the schema."""
    return Look(queue, connect())


@pytest.fixture
def start(schema: Any, tmp_path: Path) -> Iterator[Start]:
    """Start workers; they end with the test."""
    workers: list[Worker] = []

    def starter(*options: str) -> Worker:
        workers.append(Worker(schema.dsn, tmp_path, *options))
        return workers[-1]

    yield starter
    for worker in workers:
        worker.force()


def enqueue(client: pyclient.Client, name: str, payload: Any, **options: Any) -> str:
    """Enqueue in the queue default with the options of the task; returns the id."""
    known = workerapp.app.tasks[name].options if name in workerapp.app.tasks else {}
    return client.call_enqueue("default", name, payload, **(known | options)).task_id


def test_burst_runs_what_is_ready_and_keeps_results(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    named = enqueue(queue, "echo", {"a": 1, "b": [None]})
    positional = enqueue(queue, "echo", [1, "x"])
    single = enqueue(queue, "echo", 1.5)
    bare = enqueue(queue, "echo", b"\x00\xff", content_type="application/octet-stream")
    later = enqueue(queue, "add", [1], delay_s=60)
    sums = [enqueue(queue, "add", {"a": number, "b": 1}) for number in range(20)]
    worker = start("--burst", "-c", "2", "--prefetch", "3")
    assert worker.end() == 0
    assert look.result(named) == [[], {"a": 1, "b": [None]}]
    assert look.result(positional) == [["1", "'x'"], {}]
    assert look.result(single) == [["1.5"], {}]
    assert look.result(bare) == [[r"b'\x00\xff'"], {}]
    assert look.state(later) == "pending"
    assert [look.result(task) for task in sums] == list(range(1, 21))
    assert len(worker.notes("add")) == 20


def test_errors_are_retried_and_end_in_the_dead_letters(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    task = enqueue(queue, "fail", ["x"])
    worker = start("-c", "1")
    look.wait_for(task, "dead")
    assert len(worker.notes("fail")) == 2
    assert look.attempts(task) == ["retried", "dead"]
    error = look.error(task)
    assert error.startswith("ValueError: no luck with x\n\nTraceback")
    assert 'raise ValueError(f"no luck with {key}")' in error
    assert "pyclient/worker/" not in error
    assert "no luck" not in worker.log  # what an error says may be data


def test_what_cannot_be_kept_as_a_result_is_a_dead_letter_at_once(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    kinds = ("object", "nan", "deep", "surrogate")
    refused = [enqueue(queue, "return_value", [kind]) for kind in kinds]
    fine = [enqueue(queue, "add", [number]) for number in range(4)]
    worker = start("-c", "1", "--burst", "--prefetch", "5")
    assert worker.end() == 0
    assert [look.state(task) for task in refused] == ["dead"] * 4
    assert [look.error(task).partition(":")[0] for task in refused] == ["ResultInvalid"] * 4
    assert [look.state(task) for task in fine] == ["completed"] * 4


def test_an_unknown_task_is_given_back(queue: pyclient.Client, look: Look, start: Start) -> None:
    task = enqueue(queue, "nobody", [])
    worker = start("-c", "1")
    until(lambda: look.attempts(task) == ["released"], "the task given back")
    assert "does not know it" in worker.log
    assert look.error(task) == "UnknownTask: the app tests has no nobody"
    shown = queue.call_get_task(task)
    assert (shown.state, shown.errors) == ("pending", 0)
    assert shown.due_at > shown.created_at + timedelta(seconds=4)


def test_sigterm_finishes_what_runs_and_gives_back_the_rest(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    running = enqueue(queue, "nap", ["first", 2.5])
    waiting = [enqueue(queue, "nap", [str(number), 0]) for number in range(3)]
    worker = start("-c", "1", "--prefetch", "4")
    worker.wait_for("begin")
    worker.terminate()
    until(lambda: look.state(waiting[0]) == "pending", "the prefetched tasks given back")
    assert look.state(running) == "processing"
    assert worker.end() == 0
    assert look.state(running) == "completed"
    assert [look.state(task) for task in waiting] == ["pending"] * 3
    assert [look.attempts(task) for task in waiting] == [["released"]] * 3
    assert worker.notes("begin")[1:] == []


def test_a_second_sigterm_gives_up_what_runs(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    task = enqueue(queue, "nap", ["long", 300])
    worker = start("-c", "1")
    worker.wait_for("begin")
    worker.terminate()
    worker.wait_for_log("a second signal ends at once")
    assert look.state(task) == "processing"
    worker.terminate()
    assert worker.end() == 0
    assert look.state(task) == "pending"
    assert look.attempts(task) == ["released"]


@pytest.mark.parametrize("by", ["exit", "_exit"])
def test_a_task_that_ends_its_process_fails_with_that_reason(
    queue: pyclient.Client, look: Look, start: Start, by: str
) -> None:
    task = enqueue(queue, "die_once", ["x", by])
    others = [enqueue(queue, "add", [number]) for number in range(3)]
    worker = start("-c", "1")
    look.wait_for(task, "completed")
    look.wait_for_all(others, "completed")
    assert look.attempts(task) == ["retried", "completed"]
    [(error,)] = look.rows("SELECT error FROM celers_attempts WHERE outcome = 'retried'")
    if by == "exit":  # an exception like others: the process lives on
        assert error.startswith("SystemExit: 0\n")
        assert len({pid for _, pid in worker.notes("die")}) == 1
    else:
        assert error == "WorkerLost: its process ended with status 0"
        assert len({pid for _, pid in worker.notes("die")}) == 2
        assert "replaced" in worker.log


def test_a_child_that_is_killed_is_replaced(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    task = enqueue(queue, "nap", ["x", 1])
    worker = start("-c", "1")
    [(_, pid)] = worker.wait_for("begin")
    os.kill(pid, signal.SIGKILL)
    look.wait_for(task, "completed")
    assert "was killed by signal 9 (SIGKILL): replaced" in worker.log
    assert look.attempts(task) == ["retried", "completed"]


def test_children_end_when_their_supervisor_dies(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    task = enqueue(queue, "nap", ["x", 1])
    worker = start("-c", "1")
    [(_, pid)] = worker.wait_for("begin")
    worker.process.kill()
    worker.process.wait()
    until(lambda: not is_alive(pid), "the end of the child")
    assert look.state(task) == "completed"


def test_cancelling_breaks_into_the_running_task(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    running = enqueue(queue, "nap", ["running", 300])
    waiting = enqueue(queue, "nap", ["waiting", 300])
    worker = start("-c", "1", "--lease", "3", "--prefetch", "2")
    worker.wait_for("begin")
    assert queue.call_cancel(waiting).outcome == "cancel_requested"
    look.wait_for(waiting, "cancelled")
    assert queue.call_cancel(running).outcome == "cancel_requested"
    look.wait_for(running, "cancelled")
    assert worker.notes("cancelled")
    assert [key for key, _ in worker.notes("begin")] == ["running"]


def test_a_task_that_takes_longer_than_it_may_is_an_error(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    task = enqueue(queue, "quick_nap", ["x"], max_retries=0)
    start("-c", "1")
    look.wait_for(task, "dead")
    assert look.error(task).startswith("TaskTimeout: the task ran longer than 1 s\n")


def test_a_lost_lease_stops_the_task(queue: pyclient.Client, look: Look, start: Start) -> None:
    task = enqueue(queue, "stroll", ["x", 150])
    frozen, other = start("-c", "1", "--lease", "3"), start("-c", "1", "--lease", "3")
    [(_, pid)] = frozen.wait_for("begin")
    first = frozen if is_child_of(pid, frozen) else other
    first.signal_all(signal.SIGSTOP)
    frozen.wait_for("end")  # the two share the ledger
    look.wait_for(task, "completed")
    first.signal_all(signal.SIGCONT)
    first.wait_for_log("its lease is lost")
    assert look.attempts(task) == ["crashed", "completed"]


def test_a_stopped_process_keeps_its_tasks(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    task = enqueue(queue, "nap", ["x", 1])
    worker = start("-c", "2", "--lease", "3")
    [(_, pid)] = worker.wait_for("begin")
    os.kill(pid, signal.SIGSTOP)
    worker.wait_for_log("leases prolonged for processes that do not")
    worker.pause(4)
    os.kill(pid, signal.SIGCONT)
    look.wait_for(task, "completed")
    assert look.attempts(task) == ["completed"]


def test_outcomes_do_not_wait_behind_a_long_task(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    quick = enqueue(queue, "add", [1])
    long = enqueue(queue, "nap", ["long", 300])
    start("-c", "1", "--prefetch", "2")
    look.wait_for(quick, "completed")
    assert look.state(long) == "processing"


def test_leases_are_prolonged_while_a_task_runs(
    queue: pyclient.Client, look: Look, start: Start
) -> None:
    task = enqueue(queue, "nap", ["x", 4.5])
    worker = start("-c", "2", "--lease", "3")
    look.wait_for(task, "completed")
    assert look.attempts(task) == ["completed"]
    assert len(worker.notes("begin")) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["no.such.module:app"], 2, "there is no module no"),
        (["pyclient.tests.workerapp:nap"], 2, "nap in pyclient.tests.workerapp is no App"),
        (["workerapp"], 2, "not of the form"),
        ([PLACE, "-Q", "a b"], 2, "is no queue"),
        ([PLACE, "--dsn", "mysql://root@127.0.0.1:1/x"], 3, "celers: "),
    ],
)
def test_what_cannot_work_ends_at_once_with_a_sentence(
    start: Start, arguments: list[str], code: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyclient.tests.workerkit.PLACE", arguments[0])
    worker = start(*arguments[1:])
    assert worker.end() == code
    assert text in worker.log
    assert "Traceback" not in worker.log


def test_a_module_that_fails_is_shown_from_its_own_first_line_on(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "faulty.py").write_text("number = int('many')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("pyclient.tests.workerkit.PLACE", "faulty:app")
    worker = start()
    assert worker.end() == 1
    assert f'File "{tmp_path}/faulty.py", line 1' in worker.log
    assert "Error: faulty:app cannot be imported" in worker.log
    assert "click" not in worker.log

"""What tasks leave behind, and what a machine refuses, keeps no worker from its work."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable

import psutil

from pyclient.tests.worker.conftest import Start
from pyclient.tests.workerkit import Look, until

Send = Callable[..., str]


def test_a_thread_that_a_task_left_does_not_keep_the_process(
    look: Look, start: Start, send: Send
) -> None:
    tasks = [send("litter") for _ in range(2)]
    assert start("--burst", "-c", "1", "--max-tasks", "1").end() == 0
    assert [look.state(task) for task in tasks] == ["completed"] * 2


def test_a_coroutine_that_exits_below_a_task_fails_that_task_alone(
    look: Look, start: Start, send: Send, pool: tuple[str, ...]
) -> None:
    exits = [send("exit_below") for _ in range(2)]
    others = [send("pair") for _ in range(4)]
    worker = start("--burst", *pool)
    assert worker.end() == 0
    assert [look.error(task).partition(":")[0] for task in exits] == ["SystemExit"] * 2
    assert [look.attempts(task) for task in exits] == [["dead"]] * 2
    assert [look.attempts(task) for task in others] == [["completed"]] * 4


def test_a_large_process_is_replaced_after_its_running_task(
    look: Look, start: Start, send: Send
) -> None:
    task = send("grow_and_wait", 250, 5)
    worker = start("-c", "1", "--max-memory", "200", "--shutdown-grace", "1")
    worker.wait_for_log("MB: replaced")
    look.wait_for(task, "completed")
    assert look.attempts(task) == ["completed"]


def test_a_process_that_cannot_be_started_is_started_later(
    look: Look, start: Start, send: Send
) -> None:
    task = send("wait", "x", 1)
    worker = start("-c", "1")
    [(_, pid)] = worker.wait_for("begin")
    supervisor = worker.process.pid
    before = resource.prlimit(supervisor, resource.RLIMIT_NOFILE)
    resource.prlimit(supervisor, resource.RLIMIT_NOFILE, (3, before[1]))
    os.kill(pid, signal.SIGKILL)
    worker.wait_for_log("no process can be started")
    assert psutil.pid_exists(supervisor)
    resource.prlimit(supervisor, resource.RLIMIT_NOFILE, before)
    look.wait_for(task, "completed")
    assert look.attempts(task)[-1] == "completed"


def test_what_the_call_of_a_dead_process_claims_is_given_back(
    look: Look, start: Start, send: Send
) -> None:
    worker = start("-c", "1")
    for number in range(1, 5):
        send("wait", str(number), 0)
        pid = worker.wait_for("end", number)[-1][1]
        worker.pause(0.2)  # it waits in the server again, which does not see it die
        os.kill(pid, signal.SIGKILL)
        worker.pause(0.4)
    task = send("who")
    look.wait_for(task, "completed")
    until(lambda: look.count(state="completed") == 5, "the others")

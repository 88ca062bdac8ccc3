"""The six hooks of a worker are called, in order, and can refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pyclient.tests.worker.conftest import Start
from pyclient.tests.workerkit import Look

PLACE = "pyclient.tests.worker.app:hooked"
Send = Callable[..., str]


def test_every_point_of_a_task_that_succeeds(
    look: Look, start: Start, send: Send, pool: tuple[str, ...]
) -> None:
    task = send("fine", "x")
    worker = start("--burst", *pool, place=PLACE)
    assert worker.end() == 0
    assert look.state(task) == "completed"
    said = [(what, key) for what, key, _ in worker.ledger() if not what.startswith("before_deq")]
    assert said == [
        ("after_dequeue:fine:None", "after_dequeue"),
        ("run", "x"),
        ("before_ack:fine:ack", "before_ack"),
        ("async:before_ack", "fine"),
        ("after_ack:fine:ack", "before_ack,after_ack"),
    ]
    assert worker.ledger()[0][0] == "before_dequeue:None:None"


def test_every_point_of_a_task_that_fails(look: Look, start: Start, send: Send) -> None:
    task = send("bad", "x")
    worker = start("--burst", "-c", "1", place=PLACE)
    assert worker.end() == 0
    assert look.state(task) == "dead"
    said = [what for what, _, _ in worker.ledger() if not what.startswith("before_deq")]
    assert said == [
        "after_dequeue:bad:None",
        "run",
        "before_reject:bad:reject",
        "after_reject:bad:reject",
        "async:after_reject",
    ]


def test_a_hook_before_the_acknowledgement_refuses_it(
    look: Look, start: Start, send: Send, pool: tuple[str, ...]
) -> None:
    task = send("fine", "x", headers={"refuse": True})
    worker = start("--burst", *pool, place=PLACE)
    assert worker.end() == 0
    assert look.state(task) == "dead"
    assert look.error(task).startswith("PermissionError: not this one")
    said = [what for what, _, _ in worker.ledger()]
    assert "after_reject:fine:reject" in said
    assert "after_ack:fine:ack" not in said


@pytest.mark.parametrize(
    ("name", "header", "error"),
    [("fine", "exit", "SystemExit: 3"), ("bad", "cancel", "ValueError")],
)
def test_a_hook_that_wants_to_end_the_process_costs_no_outcome(
    *,
    look: Look,
    start: Start,
    send: Send,
    pool: tuple[str, ...],
    name: str,
    header: str,
    error: str,
) -> None:
    task = send(name, "x", headers={header: True})
    other = send("fine", "y")
    assert start("--burst", *pool, place=PLACE).end() == 0
    assert look.state(task) == "dead"
    assert look.error(task).startswith(error)
    assert look.state(other) == "completed"

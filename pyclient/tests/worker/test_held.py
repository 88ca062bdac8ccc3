"""What a child has in hand, seen by its threads."""

from __future__ import annotations

import time
from multiprocessing import get_context

import pyclient
from pyclient.app import App
from pyclient.tests.workerkit import until
from pyclient.worker.attempt import Attempt
from pyclient.worker.board import Board
from pyclient.worker.held import Held
from pyclient.worker.job import Job, ack

app = App("held")


@app.task("nothing")
def nothing() -> None:
    """Does nothing."""


def job(number: int) -> Job:
    """A claimed task."""
    return Job(
        task_id=f"{number:036}",
        receipt=f"{1:036}",
        name="nothing",
        queue="default",
        payload="[]",
        content_type="application/json",
        headers={},
        attempt=1,
        priority=0,
        timeout_s=None,
    )


def begin(held: Held, one: Job) -> None:
    """Claim a task and begin it."""
    held.add([one])
    assert held.next(100) == one
    with pyclient.connect("mysql://nobody@localhost/none") as client:  # it never connects
        held.begin(Attempt(app, app.tasks["nothing"], one, client, "worker"), None)


def test_outcomes_are_late_also_where_nothing_runs_any_more() -> None:
    held = Held(Board(10), None)
    one = job(1)
    begin(held, one)
    held.end(one, ack(one, None))
    assert held.running == 0
    assert held.wait_for_late_outcomes(time.monotonic() + 60, 0.01)
    assert len(held.take()) == 1
    assert not held.wait_for_late_outcomes(time.monotonic(), 0.01)


def test_a_place_that_goes_to_another_task_is_not_taken_for_overdue() -> None:
    board = Board(1)
    writer = get_context("spawn").Process(target=_take_turns, args=(board,), daemon=True)
    writer.start()
    seen = set()
    try:
        until(lambda: board.ended_count, "the first task")
        while board.ended_count < _TURNS and writer.is_alive():
            seen |= {entry.task_id for entry in board.overdue()}
    finally:
        writer.kill()
        writer.join()
    assert seen == {job(1).task_id}


_TURNS = 20_000


def _take_turns(board: Board) -> None:
    """Only the first of two tasks is ever overdue, for as long as a look at the board takes."""
    while True:
        for number, limit_s in ((1, -1.0), (2, None)):
            one = job(number)
            board.hold(one)
            board.begin(one, limit_s)
            board.overdue()
            board.end(one, is_done=True)
            board.drop(one)

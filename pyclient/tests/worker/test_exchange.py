"""How what ended is handed in: claim by claim where all of one is done, else task by task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import pyclient
from pyclient.dsn import Dsn
from pyclient.tests.worker.app import app
from pyclient.tests.workerkit import Look
from pyclient.worker.board import Board
from pyclient.worker.config import WorkerConfig
from pyclient.worker.exchange import Exchange
from pyclient.worker.held import Held
from pyclient.worker.job import Job, ack, reject
from pyclient.worker.link import Link, Stop

COUNT = 20


class Hand:
    """An exchange without a child, and what it works with.

    Attributes:
        sent: of each call how many tasks it acknowledged by name, and the claims.
    """

    def __init__(self, dsn: str) -> None:
        self.sent: list[tuple[int, dict[str, int] | None]] = []
        config = WorkerConfig(place="none:app", dsn=Dsn.parse(dsn))
        self.board = Board(2 * COUNT)
        self.held = Held(self.board, None)
        self.link = Link(config.dsn, Stop())
        self.exchange = Exchange(config, app, self.held, self.board)

    def claim(self) -> list[Job]:
        """Claim tasks; they are on their way to being begun."""
        self.exchange.step(self.link, limit=COUNT)
        jobs = [self.held.next(COUNT) for _ in range(self.held.waiting)]
        return [job for job in jobs if job is not None]

    def hand_in(self) -> None:
        """Hand in what ended."""
        self.exchange.step(self.link, self.held.take())


@pytest.fixture
def hand(schema: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hand]:
    """One on the schema."""
    hand = Hand(schema.dsn)
    call = hand.link.client.call_step

    def call_step(worker_id: Any, acks: Any, rejects: Any, **options: Any) -> Any:
        hand.sent.append((len(acks or ()), options["ack_claims"]))
        return call(worker_id, acks, rejects, **options)

    monkeypatch.setattr(hand.link.client, "call_step", call_step)
    yield hand
    hand.link.close()


def enqueue(queue: pyclient.Client) -> None:
    queue.call_enqueue_batch("default", [{"task_name": "pair", "payload": []}] * COUNT)


def test_a_claim_of_which_all_is_done_goes_as_a_whole(
    queue: pyclient.Client, look: Look, hand: Hand
) -> None:
    enqueue(queue)
    jobs = hand.claim()
    for job in jobs:
        hand.held.end(job, ack(job, None))
    hand.hand_in()
    assert hand.sent[1:] == [(0, {jobs[0].receipt: COUNT})]
    assert look.count(state="completed") == COUNT
    assert hand.board.entries() == []


def test_what_ended_otherwise_goes_by_itself_and_the_rest_as_a_whole(
    queue: pyclient.Client, look: Look, hand: Hand
) -> None:
    enqueue(queue)
    first, second, *others = hand.claim()
    hand.held.end(first, ack(first, '"kept"'))
    hand.held.end(second, reject(second, "no", cancel=True))
    hand.hand_in()
    for job in others:
        hand.held.end(job, ack(job, None))
    hand.hand_in()
    assert hand.sent[1:] == [(1, None), (0, {first.receipt: COUNT - 2})]
    assert look.count(state="completed") == COUNT - 1
    assert look.state(second.task_id) == "cancelled"
    kept = queue.call_get_result(first.task_id)
    assert kept is not None
    assert kept.result == "kept"


def test_of_a_claim_that_goes_on_each_task_goes_by_name(
    queue: pyclient.Client, look: Look, hand: Hand
) -> None:
    enqueue(queue)
    first, *others = hand.claim()
    for job in others:
        hand.held.end(job, ack(job, None))
    hand.hand_in()
    hand.held.end(first, ack(first, None))
    hand.hand_in()
    assert hand.sent[1:] == [(COUNT - 1, None), (1, None)]
    assert look.count(state="completed") == COUNT


def test_a_claim_of_which_the_server_has_less_is_acknowledged_task_by_task(
    queue: pyclient.Client, look: Look, hand: Hand
) -> None:
    enqueue(queue)
    jobs = hand.claim()
    queue.call_reject(jobs[0].task_id, jobs[0].receipt, "taken away", cancel=True)
    for job in jobs:
        hand.held.end(job, ack(job, None))
    hand.hand_in()
    assert hand.sent[1:] == [(0, {jobs[0].receipt: COUNT}), (COUNT, None)]
    assert look.state(jobs[0].task_id) == "cancelled"
    assert look.count(state="completed") == COUNT - 1
    assert hand.board.entries() == []
    assert not hand.exchange.has_lost

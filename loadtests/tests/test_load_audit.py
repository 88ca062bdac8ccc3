"""The ledger against the server, with each fault planted."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import pytest

from loadtests.load.audit import Found, Stored, faults
from loadtests.load.ledger import Ledger

TASKS = {
    "a": Stored("completed", 0),
    "b": Stored("pending", 1),
    "c": Stored("dead", 2),
    "d": Stored("cancelled", 0),
}


class Row(NamedTuple):
    task_id: str
    outcome: str


def exact() -> Ledger:
    return Ledger(
        enqueued=["a", "b", "c", "d"],
        ordered=["a"],
        claimed=[("a", 1), ("b", 1), ("c", 1), ("c", 2)],
        completed=["a"],
        cancelled=["d"],
        erred=["b", "c", "c"],
        dead=["c"],
    )


def found(tasks: dict[str, Stored] | None = None, orders: frozenset[str] = frozenset("a")) -> Found:
    tasks = TASKS if tasks is None else tasks
    return Found(tasks, set(orders), dict(Counter(task.state for task in tasks.values())))


def test_an_exact_ledger_has_no_faults() -> None:
    assert faults(exact(), found()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda told: told.enqueued.append("e"),
            "lost: answered as enqueued, and not on the server: 1",
        ),
        (
            lambda told: told.enqueued.remove("b"),
            "made up: on the server, and enqueued by nobody: 1 (b)",
        ),
        (lambda told: told.enqueued.append("a"), "doubled: enqueued twice under one id: 1"),
        (lambda told: told.claimed.append(("a", 1)), "doubled: one attempt handed out twice: 1"),
        (lambda told: told.completed.append("a"), "doubled: completed twice: 1 (a)"),
        (lambda told: told.cancelled.append("a"), "doubled: ended twice, in different ways: 1 (a)"),
        (
            lambda told: told.completed.append("b"),
            "lost: answered as completed, and not stored so: 1",
        ),
        (
            lambda told: told.completed.clear(),
            "stored as completed, and answered so to nobody: 1 (a)",
        ),
        (
            lambda told: told.cancelled.clear(),
            "stored as cancelled, and answered so to nobody: 1 (d)",
        ),
        (lambda told: told.dead.clear(), "stored as dead, and answered so to nobody: 1 (c)"),
        (lambda told: told.erred.append("a"), "rejected: the server counts other errors"),
        (
            lambda told: told.ordered.append("b"),
            "half a transaction: a task without its order: 1 (b)",
        ),
        (lambda told: told.refused.append("a"), "refused: "),
    ],
)
def test_what_was_told_wrong(change: Callable[[Ledger], object], words: str) -> None:
    ledger = exact()
    change(ledger)
    assert [line for line in faults(ledger, found()) if words in line]


@pytest.mark.parametrize("state", ["processing", "failed", "expired"])
def test_a_state_that_nobody_asked_for(state: str) -> None:
    assert faults(exact(), found({**TASKS, "b": Stored(state, 1)}))


def test_half_a_transaction() -> None:
    assert faults(exact(), found(orders=frozenset("ax"))) == [
        "half a transaction: an order without its task: 1 (x)"
    ]


def test_counts_that_differ_from_the_tasks() -> None:
    other = dataclasses.replace(found(), counts={**found().counts, "pending": 2})
    assert faults(exact(), other) == [
        "counted otherwise: 2 tasks pending by celers_get_statistics, 1 by celers_tasks"
    ]


def test_what_is_doubtful_may_have_gone_either_way() -> None:
    ledger = exact()
    ledger.enqueued.remove("a")
    ledger.completed.clear()
    ledger.doubtful += ["a", "x"]
    assert faults(ledger, found()) == []


def test_a_rejected_task_may_end_by_a_wish_to_cancel() -> None:
    ledger = exact()
    ledger.wished.append("b")
    assert faults(ledger, found({**TASKS, "b": Stored("cancelled", 0)})) == []


def test_a_claim_that_was_never_answered_leaves_tasks_running() -> None:
    ledger = exact()
    ledger.lost_claims = 1
    assert faults(ledger, found({**TASKS, "b": Stored("processing", 1)})) == []


def test_answers_go_where_they_belong() -> None:
    ledger = Ledger()
    outcomes = ("completed", "cancelled", "dead", "retried", "lost")
    ledger.note_ends([Row(outcome, outcome) for outcome in outcomes])
    ledger.note_cancels([Row("f", "cancelled"), Row("g", "cancel_requested"), Row("h", "dead")])
    assert ledger == Ledger(
        completed=["completed"],
        cancelled=["cancelled", "f"],
        dead=["dead"],
        erred=["dead", "retried"],
        refused=["lost"],
        wished=["g"],
    )


def test_a_call_that_raises_leaves_doubt() -> None:
    ledger = Ledger()
    with pytest.raises(KeyError), ledger.claiming(), ledger.handing_in(["a"]):
        raise KeyError
    with ledger.claiming(), ledger.handing_in(["b"]):
        pass
    assert (ledger.doubtful, ledger.lost_claims) == (["a"], 1)


def test_ledgers_travel_and_add_up() -> None:
    message = exact().message()
    message["claimed"] = [list(pair) for pair in message["claimed"]]
    both = exact()
    both.add(Ledger.of_message(message))
    assert both.claimed == exact().claimed * 2
    assert both.enqueued == ["a", "b", "c", "d"] * 2

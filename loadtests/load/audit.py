"""The ledger of all users against what the server has, as sets of ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass

from loadtests.load.ledger import Ledger

_SHOWN = 3


@dataclass(frozen=True)
class Stored:
    """A task as the server has it: its state, and how many attempts ended with an error."""

    state: str
    errors: int


@dataclass(frozen=True)
class Found:
    """What the server has in the end.

    Attributes:
        tasks: every task by its id.
        orders: the tasks' ids in the application's own table.
        counts: how many tasks the routine that counts by state sees in each.
    """

    tasks: dict[str, Stored]
    orders: set[str]
    counts: dict[str, int]

    def of(self, state: str) -> set[str]:
        """The ids of the tasks in one state."""
        return {task_id for task_id, task in self.tasks.items() if task.state == state}


def faults(ledger: Ledger, found: Found) -> list[str]:
    """What does not agree, a sentence each; none if the ledger is exact.

    What is doubtful, because a call about it was never answered, may have gone either way. Where
    the cancellation of a running task was wished for, its end may be that.
    """
    doubt, given, stored = set(ledger.doubtful), set(ledger.enqueued), set(found.tasks)
    unsure = doubt | set(ledger.wished)
    wrong = [
        _line("lost: answered as enqueued, and not on the server", given - stored),
        _line("made up: on the server, and enqueued by nobody", stored - given - doubt),
        _line("doubled: enqueued twice under one id", _twice(ledger.enqueued)),
        _line("doubled: one attempt handed out twice", _twice(ledger.claimed)),
        _line("doubled: completed twice", _twice(ledger.completed)),
        _line("doubled: ended twice, in different ways", _twice(*_ends(ledger)) - unsure),
        *_states(ledger, found, unsure),
        *_errors(ledger, found, unsure),
        *_orders(ledger, found, doubt),
        *_counts(found),
    ]
    if not ledger.lost_claims:
        wrong.append(
            _line("left claimed: running, and held by nobody", found.of("processing") - doubt)
        )
    wrong.append(
        _line("refused: acknowledged or rejected under a valid lease", set(ledger.refused))
    )
    return [line for line in wrong if line]


def _ends(ledger: Ledger) -> tuple[set[str], ...]:
    return set(ledger.completed), set(ledger.cancelled), set(ledger.dead)


def _states(ledger: Ledger, found: Found, unsure: set[str]) -> Iterable[str]:
    told = {"completed": ledger.completed, "cancelled": ledger.cancelled, "dead": ledger.dead}
    for state, ids in told.items():
        there = found.of(state)
        yield _line(f"lost: answered as {state}, and not stored so", set(ids) - there - unsure)
        yield _line(f"stored as {state}, and answered so to nobody", there - set(ids) - unsure)
    for state in ("failed", "expired"):
        yield _line(f"stored as {state}, which nobody asked for", found.of(state))


def _errors(ledger: Ledger, found: Found, unsure: set[str]) -> Iterable[str]:
    told = Counter(ledger.erred)
    other = {
        task_id
        for task_id, task in found.tasks.items()
        if task.errors != told[task_id] and task_id not in unsure
    }
    yield _line("rejected: the server counts other errors than were answered", other)


def _orders(ledger: Ledger, found: Found, doubt: set[str]) -> Iterable[str]:
    tasks, ordered = set(found.tasks), set(ledger.ordered)
    yield _line("half a transaction: an order without its task", found.orders - tasks)
    yield _line("half a transaction: a task without its order", (ordered & tasks) - found.orders)
    yield _line("lost: an order that was committed", ordered - found.orders - doubt)


def _counts(found: Found) -> Iterable[str]:
    states = Counter(task.state for task in found.tasks.values())
    for state in sorted(states.keys() | found.counts.keys()):
        if states[state] != found.counts.get(state, 0):
            yield (
                f"counted otherwise: {found.counts.get(state, 0)} tasks {state} by "
                f"celers_get_statistics, {states[state]} by celers_tasks"
            )


def _twice(*ids: Iterable[Hashable]) -> set[Hashable]:
    seen = Counter(item for some in ids for item in some)
    return {item for item, count in seen.items() if count > 1}


def _line(what: str, ids: Collection[Hashable]) -> str:
    if not ids:
        return ""
    some = ", ".join(sorted(map(str, ids))[:_SHOWN])
    return f"{what}: {len(ids)} ({some}{', …' if len(ids) > _SHOWN else ''})"

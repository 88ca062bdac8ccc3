"""The account of a run: each task completed exactly once, none lost, none made up."""

from __future__ import annotations

from collections.abc import Sequence

from loadtests.queues import Fault, System


class LedgerWrong(Fault):
    """What the clients did and what the server has do not agree."""


def check(system: System, enqueued: Sequence[str] | None, completed: Sequence[str]) -> None:
    """Compare what the clients of a run did with what the server has.

    Args:
        system: at rest, in the state that the run left.
        enqueued: the ids of all tasks of the run; None = too many to compare them one by one.
        completed: an id for each completion that was answered to a client.

    Raises:
        LedgerWrong: with what is wrong.
    """
    faults: list[str] = []
    once = set(completed)
    _expect(faults, "completed twice", len(completed) - len(once))
    _expect(faults, "left claimed", system.held())
    stored = system.completed()
    _expect(faults, "answered as completed and not stored", len(once - set(stored)))
    _expect(faults, "stored as completed and not answered", len(set(stored) - once))
    if enqueued is not None:
        given = set(enqueued)
        _expect(faults, "ids given twice", len(enqueued) - len(given))
        standing = set(system.pending()) | set(stored)
        _expect(faults, "lost", len(given - standing))
        _expect(faults, "made up", len(standing - given))
    if faults:
        raise LedgerWrong(f"{system.name}: {', '.join(faults)}")


def _expect(faults: list[str], what: str, count: int) -> None:
    if count:
        faults.append(f"{count} tasks {what}")

"""Whether each task that was enqueued was done exactly once, or is still there."""

from __future__ import annotations

from collections.abc import Collection, Container

from loadtests.peers.results import EXACT, WRONG


def check(
    enqueued: Collection[int],
    completed: Collection[int],
    open_count: int,
    *,
    delayed: Container[int] = (),
    in_doubt: int = 0,
) -> str:
    """Compare what was enqueued with what was done and what the store still has.

    Args:
        enqueued: the numbers whose enqueue was acknowledged.
        completed: a number for each completion.
        open_count: tasks that the store has as waiting or claimed, at rest.
        delayed: those of the enqueued that are not due.
        in_doubt: tasks whose call was cut off with the client that made it: so many may be open
            or done unseen.

    Returns:
        EXACT, or WRONG with what is wrong.
    """
    given, done = set(enqueued), set(completed)
    rest = len(given - done)
    faults = {
        "enqueued twice": len(enqueued) - len(given),
        "done twice": len(completed) - len(done),
        "made up": len(done - given),
        "done before they were due": sum(number in delayed for number in done),
        "lost": rest - open_count if rest - open_count > in_doubt else 0,
        "done and still open": open_count - rest if open_count - rest > in_doubt else 0,
    }
    found = [f"{count} tasks {what}" for what, count in faults.items() if count]
    return f"{WRONG}: {', '.join(found)}" if found else EXACT

"""What the users were told: every id that they enqueued, claimed, completed, rejected, cancelled.

Each process keeps one and hands it in when its users have stopped.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Ledger:
    """Ids of tasks, one for each answer; where an id stands twice, it was answered twice.

    Attributes:
        enqueued: answered as enqueued.
        ordered: of these and of the doubtful ones, those that an order was committed with.
        claimed: handed out, with the number of the attempt.
        completed: answered as completed.
        cancelled: answered as cancelled, to an operator or to a worker.
        erred: attempts answered as ended with an error.
        dead: answered as dead letters.
        wished: of running tasks, whose cancellation was asked for: a rejection ends them.
        refused: acknowledgements and rejections that were refused, as for a lease that is lost.
        doubtful: handed in with a call that was never answered: it was carried out, or was not.
        lost_claims: claims that were never answered; what they took runs until its lease ends.
    """

    enqueued: list[str] = field(default_factory=list)
    ordered: list[str] = field(default_factory=list)
    claimed: list[tuple[str, int]] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    erred: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    wished: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    lost_claims: int = 0

    @contextlib.contextmanager
    def handing_in(self, ids: Iterable[str]) -> Iterator[None]:
        """Around a call that changes tasks: they are doubtful unless it is answered."""
        try:
            yield
        except BaseException:
            self.doubtful += ids
            raise

    @contextlib.contextmanager
    def claiming(self) -> Iterator[None]:
        """Around a call that claims."""
        try:
            yield
        except BaseException:
            self.lost_claims += 1
            raise

    def note_claim(self, rows: Iterable[Any]) -> None:
        """Note what a claim handed out."""
        self.claimed += [(row.task_id, row.attempt) for row in rows]

    def note_ends(self, rows: Iterable[Any]) -> None:
        """Note how acknowledgements and rejections were answered: rows of task_id and outcome."""
        for row in rows:
            if row.outcome in ("retried", "dead"):
                self.erred.append(row.task_id)
            places = {"completed": self.completed, "cancelled": self.cancelled, "dead": self.dead}
            if row.outcome in places:
                places[row.outcome].append(row.task_id)
            elif row.outcome != "retried":
                self.refused.append(row.task_id)

    def note_cancels(self, rows: Iterable[Any]) -> None:
        """Note how cancellations were answered; what had ended before is another's affair."""
        for row in rows:
            if row.outcome == "cancelled":
                self.cancelled.append(row.task_id)
            elif row.outcome == "cancel_requested":
                self.wished.append(row.task_id)

    def add(self, other: Ledger) -> None:
        """Take over what another process was told."""
        for name in _FIELDS:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def message(self) -> dict[str, Any]:
        """Itself as a message between processes."""
        return {name: getattr(self, name) for name in _FIELDS}

    @classmethod
    def of_message(cls, message: dict[str, Any]) -> Ledger:
        """The ledger in a message, whose pairs have become lists."""
        claimed = [(task_id, attempt) for task_id, attempt in message["claimed"]]
        return cls(**{**message, "claimed": claimed})


_FIELDS = tuple(item.name for item in dataclasses.fields(Ledger))

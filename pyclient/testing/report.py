"""What ran in this process, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Run(NamedTuple):
    """One attempt.

    Attributes:
        task_id: of the task.
        task_name: its name.
        queue: it came from.
        attempt: 1 = first.
        outcome: completed, retried, released, dead, failed, cancelled; or lost: the task was
            taken from it meanwhile.
        error: why it did not complete.
    """

    task_id: str
    task_name: str
    queue: str
    attempt: int
    outcome: str
    error: str | None = None

    def __str__(self) -> str:
        first = (self.error or "").partition("\n")[0]
        said = f"{self.task_name} {self.task_id} attempt {self.attempt}: {self.outcome}"
        return f"{said}, {first}" if first else said


@dataclass(slots=True)
class Report:
    """What ran, in that order; its text has a line per attempt.

    Attributes:
        runs: every attempt.
        left: ready tasks that were not run, because of the limit or of a hook before_dequeue.
    """

    runs: list[Run] = field(default_factory=list)
    left: int = 0

    @property
    def completed(self) -> list[str]:
        """The ids of tasks that completed."""
        return self.ids("completed")

    @property
    def retried(self) -> list[str]:
        """The ids of tasks that failed and are to be tried again; one for each such attempt."""
        return self.ids("retried")

    @property
    def dead(self) -> list[str]:
        """The ids of tasks that became dead letters."""
        return self.ids("dead")

    @property
    def released(self) -> list[str]:
        """The ids of tasks that were given back: they snoozed, or the app does not know them."""
        return self.ids("released")

    @property
    def cancelled(self) -> list[str]:
        """The ids of tasks that were cancelled, by themselves too."""
        return self.ids("cancelled")

    def ids(self, outcome: str) -> list[str]:
        """The ids of the tasks with an attempt that ended so."""
        return [run.task_id for run in self.runs if run.outcome == outcome]

    def __str__(self) -> str:
        lines = [*map(str, self.runs), *([f"{self.left} left"] if self.left else [])]
        return "\n".join(lines) or "nothing ran"

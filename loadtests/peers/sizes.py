"""How much of everything a run does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """The sizes of the workloads; seconds where not said otherwise.

    Attributes:
        seconds: that count in W1, W2, W5 and W7, and that W3 is to take.
        warmup_s: before them; deep_warmup_s: in W7, where the server still writes back what was
            loaded.
        trial_s: of the trials by which W5 judges how many tasks to load.
        trial_tasks: loaded for them; in batches of 100 ten times as many.
        bulk: tasks of one call in W2.
        drain_most: tasks in W3 at most.
        drain_trial: tasks of the first trial of W3.
        latency_tasks: tasks in W4.
        settle_s: rest of the workers before them.
        free_s, held_s: of W6 without and beside a held snapshot.
        deep: tasks ready, and tasks delayed, in W7.
        bound_s: after which what has not ended is stopped. Loading has ten times that.
        rest_s: for which a store may go on to change after a run before its ledger is checked.
        clients: the most client processes in W5 to W7.
    """

    seconds: float = 5.0
    warmup_s: float = 1.0
    deep_warmup_s: float = 3.0
    trial_s: float = 0.5
    trial_tasks: int = 2_000
    bulk: int = 1000
    drain_most: int = 100_000
    drain_trial: int = 200
    latency_tasks: int = 200
    settle_s: float = 2.0
    free_s: float = 30.0
    held_s: float = 60.0
    deep: int = 1_000_000
    bound_s: float = 60.0
    rest_s: float = 10.0
    clients: int = 8

    @property
    def loading_s(self) -> float:
        """How long loading may take."""
        return self.bound_s * 10


FULL = Sizes()
QUICK = Sizes(
    seconds=1.0,
    warmup_s=0.3,
    deep_warmup_s=0.5,
    trial_s=0.2,
    trial_tasks=200,
    drain_most=5_000,
    drain_trial=50,
    latency_tasks=40,
    settle_s=1.0,
    free_s=3.0,
    held_s=6.0,
    deep=20_000,
    bound_s=30.0,
)

"""What an autoscaler needs of the pool that it scales."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Target(Protocol):
    """A pool of workers whose size can be changed.

    An autoscaler uses it from a thread of its own. No call may wait for that thread to end.

    Attributes:
        size: workers that the pool is to have.
    """

    @property
    def size(self) -> int: ...

    def resize(self, size: int, /) -> None:
        """Change how many workers the pool is to have. Workers that go end their tasks first."""

    def busy(self) -> tuple[int, int]:
        """Slots that run a task now, and slots in all. Called about once a second."""

    def memory_mb(self) -> float:
        """Resident memory of the processes of all workers together, in MB: see resident_mb()."""


def resident_mb(pids: Iterable[int]) -> float:
    """Resident memory of these processes together, in MB; those that are gone count nothing.

    Pages that several processes share count for each of them.
    """
    import psutil

    total = 0
    for pid in pids:
        try:
            total += psutil.Process(pid).memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return float(total) / 2**20

"""What the no-op tasks noted: a file with a line for each execution, its number and its time."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Notes:
    """Executions in the order of their lines.

    Attributes:
        numbers: of the tasks.
        times_ns: when each started, as of time.time_ns().
    """

    numbers: array[int] = field(default_factory=lambda: array("q"))
    times_ns: array[int] = field(default_factory=lambda: array("q"))

    @property
    def seconds(self) -> float:
        """From the first to the last execution."""
        return (max(self.times_ns) - min(self.times_ns)) / 1e9 if self.times_ns else 0.0

    @property
    def rate(self) -> float | None:
        """Executions per second after the first; None without two of them."""
        return (len(self.numbers) - 1) / self.seconds if self.seconds else None

    def per_second(self) -> tuple[float, ...]:
        """Executions in each whole second after the first."""
        if not self.times_ns:
            return ()
        begin, counts = min(self.times_ns), [0.0] * int(self.seconds)
        for time_ns in self.times_ns:
            second = (time_ns - begin) // 10**9
            if second < len(counts):
                counts[second] += 1
        return tuple(counts)

    def first_ns(self) -> dict[int, int]:
        """When each task started for the first time."""
        found: dict[int, int] = {}
        for number, time_ns in zip(self.numbers, self.times_ns, strict=True):
            found[number] = min(time_ns, found.get(number, time_ns))
        return found


def read(path: Path) -> Notes:
    """Read the file; one that is not there yet has no lines. Raises ValueError on a torn line."""
    found = Notes()
    if path.exists():
        for line in path.read_text().splitlines():
            number, time_ns = line.split()
            found.numbers.append(int(number))
            found.times_ns.append(int(time_ns))
    return found


class Count:
    """How many lines the file has by now, at little cost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = self._lines = 0

    def lines(self) -> int:
        """Count what was added since the last time."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._at)
                while chunk := file.read(_CHUNK):
                    self._lines += chunk.count(b"\n")
                    self._at += len(chunk)
        return self._lines

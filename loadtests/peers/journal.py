"""What client processes did, cycle by cycle, in files: it survives a client that is killed."""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.driver import Log, Run

# Begin and end in nanoseconds; how many numbers were enqueued, and how many completed.
_HEAD = struct.Struct("<qqII")
_NUMBER_BYTES = 8


class Journal:
    """The file of one client."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def write(
        self, begin_ns: int, end_ns: int, enqueued: Sequence[int], completed: Sequence[int]
    ) -> None:
        """Append a cycle in one write."""
        head = _HEAD.pack(begin_ns, end_ns, len(enqueued), len(completed))
        numbers = array("q", enqueued).tobytes() + array("q", completed).tobytes()
        os.write(self._file, head + numbers)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


@dataclass
class Deeds:
    """What one client did: when each cycle was, and all numbers."""

    begins: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    enqueued_each: array[int] = field(default_factory=lambda: array("q"))
    completed_each: array[int] = field(default_factory=lambda: array("q"))
    enqueued: array[int] = field(default_factory=lambda: array("q"))
    completed: array[int] = field(default_factory=lambda: array("q"))

    def log(self, *, counts_completed: bool) -> Log:
        """The cycles that completed something, or those that enqueued something."""
        log = Log()
        counts = self.completed_each if counts_completed else self.enqueued_each
        for begin, end, count in zip(self.begins, self.ends, counts, strict=True):
            if count:
                log.cycles.append(end - begin)
                log.ends.append(end)
                log.counts.append(count)
        return log


def read(path: Path) -> Deeds:
    """Read a journal; a cycle that was cut off at its end is left out."""
    found, data, at = Deeds(), path.read_bytes(), 0
    while at + _HEAD.size <= len(data):
        begin, end, enqueued, completed = _HEAD.unpack_from(data, at)
        middle = at + _HEAD.size + enqueued * _NUMBER_BYTES
        after = middle + completed * _NUMBER_BYTES
        if after > len(data):
            break
        found.begins.append(begin)
        found.ends.append(end)
        found.enqueued_each.append(enqueued)
        found.completed_each.append(completed)
        found.enqueued.frombytes(data[at + _HEAD.size : middle])
        found.completed.frombytes(data[middle:after])
        at = after
    return found


def per_second(run: Run) -> tuple[float, ...]:
    """Tasks in each whole second; a cycle counts in each by the part of it that lies there."""
    seconds = [0.0] * int(run.seconds)
    for log in run.logs:
        for (end, duration), count in zip(log.spans(), log.counts, strict=True):
            _spread(seconds, end - duration - run.begin_ns, end - run.begin_ns, count)
    return tuple(seconds)


def _spread(seconds: list[float], begin_ns: int, end_ns: int, count: int) -> None:
    length_ns = max(end_ns - begin_ns, 1)
    for second in range(max(begin_ns // 10**9, 0), min(end_ns // 10**9 + 1, len(seconds))):
        inside = min(end_ns, (second + 1) * 10**9) - max(begin_ns, second * 10**9)
        seconds[second] += count * max(inside, 0) / length_ns

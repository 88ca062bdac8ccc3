"""What happens in the queues, looked at again and again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from pyclient._generated import ListDlqRow, ListQueuesRow, ListWorkersRow
from pyclient.client import Client
from pyclient.stats.pace import Pace, measure

#: Queues whose pace is measured: each of them costs a call.
QUEUES = 30
_FIRST_WINDOW_S = 60
_DEAD_LETTERS = 100


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A queue at the time of a look.

    Attributes:
        counts: what the server counted.
        pace: of the tasks that ended since the look before, at first within a minute.
        in_rate: tasks that came per second since the look before; None = there was none.
    """

    counts: ListQueuesRow
    pace: Pace
    in_rate: float | None


@dataclass(frozen=True, slots=True)
class Frame:
    """One look.

    Attributes:
        at: when.
        queues: the busiest QUEUES of them, by name.
        queue_count: how many there are.
        workers: the last heard of first.
        failures: dead letters among the newest tasks, the latest death first.
        overdue_s: how late the latest duty of maintenance is, of those that ever ran.
    """

    at: datetime
    queues: list[QueueLine]
    queue_count: int
    workers: list[ListWorkersRow]
    failures: list[ListDlqRow]
    overdue_s: float


class Watch:
    """Looks, and remembers the look before."""

    def __init__(self, client: Client) -> None:
        """Nothing is asked yet; the account needs the role viewer."""
        self._client = client
        self._looked_at: float | None = None
        self._tasks: dict[str, int] = {}

    def look(self) -> Frame:
        """Ask the server how things are."""
        client = self._client
        now = time.monotonic()
        elapsed_s = None if self._looked_at is None else now - self._looked_at
        rows = client.call_list_queues()
        busiest = sorted(rows, key=lambda row: -(row.ready + row.running))[:QUEUES]
        lines = [self._line(row, elapsed_s) for row in sorted(busiest, key=lambda row: row.queue)]
        self._tasks = {row.queue: _tasks(row) for row in rows}
        self._looked_at = now
        failures = client.call_list_dlq(None, _DEAD_LETTERS)
        duties = [duty for duty in client.call_get_maintenance() if duty.last_at is not None]
        return Frame(
            datetime.now(UTC),
            lines,
            len(rows),
            client.call_list_workers(),
            sorted(failures, key=lambda row: row.died_at, reverse=True),
            max((duty.overdue_ms for duty in duties), default=0) / 1000,
        )

    def _line(self, row: ListQueuesRow, elapsed_s: float | None) -> QueueLine:
        """What came is what ended, and what there is more of than before."""
        window_s = _FIRST_WINDOW_S if elapsed_s is None else max(1, round(elapsed_s))
        pace = measure(self._client, row.queue, window_s)
        if elapsed_s is None:
            return QueueLine(row, pace, None)
        more = _tasks(row) - self._tasks.get(row.queue, 0)
        return QueueLine(row, pace, max(0.0, pace.per_s + more / elapsed_s))


def _tasks(row: ListQueuesRow) -> int:
    return row.ready + row.scheduled + row.running + row.dead

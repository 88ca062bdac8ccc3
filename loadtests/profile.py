"""``python -m loadtests.profile``: where a routine's processor time goes, statement by statement.

One client, one connection. All times are processor time of the server's thread, so that waiting,
for a core or for a flush, does not count in them. The statements of the routines are read from
``performance_schema``; as writing them there makes them slower, plain runs give the whole. What a
routine does besides its statements (variables, conditions) counts as its ``CALL``.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from loadtests import report
from loadtests.queues import Celers, CelersQueue, Fault, Link, Queue
from loadtests.server import Server
from pyclient.dsn import from_environment

#: Events that performance_schema keeps by default, and most of them that one call makes.
_KEPT, _EVENTS_A_CALL = 10_000, 80
#: Below this share of the whole a statement is not shown by itself.
_LEAST = 0.01
_CONSUMERS = "'events_statements_history_long', 'events_statements_cpu', 'thread_instrumentation'"
_EVENTS = """
    SELECT
        event_id,
        end_event_id,
        event_name,
        object_name,
        REGEXP_REPLACE(LEFT(sql_text, 100), '[[:space:]]+', ' '),
        cpu_time / 1e6
    FROM performance_schema.events_statements_history_long
    WHERE thread_id = {}
    ORDER BY event_id
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Work:
    """A call to look into, and for how many tasks it counts."""

    name: str
    call: Callable[[Queue], object]
    tasks: int
    is_claim: bool = False


_WORKS = (
    Work("celers_enqueue", lambda queue: queue.enqueue(), 1),
    Work("celers_enqueue_batch of 1,000", lambda queue: queue.enqueue_many(1000), 1000),
    Work("celers_step, one by one", lambda queue: queue.step(1), 1, is_claim=True),
    Work("celers_step of 100", lambda queue: queue.step(100), 100, is_claim=True),
    Work("celers_step of 1,000", lambda queue: queue.step(1000), 1000, is_claim=True),
)


class Profile:
    """A client whose server thread is watched."""

    def __init__(self, celers: Celers, watcher: Link, pid: int) -> None:
        """Connect to a new queue."""
        celers.begin()
        self._watcher = watcher
        queue = celers.queue()
        assert isinstance(queue, CelersQueue)
        self.queue = queue
        [(self._thread, os_id)] = watcher.run(
            "SELECT thread_id, thread_os_id FROM performance_schema.threads "
            f"WHERE processlist_id = {self.queue.connection_id}".encode()
        )
        self._times = Path(f"/proc/{pid}/task/{os_id}/schedstat")

    def cpu_us(self) -> float:
        """Processor time of the server's thread so far."""
        return int(self._times.read_text().split()[0]) / 1e3

    def whole(self, work: Work, calls: int) -> float:
        """Microseconds per task, of so many calls."""
        self.prepare(work, calls + 3)
        for _ in range(3):
            work.call(self.queue)
        before = self.cpu_us()
        for _ in range(calls):
            work.call(self.queue)
        return (self.cpu_us() - before) / (calls * work.tasks)

    def prepare(self, work: Work, calls: int) -> None:
        """Load what will be claimed."""
        self.queue.ack()
        if work.is_claim:
            self.queue.load(calls * work.tasks)

    def statements(self, work: Work, calls: int) -> Counter[tuple[str, str]]:
        """Microseconds per call by routine and statement, without what they call in turn."""
        self.prepare(work, calls + 3)
        for _ in range(3):
            work.call(self.queue)
        self._watcher.run(b"TRUNCATE performance_schema.events_statements_history_long")
        for _ in range(calls):
            work.call(self.queue)
        rows = self._watcher.run(_EVENTS.format(self._thread).encode())
        spent = Counter[tuple[str, str]]()
        around: list[tuple[int, tuple[str, str]]] = []  # the statements that are being carried out
        for begin, end, name, routine, text, cpu_us in rows:
            while around and around[-1][0] < begin:
                around.pop()
            is_call = text is not None and text.split()[0] == "CALL"
            key = (routine or "", "CALL" if is_call else text or name)
            spent[key] += cpu_us or 0
            if around:
                spent[around[-1][1]] -= cpu_us or 0
            around.append((end, key))
        return Counter({key: us / calls for key, us in spent.items()})


def main(words: Sequence[str] | None = None) -> int:
    """Measure, and print Markdown."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.profile", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="plain runs of each setting in turn")
    parser.add_argument("--calls", type=int, default=100, help="calls of a run")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the page here too")
    options = parser.parse_args(words)
    dsn = from_environment(None)
    watcher = Link(dataclasses.replace(dsn, database=None))
    server = Server(dataclasses.replace(dsn, database=None))
    try:
        pid = int(Path(server.pid_file()).read_text())
    except OSError:
        print("the server must run on this machine", file=sys.stderr)
        return 2
    celers = Celers(dataclasses.replace(dsn, database=f"celers_bench_{os.getpid()}_profile"))
    lines = [
        "# Where the processor time goes",
        "",
        "Written by `python -m loadtests.profile --markdown`: one client, processor time of the "
        "server's thread. `CALL` is what a routine does besides its statements.",
        "",
        report.header(server.facts()),
        "",
    ]
    try:
        celers.create()
        for work in _WORKS:
            some = list(_report(Profile(celers, watcher, pid), watcher, work, options))
            print("\n".join(some), flush=True)
            lines += some
    except Fault as fault:
        print(f"WRONG: {fault}", file=sys.stderr)
        return 1
    finally:
        celers.drop()
    if options.markdown:
        options.markdown.write_text("\n".join(lines).rstrip() + "\n")
    return 0


def _report(
    profile: Profile, watcher: Link, work: Work, options: argparse.Namespace
) -> Iterator[str]:
    calls = options.calls if work.tasks < 1000 else max(options.calls // 10, 5)
    runs: dict[str, list[float]] = {"as it is": [], "without the binary log": []}
    for _ in range(options.rounds):
        runs["as it is"].append(profile.whole(work, calls))
        profile.queue.configure("SET sql_log_bin = 0")
        runs["without the binary log"].append(profile.whole(work, calls))
        profile.queue.configure("SET sql_log_bin = 1")
    with all_events(watcher):
        spent = profile.statements(work, min(calls, _KEPT // _EVENTS_A_CALL))
    yield f"## {work.name}"
    yield ""
    for name, found in runs.items():
        yield f"* {name}: {statistics.median(found):.1f} µs per task"
    yield ""
    yield "| routine | statement | µs per call | share |"
    yield "|---|---|---:|---:|"
    whole = spent.total()
    for (routine, text), us in spent.most_common():
        if us >= _LEAST * whole:
            yield f"| {routine} | `{text}` | {us:.1f} | {us / whole:.0%} |"
    yield ""


@contextlib.contextmanager
def all_events(watcher: Link) -> Iterator[None]:
    """Have performance_schema keep every statement with its processor time, for the block."""
    names = f"SELECT name FROM performance_schema.setup_consumers WHERE name IN ({_CONSUMERS})"
    before = [row[0] for row in watcher.run(f"{names} AND enabled = 'NO'".encode())]
    listed = ", ".join(f"'{name}'" for name in before) or "''"
    switch = (
        f"UPDATE performance_schema.setup_consumers SET enabled = '{{}}' WHERE name IN ({listed})"
    )
    watcher.run(switch.format("YES").encode())
    try:
        yield
    finally:
        watcher.run(switch.format("NO").encode())


if __name__ == "__main__":
    sys.exit(main())

"""A graph of tasks: each node waits for its parents, and takes their results by their handles.

All nodes are enqueued at once, in any order. A node whose parents have not ended snoozes, one whose
parent failed is cancelled: `python -m examples.dag`, with CELERS_DSN set to a schema.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pyclient
from examples.workers import working
from pyclient.app import Cancel, Reject, Snooze, Task, TaskHandle

app = pyclient.App("dag")
TEXTS = {
    "fox": "the quick brown fox jumps over the lazy dog",
    "owl": "the owl and the pussycat went to sea",
    "blank": "",
}
_LIVING = ("pending", "processing")


def results_of(parents: Iterable[str]) -> list[Any]:
    """What the parents returned.

    Raises:
        Snooze: one of them has not ended.
        Cancel: one of them failed.
    """
    handles = [app.handle(parent) for parent in parents]
    states = [handle.status() for handle in handles]
    if any(state not in (*_LIVING, "completed") for state in states):
        raise Cancel("a parent failed")
    if any(state in _LIVING for state in states):
        raise Snooze(0.1)  # a real one would wait for seconds
    return [handle.result() for handle in handles]


@app.task(queue="dag", max_retries=0)
def load(name: str) -> list[str]:
    """A source: the words of a text."""
    if not TEXTS[name]:
        raise Reject(f"the text {name} is empty")
    return TEXTS[name].split()


@app.task(queue="dag")
def count(parents: list[str]) -> dict[str, int]:
    """How often each word occurs."""
    [words] = results_of(parents)
    return dict(Counter(words))


@app.task(queue="dag")
def merge(parents: list[str]) -> dict[str, int]:
    """The join: one count of all."""
    total: Counter[str] = Counter()
    for counted in results_of(parents):
        total.update(counted)
    return dict(total)


class Graph:
    """The nodes of one run. A key for each makes it one task, however often it is enqueued."""

    def __init__(self, run: str) -> None:
        """A graph without nodes."""
        self._run = run

    def source(self, node: str, text: str) -> TaskHandle[list[str]]:
        """Add a node without parents."""
        return load.using(key=f"{self._run}:{node}").enqueue(text)

    def node(
        self, node: str, task: Task[[list[str]], Any], *parents: TaskHandle[Any]
    ) -> TaskHandle[Any]:
        """Add a node."""
        ids = [parent.id for parent in parents]
        return task.using(key=f"{self._run}:{node}").enqueue(ids)


def build(run: str, texts: Iterable[str]) -> TaskHandle[dict[str, int]]:
    """Enqueue the graph: load and count each text, then merge. The handle of the last node."""
    graph = Graph(run)
    counts = [
        graph.node(f"count-{text}", count, graph.source(f"load-{text}", text)) for text in texts
    ]
    return graph.node("merge", merge, *counts)


def main() -> None:
    """A graph that works, twice the same, and one with a bad source."""
    run = str(uuid.uuid4())
    good, again = (build(f"{run}-good", ["fox", "owl"]) for _ in range(2))
    bad = build(f"{run}-bad", ["fox", "blank"])
    with working("examples.dag:app", "--queues", "dag", "--concurrency", "2"):
        counted = good.result(timeout=60)
        assert bad.wait(timeout=60) == "cancelled"
    assert (again, again.created) == (good, False)
    assert counted == dict(Counter(" ".join((TEXTS["fox"], TEXTS["owl"])).split()))
    print(f"merged: {sorted(counted, key=lambda word: -counted[word])[0]!r} is the first of all")


if __name__ == "__main__":
    main()

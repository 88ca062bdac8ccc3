"""The harness of the side-by-side comparison, with celers alone and on a small scale."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from loadtests.peers import __main__ as command
from loadtests.peers import clients, crew, raw, results
from loadtests.peers.adapter import Command
from loadtests.peers.catalogue import Entry, find
from loadtests.peers.clients import Span
from loadtests.peers.harness import Harness, text
from loadtests.peers.machine import machine
from loadtests.peers.results import DOES_NOT_FINISH, EXACT, FAILED, Record, Results
from loadtests.peers.sizes import Sizes
from loadtests.peers.systems.celers import Celers
from tools.freshschema import Schema

TINY = Sizes(
    seconds=0.2,
    warmup_s=0.05,
    deep_warmup_s=0.05,
    trial_s=0.05,
    trial_tasks=20,
    bulk=10,
    drain_most=20,
    drain_trial=20,
    latency_tasks=4,
    settle_s=0.0,
    free_s=0.2,
    held_s=1.1,
    deep=100,
    bound_s=20.0,
    rest_s=0.2,
    clients=2,
)


class _Tiny(Celers):
    """celers in the schema of the tests."""

    variants: tuple[str, ...] = ("default",)

    def __init__(self, schema: Schema) -> None:
        super().__init__(schema.dsn, urlsplit(schema.dsn).path[1:])
        self._schema = schema

    def reset(self) -> None:
        self._schema.reset()


class _Twice:
    """A broker that hands out one task twice."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._has_lied = False

    def claim(self, count: int) -> list[int]:
        numbers: list[int] = self._inner.claim(count)
        if numbers and not self._has_lied:
            self._has_lied = True
            numbers.append(numbers[0])
        return numbers

    def complete(self) -> None:
        self._inner.complete()

    def close(self) -> None:
        self._inner.close()


class _Doubling(_Tiny):
    def broker(self) -> Any:
        return _Twice(super().broker())


class _Forgetful:
    """A producer that drops its second task."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def enqueue(self, number: int) -> None:
        if number != 1:
            self._inner.enqueue(number)

    def close(self) -> None:
        self._inner.close()


class _Losing(_Tiny):
    def client(self) -> Any:
        return _Forgetful(super().client())


class _Idle(_Tiny):
    """Its workers do nothing."""

    def workers(self, processes: int, variant: str) -> list[Command]:
        return [Command((sys.executable, "-c", "import time; time.sleep(60)"))] * processes


class _Broken(_Tiny):
    """Its workers end at once."""

    def workers(self, processes: int, variant: str) -> list[Command]:
        return [Command((sys.executable, "-c", "raise SystemExit('no such module')"))] * processes


class _Refusing(_Tiny):
    def client(self) -> Any:
        raise ConnectionError("the server is not there")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def _run(
    peer: type[_Tiny],
    schema: Schema,
    home: Path,
    *names: str,
    sizes: Sizes = TINY,
    found: Results | None = None,
) -> Results:
    path = home / "found.json"
    found = found or Results(machine(), sizes=dataclasses.asdict(sizes))
    chosen = [one for one in command.WORKLOADS if one.name in names]
    entry = Entry("celers", peer.name, peer.server, lambda _: peer(schema))
    Harness(found, path, home, sizes, chosen, url=schema.dsn).run([entry])
    return results.load(path) if path.exists() else found


def _by_key(found: Results) -> dict[tuple[str, str, int, int], Record]:
    return {
        (one.key.workload, one.key.case, one.key.clients, one.key.batch): one
        for one in found.records
    }


def test_enqueueing(schema: Schema, home: Path) -> None:
    found = _run(_Tiny, schema, home, "W1", "W2")
    records = _by_key(found)
    assert set(records) == {("W1", "", 1, 1), ("W2", "", 1, 10)}
    for record in records.values():
        assert (record.ledger, record.outcome) == (EXACT, "ok")
        assert record.rate
        assert record.p50_ms
        assert record.p50_ms <= (record.p99_ms or 0)
    assert found.servers["mysql"]["sync_binlog"] == "1"
    assert "celers" in text(found.records[0])


def test_claiming_shallow_and_deep(
    schema: Schema, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loadtests.peers.raw.BATCHES", {5: 2})
    records = _by_key(_run(_Tiny, schema, home, "W5", "W7"))
    assert set(records) == {
        *(("W5", "", clients, 5) for clients in (1, 2)),
        *(("W7", case, 2, 5) for case in ("delayed first", "ready first")),
    }
    for (workload, *_), record in records.items():
        assert (record.ledger, record.outcome) == (EXACT, "ok"), text(record)
        assert record.tasks == (TINY.deep if workload == "W7" else 0)


def test_beside_a_snapshot(schema: Schema, home: Path) -> None:
    records = _by_key(_run(_Tiny, schema, home, "W6"))
    assert {key[1] for key in records} == {"free", "held"}
    held = records["W6", "held", 2, 1]
    assert held.ledger == EXACT
    assert len(held.series) == 1
    assert held.rate


def test_workers(schema: Schema, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadtests.peers.draining._TELLING", 0)
    monkeypatch.setattr("loadtests.peers.draining.PROCESSES", (1,))
    found = _run(_Tiny, schema, home, "W3", "W4")
    drained, waited = found.records
    assert (drained.ledger, drained.outcome, drained.count) == (EXACT, "ok", drained.tasks)
    assert drained.rate
    assert (waited.ledger, waited.outcome, waited.count) == (EXACT, "ok", TINY.latency_tasks)
    assert waited.p50_ms
    assert waited.rate is None


def test_a_task_done_twice_is_said(
    schema: Schema, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loadtests.peers.raw.BATCHES", {1: 1})
    records = _run(_Doubling, schema, home, "W5").records
    assert records
    for record in records:
        assert record.is_wrong
        assert "done twice" in record.ledger
        assert record.ledger in text(record)


def test_a_task_lost_is_said(schema: Schema, home: Path) -> None:
    [record] = _run(_Losing, schema, home, "W1").records
    assert record.ledger == "WRONG: 1 tasks lost"


def test_what_does_not_finish_is_said(schema: Schema, home: Path) -> None:
    sizes = dataclasses.replace(TINY, bound_s=0.3, latency_tasks=1)
    [record] = _run(_Idle, schema, home, "W4", sizes=sizes).records
    assert (record.outcome, record.count, record.ledger) == (DOES_NOT_FINISH, 0, EXACT)


def test_workers_that_end_by_themselves_have_failed(schema: Schema, home: Path) -> None:
    [record] = _run(_Broken, schema, home, "W4").records
    assert record.outcome == FAILED
    assert "no such module" in record.note


def test_resume_measures_what_failed_and_what_is_left(schema: Schema, home: Path) -> None:
    failed = _run(_Refusing, schema, home, "W1")
    [record] = failed.records
    assert (record.outcome, record.rate) == (FAILED, None)
    assert "the server is not there" in record.note
    once = _run(_Tiny, schema, home, "W1", found=failed)
    again = _run(_Tiny, schema, home, "W1", "W2", found=once)
    assert [one.outcome for one in again.records] == ["ok", "ok"]
    assert again.records[0] == once.records[0]


def test_what_a_system_does_not_have_is_skipped(schema: Schema, home: Path) -> None:
    class Plain(_Tiny):
        has_bulk = False

        def broker(self) -> Any:
            return None

    found = _run(Plain, schema, home, "W2", "W5", "W6", "W7")
    assert not found.records
    assert {one.workload: one.reason for one in found.skipped} == {
        "W2": "it has no bulk enqueue",
        **dict.fromkeys(("W5", "W6", "W7"), "its broker has no interface of its own"),
    }
    again = _run(_Tiny, schema, home, "W2", found=found)
    assert {one.workload for one in again.skipped} == {"W5", "W6", "W7"}


class _Finite:
    """A client of a queue of three tasks."""

    def __init__(self) -> None:
        self._left = [1, 2, 3]

    def cycle(self) -> tuple[Sequence[int], Sequence[int]]:
        return (), [self._left.pop()] if self._left else ()

    def close(self) -> None:
        pass


class _Stuck(_Finite):
    """It never comes back from its third cycle."""

    def cycle(self) -> tuple[Sequence[int], Sequence[int]]:
        if len(self._left) == 1:
            time.sleep(60)
        return super().cycle()


def test_an_empty_queue_ends_a_run(home: Path) -> None:
    done = clients.run([_Finite], Span(0.0, 30.0, 5.0), home, counts_completed=True)
    assert (list(done.completed), done.ran_empty, done.killed) == ([3, 2, 1], True, 0)
    assert done.run.seconds < 10


def test_a_queue_that_was_empty_too_early_has_no_rate(home: Path) -> None:
    done = clients.run([_Finite], Span(0.5, 5.0, 5.0), home, counts_completed=True)
    found = raw.figures(done, EXACT)
    assert (found.rate, found.note) == (None, "ran empty before its time began")


def test_a_client_that_is_stuck_is_killed_and_what_it_did_counts(home: Path) -> None:
    done = clients.run([_Stuck], Span(0.0, 0.1, 0.1), home, counts_completed=True)
    assert (list(done.completed), done.ran_empty, done.killed) == ([3, 2], False, 1)


def test_a_process_that_hangs_is_killed() -> None:
    with pytest.raises(crew.NotFinished):
        crew.apart([partial(time.sleep, 60.0), partial(time.sleep, 0.0)], 0.2)


def test_a_process_that_fails_says_why() -> None:
    with pytest.raises(crew.ProcessFailed, match="ZeroDivisionError"):
        crew.apart([partial(divmod, 1, 0)], 10)


def test_every_module_says_what_it_has_or_why_not() -> None:
    entries, skipped = find([])
    assert entries[0].name == "celers"
    assert all(one.reason for one in skipped)
    assert [one.module for one in find(["celers"])[0]] == ["celers"]

"""What the side-by-side comparison makes of what clients and tasks wrote down."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from loadtests import stats
from loadtests.driver import Run
from loadtests.peers import journal, ledger, notes, results
from loadtests.peers.draining import wanted
from loadtests.peers.install import requirements
from loadtests.peers.journal import Journal
from loadtests.peers.latency import gaps
from loadtests.peers.results import EXACT, Key, Machine, Record, Results, Skipped
from loadtests.peers.sizes import FULL

SECOND = 10**9


def test_a_ledger_is_exact() -> None:
    assert ledger.check(range(10), [3, 1, 2], 7) == EXACT


@pytest.mark.parametrize(
    ("completed", "open_count", "fault"),
    [
        ([1, 2, 3], 6, "1 tasks lost"),
        ([1, 2, 2], 8, "1 tasks done twice"),
        ([1, 2, 77], 8, "1 tasks made up"),
        ([1, 2, 3], 9, "2 tasks done and still open"),
        ([1, 9], 8, "1 tasks done before they were due"),
        ([1, 1, 2], 7, "1 tasks done twice, 1 tasks lost"),
    ],
)
def test_a_ledger_says_what_is_wrong(completed: list[int], open_count: int, fault: str) -> None:
    found = ledger.check(range(10), completed, open_count, delayed=range(9, 10))
    assert found == f"WRONG: {fault}"


def test_a_ledger_says_what_was_enqueued_twice() -> None:
    assert ledger.check([1, 2, 2], [], 2) == "WRONG: 1 tasks enqueued twice"


def test_a_killed_client_leaves_its_last_call_in_doubt() -> None:
    assert ledger.check(range(10), [1], 7, in_doubt=2) == EXACT
    assert ledger.check(range(10), [1], 6, in_doubt=2) == "WRONG: 3 tasks lost"


def test_a_journal_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written = Journal(path)
    written.write(1, 5, [10, 11], [])
    written.write(5, 9, (), [10])
    written.close()
    found = journal.read(path)
    assert (list(found.enqueued), list(found.completed)) == ([10, 11], [10])
    completions, enqueues = found.log(counts_completed=True), found.log(counts_completed=False)
    assert (list(completions.cycles), list(completions.counts)) == ([4], [1])
    assert (list(enqueues.ends), list(enqueues.counts)) == ([5], [2])


def test_a_journal_that_was_cut_off_keeps_its_whole_cycles(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written = Journal(path)
    written.write(0, 1, [], [1, 2])
    written.write(1, 2, [], [3, 4])
    written.close()
    whole = path.read_bytes()
    for left in (1, 8, 30):
        path.write_bytes(whole[:-left])
        assert list(journal.read(path).completed) == [1, 2]


def test_tasks_per_second_are_shared_out_by_time(tmp_path: Path) -> None:
    written = Journal(tmp_path / "journal")
    written.write(0, SECOND // 2, [], [1, 2])
    written.write(SECOND // 2, 2 * SECOND, [], [3, 4, 5])
    written.write(2 * SECOND, 2 * SECOND + 1, [], [6])
    written.close()
    log = journal.read(tmp_path / "journal").log(counts_completed=True)
    assert journal.per_second(Run(0, 3 * SECOND, [log])) == pytest.approx((3.0, 2.0, 1.0))


def test_percentiles_are_samples() -> None:
    found = stats.latency([array("q", range(1_000_000, 101_000_000, 1_000_000))])
    assert found == stats.Latency(50.0, 95.0, 99.0, 100)


def test_executions_are_counted_from_the_first_to_the_last(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    assert notes.read(path).rate is None
    path.write_text(f"7 {5 * SECOND}\n8 {6 * SECOND}\n7 {7 * SECOND}\n")
    found = notes.read(path)
    assert found.rate == pytest.approx(1.0)
    assert found.per_second() == (1.0, 1.0)
    assert found.first_ns() == {7: 5 * SECOND, 8: 6 * SECOND}


def test_lines_are_counted_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    count = notes.Count(path)
    assert count.lines() == 0
    for expected in (1, 2):
        with path.open("a") as file:
            file.write("1 2\n")
        assert count.lines() == expected


def test_moments_of_tasks_are_the_same_each_time() -> None:
    found = gaps(200)
    assert found == gaps(200)
    assert 0.04 <= min(found) < 0.045 < 0.055 < max(found) <= 0.06


def test_tasks_to_drain_are_bounded() -> None:
    assert [wanted(rate, FULL) for rate in (0.5, 1_000, 10**9)] == [200, 5_000, 100_000]


def test_requirements_are_read_line_by_line() -> None:
    assert requirements("# about\n\nrq==3.*  # why\nhuey\n") == ["rq==3.*", "huey"]


def _record(workload: str, **changes: object) -> Record:
    found = Record(Key("a", workload, "", "", 1, 1), "1", "mysql", "none", "ok", EXACT, "now")
    return Record(**{**vars(found), **changes})


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    found = Results(Machine(2, "a", 1.5, "b", "c", "d"), {"mysql": {"log_bin": "ON"}}, {"deep": 5})
    found.add(_record("W5", series=(1.0, 2.5), p99_ms=0.5))
    found.skip(Skipped("b", "", "it is not there"))
    results.save(found, tmp_path / "found.json")
    assert results.load(tmp_path / "found.json") == found
    assert [path.name for path in tmp_path.iterdir()] == ["found.json"]


def test_a_second_record_takes_the_place_of_the_first() -> None:
    found = Results(Machine(2, "a", 1.5, "b", "c", "d"))
    for rate in (1.0, 2.0):
        found.add(_record("W1", rate=rate))
    found.add(_record("W2"))
    assert [(one.key.workload, one.rate) for one in found.records] == [("W1", 2.0), ("W2", None)]

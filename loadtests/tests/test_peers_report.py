"""The page and the drawings of a side-by-side run, of results that are made up here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from loadtests import plots
from loadtests.peers import charts, report, tables
from loadtests.peers.results import (
    DOES_NOT_FINISH,
    EXACT,
    FAILED,
    OK,
    Key,
    Machine,
    Record,
    Results,
    Skipped,
    save,
)

_OTHER = "Other + Store"


def _record(peer: str, key: tuple[str, str, str, int, int], **values: object) -> Record:
    fields = {"outcome": OK, "ledger": EXACT, "count": 10, "seconds": 1.0, **values}
    return Record(
        key=Key(peer, *key),
        version="1.2",
        server="store",
        guarantee="at least once",
        at="2026-01-31T12:00:00Z",
        **fields,  # type: ignore[arg-type]
    )


def _times(p50: float) -> dict[str, float]:
    return {"p50_ms": p50, "p95_ms": p50 * 2, "p99_ms": p50 * 3}


def _records(peer: str, speed: float) -> Iterator[Record]:
    yield _record(peer, ("W1", "", "", 1, 1), rate=1000 * speed, **_times(1 / speed))
    yield _record(peer, ("W3", "default", "", 1, 1), rate=100 * speed)
    yield _record(peer, ("W3", "default", "", 4, 1), rate=300 * speed)
    yield _record(peer, ("W4", "default", "", 1, 1), **_times(2 / speed))
    yield _record(peer, ("W5", "", "", 8, 1), rate=500 * speed, **_times(1 / speed))
    for case, lasting in (("free", 1.0), ("held", speed)):
        series = tuple(400 * speed * lasting ** (second / 59) for second in range(60))
        rate = sum(series) / 60
        yield _record(peer, ("W6", "", case, 8, 1), rate=rate, series=series, **_times(1 / speed))
    yield _record(peer, ("W7", "", "ready first", 8, 1), rate=450 * speed, tasks=1000)
    rate, outcome = (480.0, OK) if speed == 1 else (0.5, DOES_NOT_FINISH)
    key = ("W7", "", "delayed first", 8, 1)
    yield _record(peer, key, rate=rate, outcome=outcome, tasks=1000)


@pytest.fixture
def results() -> Results:
    """celers, and a system that is half as fast and loses more than half in time."""
    made = Results(Machine(2, "a processor", 16.0, "a system", "6.1", "3.11"))
    made.servers["store"] = {"version": "3.2.1", "fsync": "on"}
    made.records = [*_records(_OTHER, 0.5), *_records(tables.OURS, 1.0)]
    return made


def _rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and "---" not in line
    ]


def _section(page: str, workload: str) -> list[list[str]]:
    return _rows(page.partition(f"## {workload}:")[2].partition("\n## ")[0])


def test_rates_stand_beside_those_of_celers(results: Results) -> None:
    page = report.page(results, [], "plots")
    _, ours, other = _section(page, "W1")
    assert ours == ["celers", "1,000", "1.00", "1.00", "2.00", "3.00"]
    assert other == [_OTHER, "500", "0.50", "2.00", "4.00", "6.00"]
    assert _section(page, "W3")[2] == [f"{_OTHER} [default]", "50", "0.50", "150", "0.50"]


def test_a_latency_that_is_longer_has_a_greater_ratio(results: Results) -> None:
    page = report.page(results, [], "plots")
    assert _section(page, "W4")[2][:3] == [f"{_OTHER} [default]", "4.00", "2.00"]


def test_what_a_snapshot_leaves_is_said(results: Results) -> None:
    _, ours, other = _section(report.page(results, [], "plots"), "W6")
    assert ours == ["celers", "400", "400", "400", "1.00", "1.00"]
    assert other[0] == _OTHER
    assert 0.5 < float(other[4]) < 0.6
    assert float(other[5]) < 0.3


def test_what_was_stopped_failed_or_is_wrong_is_said_in_words(results: Results) -> None:
    results.add(
        _record(_OTHER, ("W1", "", "", 1, 1), outcome=FAILED, ledger="unchecked: no", note="lost")
    )
    wrong = {"ledger": "WRONG: 3 tasks ran twice", "others_cores": 0.9}
    results.add(_record(_OTHER, ("W5", "", "", 8, 1), rate=9.5, **wrong))
    results.skip(Skipped("Absent", "", "no such package"))
    for workload in ("W5", "W7"):
        results.skip(Skipped(_OTHER, workload, "it has no broker"))
    page = report.page(results, [], "plots")
    assert _section(page, "W1")[2][1] == "failed"
    assert _section(page, "W5")[2][1] == "9.5 **WRONG** (not quiet)"
    assert _section(page, "W7")[2][1] == "0.5 (stopped)"
    assert "1 were wrong" in page
    assert "3 tasks ran twice" in page
    assert "* Absent: no such package" in page
    assert f"* {_OTHER}, W5, W7: it has no broker" in page


def test_the_same_results_make_the_same_drawings(results: Results) -> None:
    first, again = ([plots.svg(chart.figure) for chart in charts.of(results)] for _ in range(2))
    names = [chart.name for chart in charts.of(results)]
    assert names == ["peers-held", "peers-latency", "peers-depth-1"]
    assert first == again
    assert len(set(first)) == len(first)


def test_a_command_writes_page_and_drawings(results: Results, tmp_path: Path) -> None:
    save(results, tmp_path / "run.json")
    words = [f"{tmp_path}/run.json", "--markdown", f"{tmp_path}/page.md"]
    assert report.main([*words, "--svg", f"{tmp_path}/plots"]) == 0
    page = (tmp_path / "page.md").read_text()
    drawn = sorted(path.name for path in (tmp_path / "plots").iterdir())
    assert drawn == ["peers-depth-1.svg", "peers-held.svg", "peers-latency.svg"]
    assert all(f"(plots/{name})" in page for name in drawn)


def test_a_file_without_results_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.json").write_text(json.dumps({"lines": []}))
    assert report.main([str(tmp_path / "run.json")]) == 2
    assert "run.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wanted", "gap"),
    [([0.5, 0.5, 0.5], 0.1), ([0.0, 1.0, 0.99], 0.2), ([0.9, 0.1, 0.5, 0.51], 0.05), ([0.3], 0.1)],
)
def test_names_keep_apart_and_in_order(wanted: list[float], gap: float) -> None:
    places = plots.spread(wanted, gap)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    steps = [places[b] - places[a] for a, b in pairwise(order)]
    assert all(step >= gap - 1e-9 for step in steps)
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in places)


@pytest.mark.parametrize(
    ("value", "text"), [(1234567.0, "1,234,567"), (12.34, "12.3"), (0.034, "0.034"), (3.0, "3")]
)
def test_figures_have_the_digits_that_tell_something(value: float, text: str) -> None:
    assert plots.number(value) == text

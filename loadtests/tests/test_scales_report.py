"""Promises, page and drawings of the scales, of points that are made up here."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from loadtests import plots
from loadtests.scales import beside, charts, depths, limits, points, report, sizes
from loadtests.scales.points import Point, Promise, Results, Section
from loadtests.server import Facts
from loadtests.stats import Latency

_FACTS = Facts(
    "9.1.2", {"sync_binlog": "1"}, 2, "Linux x86_64", "3.11.7", "mysql-connector-python 9.7.0"
)


def _row(series: str, rates: dict[int, float], **values: float) -> list[Point]:
    return [Point(series, x, f"{x:,}", rate, **values) for x, rate in rates.items()]  # type: ignore[arg-type]


def _verdicts(promises: Sequence[Promise]) -> list[bool]:
    return [promise.is_met for promise in promises]


def test_clients_are_compared_with_the_best_and_from_it_on() -> None:
    row = _row("celers_step", {1: 50.0, 8: 100.0, 64: 85.0})
    never_below, from_best = sizes.client_promises(row)
    assert not never_below.is_met
    assert "0.50 of it with 1" in never_below.found
    assert from_best.is_met
    assert "0.85 of it with 64" in from_best.found


@pytest.mark.parametrize(("last", "is_met"), [(81.0, True), (79.0, False)])
def test_deep_is_compared_with_shallow(last: float, is_met: bool) -> None:
    row = _row("enqueue + step", {0: 100.0, 10_000: 99.0, 1_000_000: last})
    assert _verdicts(list(depths.deep_promises(row))) == [is_met]


@pytest.mark.parametrize(("last", "is_met"), [(1190.0, True), (1210.0, False), (790.0, False)])
def test_the_cost_of_a_task_is_compared_from_ten_thousand_on(last: float, is_met: bool) -> None:
    costs = {0: 100.0, 10_000: 1000.0, 100_000: 1000.0, 1_000_000: last}
    row = [Point("x", x, f"{x:,}", 1.0, server_us=cost) for x, cost in costs.items()]
    assert _verdicts(list(depths.flat_promises(row))) == [is_met]


@pytest.mark.parametrize(("last", "is_met"), [(91.0, True), (89.0, False)])
def test_the_end_beside_a_snapshot_is_compared_with_its_beginning(
    last: float, is_met: bool
) -> None:
    row = _row(beside.HELD, {10: 100.0, 20: 50.0, 30: last})
    free = Point("no snapshot", None, "free", 500.0)
    assert _verdicts(list(beside.held_promises([free, *row]))) == [is_met]


def test_a_tail_is_judged_by_enough_samples_only() -> None:
    def claim(size: int, p99: float, samples: int) -> Point:
        return Point(sizes.CLAIM, size, f"{size:,}", 1.0, Latency(10.0, 15.0, p99, samples))

    found = [claim(1, 99.0, 500), claim(10, 29.0, 500), claim(100, 31.0, 500), claim(1000, 99, 50)]
    assert _verdicts(list(sizes.batch_promises(found))) == [True, False]


def test_shares_of_the_limit_are_read_of_neighbours() -> None:
    found = [
        Point(limits.ENQUEUE, None, "", 900.0, note="0.91 of the line before"),
        Point(limits.STEP, None, "", 500.0, note="0.59 of the line before"),
    ]
    assert _verdicts(list(limits.limit_promises(found))) == [True, False]


@pytest.mark.parametrize("size", [100, 1024, 10 * 1024])
def test_a_payload_has_its_size(size: int) -> None:
    assert len(sizes.payload(size).encode()) == size


@pytest.fixture
def results() -> Results:
    """Two dimensions with an axis, one that was skipped."""
    clients = Section("clients", "Clients at once", "clients")
    clients.points = _row("celers_step", {1: 500.0, 8: 1000.0}, server_us=900.0)
    clients.points[1] = dataclasses.replace(
        clients.points[1], latency=Latency(7.0, 9.5, 123.4, 80), note="ran empty after 1.0 s"
    )
    clients.promises = [
        Promise("never below 80 % of the best", "0.50 of it", False),
        Promise(report.NO_REFUSAL, "0", True),
    ]
    ready = Section("ready", "Ready tasks", "ready tasks")
    ready.points = _row("enqueue + step", {0: 700.0, 10_000: 690.0})
    ready.promises = [Promise(report.NO_REFUSAL, "0", True)]
    skipped = Section("dump", "mysqldump meanwhile", skipped="there is no mysqldump")
    return Results(dataclasses.asdict(_FACTS), [clients, ready, skipped])


def test_the_page_has_figures_ratios_and_verdicts(results: Results) -> None:
    page = report.markdown(results, {"plots/one.svg": "by clients"})
    assert "![by clients](plots/one.svg)" in page
    assert "| clients | never below 80 % of the best | 0.50 of it | MISSED |" in page
    assert f"| clients, ready | {report.NO_REFUSAL} | 0 | ok |" in page
    assert "| 1 | 500 | 1.00 |  |  |  | 900 |  |" in page
    row = "| 8 | 1,000 | 2.00 | 7.00 | 9.50 | 123 | 900 | ran empty after 1.0 s |"
    assert row in page
    assert "Skipped: there is no mysqldump." in page
    assert "NOT DURABLE" in page


def test_what_stands_still_keeps_its_name() -> None:
    still = plots.Line("still", [0, 1], [100.0, 0.0])
    quick = plots.Line("quick", [0, 1], [100.0, 1.0])
    figure = plots.lines("Two", "x", "tasks per second", [still, quick])
    [axes] = figure.axes
    places = {text.get_text(): text.get_position()[1] for text in axes.texts}
    assert places["still"] == pytest.approx(0.0)
    assert places["still"] < places["quick"] < 1.0


def test_there_is_a_drawing_for_each_axis(results: Results, tmp_path: Path) -> None:
    paths = list(charts.draw(results, tmp_path))
    assert [path.name for path in paths] == ["scales-clients.svg", "scales-depth.svg"]
    again = [plots.svg(figure) for _, figure in charts.figures(results)]
    assert [path.read_text() for path in paths] == again
    assert all(text.startswith("<?xml") for text in again)
    assert "prefers-color-scheme: dark" in again[0]


def test_a_section_takes_the_place_of_its_older_self(results: Results, tmp_path: Path) -> None:
    newer = Section("clients", "Clients at once", took_s=1.5)
    results.put(newer)
    points.save(results, tmp_path / "run.json")
    found = points.load(tmp_path / "run.json")
    assert found == results
    assert [section.name for section in found.sections] == ["clients", "ready", "dump"]
    assert found.sections[0] == newer

"""The dimensions that have an axis as drawings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from matplotlib.figure import Figure

from loadtests import plots
from loadtests.scales.points import Results, Section

#: Of what stands in the tables: one drawing for all.
_DEPTHS = ("ready", "delayed", "finished")
_RATE = "tasks per second"
#: Calls within a cycle, which have no rate of their own.
_PARTS = ("claim of a batch", "no snapshot")


def draw(results: Results, folder: Path) -> dict[Path, str]:
    """Write a file for each drawing; returns their paths and what they show."""
    found = {}
    for name, figure in figures(results):
        path = folder / f"scales-{name}.svg"
        plots.save(figure, path)
        found[path] = f"{_RATE} by {name}"
    return found


def figures(results: Results) -> Iterator[tuple[str, Figure]]:
    """Name and drawing of each dimension with an axis, as far as they were measured."""
    some = [section for section in results.sections if section.axis and section.points]
    for section in some:
        if section.name not in _DEPTHS:
            yield section.name, _one(section)
    depths = [section for section in some if section.name in _DEPTHS]
    if depths:
        yield "depth", _depths(depths)


def _one(section: Section) -> Figure:
    """Every series of a section, over the labels of the longest of them."""
    series = {name: row for name, row in section.series().items() if name not in _PARTS}
    longest = max(series.values(), key=len)
    labels = [point.label for point in longest]
    rows = [
        plots.Line(
            name,
            [labels.index(point.label) for point in row],
            [point.rate for point in row],
        )
        for name, row in series.items()
    ]
    return plots.lines(section.about, section.axis, _RATE, rows, labels)


def _depths(sections: list[Section]) -> Figure:
    """What waits and what has ended, over powers of ten."""
    longest = max(sections, key=lambda section: len(section.points))
    labels = [point.label for point in longest.points]
    rows = [
        plots.Line(
            f"{section.name}",
            [labels.index(point.label) for point in section.points],
            [point.rate for point in section.points],
        )
        for section in sections
    ]
    title = "Tasks that stand beside: 8 clients enqueue one task and step"
    return plots.lines(title, "tasks in that state", _RATE, rows, labels)

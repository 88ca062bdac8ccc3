"""Drawings as SVG that look the same each time: lines with their names at their ends, and ranges.

A drawing has a ground of its own, so that it can be read on light and on dark pages, and turns
dark itself where the reader's system asks for it. The colours are Okabe's and Ito's, which
colour-blind readers can tell apart, darkened where they are too pale; lines differ in their dashes
and marks too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

_INK, _FAINT, _GRID, _GROUND = "#1f2328", "#59636e", "#d8dee4", "#ffffff"
#: Of the lines that a drawing is about, and of the others in turn.
_FIRST = "#d55e00"
_OTHERS = ("#0072b2", "#009e73", "#c0569a", "#a97f00", "#7f7f7f")
#: What they become on a dark ground.
_DARK = {
    _INK: "#e6edf3",
    _FAINT: "#9198a1",
    _GRID: "#30363d",
    _GROUND: "#0d1117",
    _OTHERS[0]: "#409ee0",
}
_MARKS = ("s", "^", "D", "v", "P", "X", "<", ">")
_DASHES = ("--", ":", "-.", "-")
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "celers",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _FAINT,
    "axes.facecolor": _GROUND,
    "axes.labelcolor": _INK,
    "axes.titlecolor": _INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "figure.facecolor": _GROUND,
    "grid.color": _GRID,
    "xtick.color": _FAINT,
    "ytick.color": _FAINT,
}
_WIDTH_IN, _HEIGHT_IN = 9.0, 4.8
_LETTER_IN = 0.083
_LABEL_GAP = 0.052  # of the height of the axes
_ROOM = 0.015  # of the width of the axes, beyond the first and the last point
_TITLE_LETTERS = 84  # of the usual size that fit
#: Values that span more than this are drawn on a logarithmic scale.
_WIDE = 20.0


@dataclass(frozen=True)
class Line:
    """One line of a drawing.

    Attributes:
        xs, ys: its points; a y of None is a gap.
        is_first: what the drawing is about.
    """

    name: str
    xs: Sequence[float]
    ys: Sequence[float | None]
    is_first: bool = False


@dataclass(frozen=True)
class Range:
    """A row with three values: the middle, and two of the tail."""

    name: str
    p50: float
    p95: float
    p99: float
    is_first: bool = False


def lines(
    title: str,
    x_label: str,
    y_label: str,
    rows: Sequence[Line],
    ticks: Sequence[str] | None = None,
) -> Figure:
    """Lines over an axis of numbers, or over named places when there are ticks (0, 1, 2, …)."""
    with matplotlib.rc_context(_STYLE):
        figure, axes = _axes(title, _HEIGHT_IN, max(len(row.name) for row in rows))
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        has_marks = max(len(row.xs) for row in rows) <= 12
        looks = _looks(rows)
        _scale(axes, [y for row in rows for y in row.ys if y is not None])
        lowest = axes.get_ylim()[0]
        for row, look in zip(rows, looks, strict=True):
            # what a logarithm has no place for stands on the ground
            ys = [float("nan") if y is None else max(y, lowest) for y in row.ys]
            axes.plot(row.xs, ys, **(look if has_marks else {**look, "marker": ""}))
        if ticks is not None:
            axes.set_xticks(range(len(ticks)), ticks)
            axes.set_xlim(-0.2, len(ticks) - 0.8)
        else:
            first, last = min(min(row.xs) for row in rows), max(max(row.xs) for row in rows)
            room = (last - first) * _ROOM
            axes.set_xlim(first - room, last + room)
        _name_ends(axes, rows, looks)
    return figure


def ranges(title: str, x_label: str, rows: Sequence[Range]) -> Figure:
    """A row for each: from its middle to its tail, on a logarithmic axis, with the figures."""
    with matplotlib.rc_context(_STYLE):
        height = 1.3 + 0.33 * len(rows)
        figure, axes = _axes(title, height, 24, left_letters=max(len(row.name) for row in rows))
        axes.set_xlabel(x_label)
        axes.set_xscale("log")
        axes.grid(False, axis="y")
        for place, row in enumerate(reversed(rows)):
            color = _FIRST if row.is_first else _OTHERS[0]
            axes.plot([row.p50, row.p99], [place, place], color=color, linewidth=1.6)
            for value, mark in ((row.p50, "o"), (row.p95, "|"), (row.p99, ">")):
                axes.plot([value], [place], color=color, marker=mark, markersize=7)
            figures = " / ".join(number(value) for value in (row.p50, row.p95, row.p99))
            weight = "bold" if row.is_first else "normal"
            place_in = axes.get_yaxis_transform()
            axes.text(1.02, place, figures, transform=place_in, va="center", weight=weight)
        names = [row.name for row in reversed(rows)]
        axes.set_yticks(range(len(rows)), names, color=_INK)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.text(1.02, 1.0, "p50 / p95 / p99", transform=axes.transAxes, color=_FAINT)
        _plain_logarithm(axes.xaxis)
    return figure


def svg(figure: Figure) -> str:
    """The drawing, light or dark as the reader's system is."""
    text = io.StringIO()
    with matplotlib.rc_context(_STYLE):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    rules = "\n".join(
        f'  [style*="{name}: {light}"] {{ {name}: {dark} !important }}'
        for light, dark in _DARK.items()
        for name in ("fill", "stroke")
    )
    style = f"<style>@media (prefers-color-scheme: dark) {{\n{rules}\n}}</style>"
    plain = re.sub(r"[ \t]+$", "", text.getvalue(), flags=re.MULTILINE)
    return re.sub(r"(<svg\b[^>]*>)", lambda found: f"{found[1]}\n {style}", plain, count=1)


def save(figure: Figure, path: Path) -> None:
    """Write the drawing to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg(figure))


def number(value: float) -> str:
    """A figure with as many digits as tell something."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Places as near as can be to the wanted ones, apart by a gap, between 0 and 1 if they fit."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    groups: list[list[float]] = []  # each: the sum of wanted starts, and how many
    for rank, index in enumerate(order):
        groups.append([wanted[index] - rank * gap, 1])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] > groups[-1][0] / groups[-1][1]:
            total, count = groups.pop()
            groups[-1][0] += total
            groups[-1][1] += count
    starts = [total / count for total, count in groups for _ in range(int(count))]
    top = 1.0 - (len(wanted) - 1) * gap
    places = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        places[index] = max(min(starts[rank], top), min(0.0, top)) + rank * gap
    return places


def _axes(
    title: str, height_in: float, right_letters: int, left_letters: int = 0
) -> tuple[Figure, Axes]:
    left_in = max(0.85, left_letters * _LETTER_IN + 0.2)
    right_in = right_letters * _LETTER_IN + 0.45
    width_in = _WIDTH_IN
    figure = Figure(figsize=(width_in, height_in))
    axes = figure.add_axes(
        (
            left_in / width_in,
            0.62 / height_in,
            1 - (left_in + right_in) / width_in,
            1 - 1.07 / height_in,
        )
    )
    size = 12 * min(1.0, _TITLE_LETTERS / len(title))
    place = (0.15 / width_in, 1 - 0.28 / height_in)
    figure.text(*place, title, size=size, weight="bold", va="center")
    return figure, axes


def _looks(rows: Sequence[Line]) -> list[dict[str, Any]]:
    """Colour, dashes and mark of each; those that come first are drawn on top of the others."""
    found: list[dict[str, Any]] = []
    firsts = others = 0
    has_first = any(row.is_first for row in rows)
    dashes = _DASHES if has_first else (_DASHES[-1], *_DASHES[:-1])
    for row in rows:
        if row.is_first:
            dash = ("-", "--", ":", "-.")[firsts % 4]
            look = {"color": _FIRST, "linestyle": dash, "linewidth": 2.6, "zorder": 4}
            mark, firsts = "o", firsts + 1
        else:
            dash = dashes[others // len(_OTHERS) % len(dashes)]
            color = _OTHERS[others % len(_OTHERS)]
            look = {"color": color, "linestyle": dash, "linewidth": 1.6, "zorder": 3}
            mark, others = _MARKS[others % len(_MARKS)], others + 1
        found.append({**look, "marker": mark, "markersize": 5})
    return found


def _scale(axes: Axes, values: Sequence[float]) -> None:
    """From zero, or logarithmic where the values lie far apart."""
    above = [value for value in values if value > 0]
    if above and max(above) / min(above) > _WIDE:
        axes.set_yscale("log", nonpositive="mask")
        axes.set_ylim(min(above) / 1.6, max(above) * 1.6)
        _plain_logarithm(axes.yaxis)
        return
    axes.set_ylim(0, max(values, default=1.0) * 1.12 or 1.0)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def _plain_logarithm(axis: Axis) -> None:
    axis.set_major_locator(LogLocator(10, subs=(1.0, 3.0)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def _name_ends(axes: Axes, rows: Sequence[Line], looks: Sequence[dict[str, Any]]) -> None:
    """The name of each line right of its last point, where no other name stands."""
    ends = []
    lowest = axes.get_ylim()[0]
    for row in rows:
        known = [(x, y) for x, y in zip(row.xs, row.ys, strict=True) if y is not None]
        x, y = known[-1] if known else (row.xs[-1], lowest)
        point = axes.transData.transform((x, max(y, lowest)))
        place = axes.transAxes.inverted().transform(point)
        ends.append((float(place[0]), min(max(float(place[1]), 0.0), 1.0)))
    for row, look, end, place_y in zip(
        rows, looks, ends, spread([y for _, y in ends], _LABEL_GAP), strict=True
    ):
        color = look["color"]
        axes.plot(
            [end[0], 1.015, 1.03],
            [end[1], place_y, place_y],
            transform=axes.transAxes,
            clip_on=False,
            color=color,
            linewidth=0.8,
        )
        weight = "bold" if row.is_first else "normal"
        axes.text(1.035, place_y, row.name, transform=axes.transAxes, va="center", weight=weight)

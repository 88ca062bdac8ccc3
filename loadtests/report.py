"""The table, as text for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from loadtests.compare import Line, Side
from loadtests.server import Facts

_SIDE = ("p50 ms", "p95", "p99", "cpu µs")
_HEAD = ("workload", "celers /s", *_SIDE, "baseline /s", *_SIDE, "ratio", "target", "")
_SIDE_WIDTHS = (7, 7, 7, 7)
_WIDTHS = (15, 10, *_SIDE_WIDTHS, 11, *_SIDE_WIDTHS, 7, 7, 6)


def header(facts: Facts) -> str:
    """The line without which no figure means anything."""
    settings = ", ".join(f"{name}={value}" for name, value in facts.settings.items())
    durable = "full durability" if facts.is_durable else "NOT DURABLE: not to be published"
    return (
        f"MySQL {facts.server}, {durable}: {settings}; {facts.cores} cores, {facts.machine}; "
        f"Python {facts.python}, {facts.driver}"
    )


def head() -> str:
    """The names of the columns."""
    return _text(_HEAD)


def text(line: Line) -> str:
    """A line of the table for a terminal."""
    row = _text(_cells(line))
    return f"{row}  {line.note}".rstrip()


def markdown(facts: Facts, lines: Sequence[Line], notes: Sequence[str]) -> str:
    """The whole result as a page."""
    rows = [_HEAD, ("---",) * len(_HEAD), *[_cells(line) for line in lines]]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    about = "\n".join(
        f"* `{line.name}`: {line.about}{'; ' + line.note if line.note else ''}."
        for line in lines
        if line.about
    )
    more = "\n".join(f"* {note}" for note in notes)
    return (
        "# Benchmark\n\n"
        "Written by `python -m loadtests.bench --markdown`; [README.md](README.md) says what is\n"
        f"measured and how to read it.\n\n{header(facts)}\n\n{table}\n\n{about}\n\n{more}\n"
    )


def _text(cells: Sequence[str]) -> str:
    first, *others = [
        f"{cell:<{width}}" if index == 0 else f"{cell:>{width}}"
        for index, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    ]
    return " ".join([first, *others]).rstrip()


def _cells(line: Line) -> tuple[str, ...]:
    name = f"  {line.name.rpartition(' ')[2]}" if line.is_part else line.name
    verdict = {None: "", True: "ok", False: "MISSED"}[line.is_met]
    return (
        name,
        *_side(line.celers),
        *_side(line.baseline),
        f"{line.ratio:.2f}" if line.ratio is not None else "",
        line.target,
        verdict,
    )


def _side(side: Side) -> tuple[str, ...]:
    rate = f"{side.rate:,.0f}" if side.rate is not None else ""
    spent = f"{side.server_us:,.0f}" if side.server_us is not None else ""
    found = side.latency
    if found is None:
        return rate, "", "", "", spent
    return rate, _ms(found.p50_ms), _ms(found.p95_ms), _ms(found.p99_ms), spent


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"

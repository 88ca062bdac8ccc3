"""The sections as text for a terminal, and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from loadtests.scales.points import Point, Promise, Results, Section
from loadtests.server import Facts

#: The promise of every dimension.
NO_REFUSAL = "no deadlock or lock timeout reaches a client"
_HEAD = ("", "tasks/s", "ratio", "p50 ms", "p95", "p99", "cpu µs")
_WIDTHS = (50, 10, 6, 8, 8, 8, 8)


def title(section: Section) -> str:
    """The lines above the points."""
    return f"\n{section.name}: {section.about}.\n{_text(_HEAD)}"


def text(point: Point, first: Point) -> str:
    """A point for a terminal, beside the first of its series."""
    return f"{_text(_cells(point, first))}  {point.note}".rstrip()


def verdict(promise: Promise) -> str:
    """A promise for a terminal."""
    return f"  {'ok' if promise.is_met else 'MISSED':6} {promise.text}: {promise.found}"


def markdown(results: Results, drawings: Mapping[str, str] | None = None) -> str:
    """The whole result as a page.

    Args:
        results: what was found.
        drawings: where they lie as seen from the page, and what they show.
    """
    facts = Facts(**results.server)
    parts = [
        "# Scales: results",
        "Written by `python -m loadtests.scales --markdown`; [scales.md](scales.md) says what was "
        "measured and how to read it.",
        _server(facts),
        *_summary(results.sections),
        *(f"![{about}]({path})" for path, about in (drawings or {}).items()),
        *(part for section in results.sections for part in _section(section)),
    ]
    return "\n\n".join(parts) + "\n"


def _server(facts: Facts) -> str:
    settings = ", ".join(f"{name}={value}" for name, value in facts.settings.items())
    durable = "full durability" if facts.is_durable else "NOT DURABLE"
    return (
        f"MySQL {facts.server}, {durable}: {settings}; {facts.cores} cores, {facts.machine}; "
        f"Python {facts.python}, {facts.driver}"
    )


def _summary(sections: Sequence[Section]) -> Iterator[str]:
    rows = [
        (section.name, promise.text, promise.found, "ok" if promise.is_met else "MISSED")
        for section in sections
        for promise in section.promises
        if promise.text != NO_REFUSAL or not promise.is_met
    ]
    quiet = [section.name for section in sections if section.promises]
    quiet = [name for name in quiet if (name, NO_REFUSAL) not in {row[:2] for row in rows}]
    if quiet:
        rows.append((", ".join(quiet), NO_REFUSAL, "0", "ok"))
    if rows:
        yield "## Promises"
        yield _table(("dimension", "promise", "found", ""), rows)


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.name}"
    yield f"{section.about}."
    if section.skipped:
        yield f"Skipped: {section.skipped}."
        return
    for name, points in section.series().items():
        rows = [(*_cells(point, points[0]), point.note) for point in points]
        yield _table((name, *_HEAD[1:], ""), rows)
    yield _ending(section)


def _ending(section: Section) -> str:
    cores = section.others_cores
    quiet = "unknown" if cores is None else f"{cores:.2f}"
    return f"Measured at {section.at}; cores that neither server nor clients used: {quiet}."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    whole = [head, ["---:" if name in _HEAD[1:] else "---" for name in head], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in whole)


def _cells(point: Point, first: Point) -> tuple[str, ...]:
    name = point.label or point.series
    rate = f"{point.rate:,.0f}" if point.rate >= 10 else f"{point.rate:.1f}"
    ratio = f"{point.rate / first.rate:.2f}" if first.rate else ""
    spent = f"{point.server_us:,.0f}" if point.server_us is not None else ""
    found = point.latency
    if found is None:
        return name, rate, ratio, "", "", "", spent
    times = (_ms(value) for value in (found.p50_ms, found.p95_ms, found.p99_ms))
    return name, rate, ratio, *times, spent


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def _text(cells: Sequence[str]) -> str:
    first, *others = cells
    width, *widths = _WIDTHS
    row = [f"  {first:<{width - 2}}"]
    row += [f"{cell:>{size}}" for cell, size in zip(others, widths, strict=True)]
    return " ".join(row).rstrip()

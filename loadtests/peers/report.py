"""``python -m loadtests.peers.report``: the page and the drawings of a side-by-side run."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from loadtests import plots
from loadtests.peers import charts, tables
from loadtests.peers.charts import Chart
from loadtests.peers.install import HOME
from loadtests.peers.results import OK, Results, load
from loadtests.peers.tables import table, title_of

_FOLDER = Path("docs/performance")


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    options = _options(words)
    try:
        results = load(options.file)
    except (OSError, ValueError, TypeError, KeyError) as error:
        print(f"{options.file} has no results: {error!r}", file=sys.stderr)
        return 2
    drawn = list(charts.of(results))
    for chart in drawn:
        plots.save(chart.figure, options.svg / f"{chart.name}.svg")
    folder = os.path.relpath(options.svg, options.markdown.parent)
    options.markdown.write_text(page(results, drawn, folder))
    return 0


def page(results: Results, drawn: Sequence[Chart], folder: str) -> str:
    """The whole page; `folder` is where the drawings lie, as seen from it."""
    parts = [
        "# Peers: results",
        "Written by `python -m loadtests.peers.report`; [peers.md](peers.md) says what was "
        "measured and how. *Of celers* is the figure divided by that of celers in the same run: "
        "below 1 a rate is lower than ours, above 1 a time is longer. In brackets: the setting of "
        "the workers; celers is there as it ships.",
        *_setting(results),
        *(f"![{chart.about}]({folder}/{chart.name}.svg)" for chart in drawn),
        *tables.of(results),
        *_systems(results),
        *_remarks(results),
        *_skipped(results),
    ]
    return "\n\n".join(parts) + "\n"


def _setting(results: Results) -> Iterator[str]:
    machine = results.machine
    yield (
        f"{machine.cores} cores ({machine.cpu}), {machine.ram_gib:.0f} GiB, {machine.system}, "
        f"kernel {machine.kernel}, Python {machine.python}."
    )
    yield "\n".join(
        f"* **{name}**: {', '.join(f'{key} {value}' for key, value in found.items())}"
        for name, found in results.servers.items()
    )
    sizes = ", ".join(f"{name} {value:,g}" for name, value in results.sizes.items())
    if sizes:
        yield f"Sizes: {sizes}."
    yield _exactness(results)


def _exactness(results: Results) -> str:
    wrong = [one for one in results.records if one.is_wrong]
    checked = sum(one.ledger == "exact" for one in results.records)
    said = f"{checked} of {len(results.records)} runs were checked and exact"
    if not wrong:
        return f"Every task exactly once: {said}."
    return f"Every task exactly once: {said}; {len(wrong)} were wrong, see the remarks."


def _systems(results: Results) -> Iterator[str]:
    rows = dict.fromkeys(
        (one.key.peer, one.version, one.server, one.guarantee) for one in results.records
    )
    if rows:
        yield "## Systems"
        head = ("system", "version", "store", "what an acknowledged task survives")
        yield table(head, rows, is_of_figures=False)


def _remarks(results: Results) -> Iterator[str]:
    lines = []
    for one in results.records:
        said = [one.outcome] if one.outcome != OK else []
        said += [one.ledger] if one.ledger != "exact" else []
        said += [one.note] if one.note else []
        if said:
            lines.append(f"* {_name(one.key.workload, title_of(one), one.key.case)}: {_and(said)}.")
    if lines:
        yield "## Remarks"
        yield "\n".join(dict.fromkeys(lines))


def _skipped(results: Results) -> Iterator[str]:
    """Each system with its reasons, and the workloads that each reason holds for."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in results.skipped:
        reasons.setdefault((one.peer, one.reason), []).append(one.workload)
    lines = [
        f"* {_name(peer, *workloads)}: {reason}" for (peer, reason), workloads in reasons.items()
    ]
    if lines:
        yield "## Not measured"
        yield "\n".join(lines)


def _name(*words: str) -> str:
    return ", ".join(word for word in words if word)


def _and(said: Sequence[str]) -> str:
    return "; ".join(text.rstrip(".") for text in said)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m loadtests.peers.report",
        description="Write the page and the drawings of what python -m loadtests.peers found.",
    )
    add = parser.add_argument
    add(
        "file",
        type=Path,
        nargs="?",
        metavar="FILE",
        default=HOME / "results.json",
        help="the results, JSON (%(default)s)",
    )
    add(
        "--markdown",
        type=Path,
        metavar="FILE",
        default=_FOLDER / "peers-results.md",
        help="the page (%(default)s)",
    )
    add(
        "--svg",
        type=Path,
        metavar="FOLDER",
        default=_FOLDER / "plots",
        help="where the drawings go (%(default)s)",
    )
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())

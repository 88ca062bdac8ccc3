"""The simulated day of docs/autoscaling.md.

``python -m pyclient.tests.autoscale.day`` writes it there anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from pyclient.tests.autoscale.simulator import Point, Simulation
from pyclient.worker.autoscale import AutoscalerConfig

PAGE = Path(__file__).parents[3] / "docs" / "autoscaling.md"
BEGIN, END = "<!-- simulated day -->\n```\n", "```\n<!-- end -->\n"
_HOUR_S, _DAY_S = 3600, 86_400
_PEAK = 6.4  # tasks per second, in the afternoon


def simulated_day() -> list[Point]:
    """From midnight to midnight, with the default configuration."""

    def rate(at_s: float) -> float:
        """Hardly anything at four in the morning, most at four in the afternoon."""
        return _PEAK * math.sin(math.pi * (at_s / _DAY_S - 1 / 6)) ** 4

    simulation = Simulation(
        AutoscalerConfig(), rate, peak=_PEAK, run_time=lambda dice, at_s: dice.expovariate(1.0)
    )
    return simulation.run(_DAY_S)


def table(points: list[Point]) -> Iterator[str]:
    """One line an hour."""
    yield "hour  tasks/s  busy  longest wait  changes  workers\n"
    for hour in range(24):
        seen = [one for one in points if hour * _HOUR_S < one.at_s <= (hour + 1) * _HOUR_S]
        rate = sum(one.arrived for one in seen) / _HOUR_S
        busy = sum(one.utilization for one in seen) / len(seen)
        waited_s = max(one.oldest_s for one in seen)
        changes = sum(one.decision.action != "hold" for one in seen)
        least, most = (chosen(one.size for one in seen) for chosen in (min, max))
        bar = "█" * least + "░" * (most - least)
        sizes = f"{least}" if least == most else f"{least}-{most}"
        yield (
            f"{hour:02}:00  {rate:7.1f}  {busy:4.0%}  {waited_s:10.1f} s  {changes:7}"
            f"  {bar} {sizes}\n"
        )


def renewed(page: str, points: list[Point]) -> str:
    """The page with the table of these points."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "".join(table(points)) + END + after


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(), simulated_day()))

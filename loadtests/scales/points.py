"""What was measured along a dimension, what was promised of it, and all of it as JSON."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loadtests.stats import Latency


@dataclass(frozen=True)
class Point:
    """One measurement.

    Attributes:
        series: what the clients did; points of one series are compared with its first.
        x: where it stands on the dimension's axis; None where it has no axis.
        label: the same in words.
        rate: tasks per second, where nothing else is said.
        latency: of one cycle.
        server_us: processor time of the server per task in microseconds; None where unknown.
        note: what else there is to know.
    """

    series: str
    x: float | None
    label: str
    rate: float
    latency: Latency | None = None
    server_us: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Promise:
    """What celers is to keep, what was found, and whether that is enough."""

    text: str
    found: str
    is_met: bool


@dataclass
class Section:
    """All that was found along one dimension.

    Attributes:
        axis: the axis of the points with its unit; "" where they have none.
        skipped: why nothing was measured; "" if something was.
        others_cores: cores that neither the server nor the clients used meanwhile; None where
            unknown.
        took_s: seconds, with all that had to be prepared.
        at: when it ended, UTC.
    """

    name: str
    about: str
    axis: str = ""
    points: list[Point] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    skipped: str = ""
    others_cores: float | None = None
    took_s: float = 0.0
    at: str = ""

    def series(self) -> dict[str, list[Point]]:
        """The points by what was done, in the order in which they were measured."""
        found: dict[str, list[Point]] = {}
        for point in self.points:
            found.setdefault(point.series, []).append(point)
        return found


@dataclass
class Results:
    """Sections of one run, or of several on the same server.

    Attributes:
        server: what the figures mean nothing without, see loadtests.server.Facts.
    """

    server: dict[str, Any]
    sections: list[Section] = field(default_factory=list)

    def put(self, section: Section) -> None:
        """Keep a section, in the place of an older one of its name."""
        names = [old.name for old in self.sections]
        if section.name in names:
            self.sections[names.index(section.name)] = section
        else:
            self.sections.append(section)


def save(results: Results, path: Path) -> None:
    """Write the whole file; who reads it meanwhile sees the old one or the new one."""
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(dataclasses.asdict(results), indent=1, ensure_ascii=False) + "\n")
    os.replace(new, path)


def load(path: Path) -> Results:
    """Read what save() wrote.

    Raises:
        OSError: there is no such file, or it cannot be read.
        ValueError, TypeError, KeyError: it is something else.
    """
    found = json.loads(path.read_text())
    return Results(found["server"], [_section(row) for row in found["sections"]])


def _section(row: dict[str, Any]) -> Section:
    points = [_point(point) for point in row.pop("points")]
    promises = [Promise(**promise) for promise in row.pop("promises")]
    return Section(**row, points=points, promises=promises)


def _point(row: dict[str, Any]) -> Point:
    latency = row.pop("latency")
    return Point(**row, latency=Latency(**latency) if latency else None)

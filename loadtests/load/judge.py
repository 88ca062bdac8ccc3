"""From what Locust counted and the ledger says to a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mysql.connector

from loadtests.load import audit, schema, shapes
from loadtests.load.session import Session
from loadtests.load.user import IDLE
from loadtests.load.verdict import Bounds, Line, Sample, Verdict
from pyclient.errors import CelersError


def judge(environment: Any) -> Verdict:
    """Audit the ledger and compare the times. All users must have stopped."""
    session: Session = environment.celers
    broken = list(session.broken)
    faults: list[str] = []
    try:
        faults = audit.faults(session.ledger, schema.read(session.dsn))
    except (CelersError, mysql.connector.Error) as error:
        broken.append(f"the server does not answer, so the ledger was not checked: {error}")
    for found in environment.runner.exceptions.values():
        broken.append(f"{found['count']} users broke: {found['msg']}")
    options = session.options
    return Verdict(
        lines=list(_lines(environment.runner.stats, Bounds.parse(options.p99))),
        faults=faults,
        broken=broken,
        budget=options.error_budget,
        bounds_apply=options.shape != shapes.SATURATION,
        is_complete=session.is_complete or not options.headless,
    )


def _lines(stats: Any, bounds: Bounds) -> Iterator[Line]:
    """Every routine that was called, idle or under load; Locust's entries go by name and type."""
    kinds = {(name, kind.removeprefix(IDLE)) for name, kind in stats.entries}
    for name, kind in sorted(kinds):
        load = stats.entries.get((name, kind))
        idle = stats.entries.get((name, f"{IDLE}{kind}"))
        yield Line(name, _sample(load), _sample(idle), bounds.of(name))


def _sample(entry: Any) -> Sample:
    if entry is None or not entry.num_requests:
        return Sample(0, 0, 0.0, 0.0)
    return Sample(
        calls=entry.num_requests,
        failed=entry.num_failures,
        p50_ms=entry.get_response_time_percentile(0.50),
        p99_ms=entry.get_response_time_percentile(0.99),
    )

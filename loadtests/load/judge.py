"""From what Locust counted and the ledger says to a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mysql.connector

from loadtests.load import audit, schema, shapes
from loadtests.load.session import Session
from loadtests.load.verdict import Bounds, Line, Sample, Verdict
from pyclient.errors import CelersError

_KINDS = ("CALL", "TRANSACTION")


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
    )


def _lines(stats: Any, bounds: Bounds) -> Iterator[Line]:
    for name, kind in sorted(stats.entries):
        if kind in _KINDS:
            idle = stats.entries.get((name, f"idle {kind}"))
            yield Line(
                name,
                _sample(stats.entries[name, kind]),
                _sample(idle) if idle else None,
                bounds.of(name),
            )


def _sample(entry: Any) -> Sample:
    return Sample(
        calls=entry.num_requests,
        failed=entry.num_failures,
        p50_ms=entry.get_response_time_percentile(0.50),
        p99_ms=entry.get_response_time_percentile(0.99),
    )

"""What a run says in the end."""

from __future__ import annotations

import dataclasses
from typing import Any

import mysql.connector

from loadtests import report
from loadtests.load import verdict as verdicts
from loadtests.load.session import Session
from loadtests.load.shapes import SATURATION
from loadtests.load.verdict import Verdict
from loadtests.server import Server


def head(session: Session) -> str:
    """The server and its settings; raises what the driver raises where it does not answer."""
    server = Server(dataclasses.replace(session.dsn, database=None))
    try:
        driver = f"mysql-connector-python {mysql.connector.__version__} (pure Python, gevent)"
        return report.header(dataclasses.replace(server.facts(), driver=driver))
    finally:
        server.close()


def text(head: str, session: Session, verdict: Verdict, environment: Any) -> str:
    """Server, load, ledger, ramp and verdict."""
    return "\n".join(
        [
            "",
            head,
            _load(session, verdict),
            _ledger(session),
            *_ramp(session, environment.shape_class),
            *_notes(environment.runner),
            "",
            verdicts.text(verdict),
        ]
    )


def _load(session: Session, verdict: Verdict) -> str:
    options = session.options
    killed = f"; {session.kills} connections killed" if options.kill_every else ""
    cut = "" if session.is_complete else ", INTERRUPTED"
    return (
        f"load: {options.shape}, at most {options.num_users} users, {options.run_time} s after "
        f"{options.idle:g} s idle{cut}: {verdict.calls:,} calls, {verdict.failed:,} failed{killed}"
    )


def _ledger(session: Session) -> str:
    ledger = session.ledger
    told = ", ".join(
        f"{len(ids):,} {what}"
        for what, ids in {
            "enqueued": set(ledger.enqueued),
            "completed": set(ledger.completed),
            "cancelled": set(ledger.cancelled),
            "dead": set(ledger.dead),
            "in doubt": set(ledger.doubtful),
        }.items()
    )
    return f"ledger: {told}; {len(ledger.claimed):,} attempts, {len(ledger.erred):,} rejected"


def _ramp(session: Session, shape: Any) -> list[str]:
    if session.options.shape != SATURATION or shape.ramp is None:
        return []
    steps = [f"ramp: {users} users, {rate:,.0f} calls/s" for users, rate in shape.ramp.steps]
    end = "stopped rising" if shape.ramp.is_saturated else "was still rising: raise -u or -t"
    return [*steps, f"ramp: the rate {end}"]


def _notes(runner: Any) -> list[str]:
    if runner.cpu_warning_emitted or getattr(runner, "worker_cpu_warning_emitted", False):
        return ["note: Locust itself was short of processor time, so times are too long"]
    return []

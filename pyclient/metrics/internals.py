"""What the server counts by itself, for accounts that may see it.

Each source has a right of its own. One that is refused is left out from then on, and named once
in the log: grant it, and start the exporter anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

from prometheus_client.core import CounterMetricFamily
from prometheus_client.metrics_core import Metric

from pyclient.client import Client
from pyclient.errors import AccessDenied
from pyclient.metrics.families import gauge

log = logging.getLogger("celers.metrics")

Rows = list[tuple[Any, ...]]

_INNODB = """\
SELECT NAME, COUNT FROM information_schema.INNODB_METRICS WHERE NAME IN
('lock_deadlocks', 'lock_timeouts', 'lock_row_lock_waits', 'trx_rseg_history_len')"""
_PROCEDURES = r"""
SELECT OBJECT_NAME, COUNT_STAR, SUM_TIMER_WAIT / 1e12, SUM_ERRORS
FROM performance_schema.events_statements_summary_by_program
WHERE OBJECT_SCHEMA = DATABASE() AND OBJECT_TYPE = 'PROCEDURE' AND OBJECT_NAME LIKE 'celers\_%'
ORDER BY OBJECT_NAME"""
_TABLES = r"""
SELECT TABLE_NAME, COALESCE(DATA_LENGTH + INDEX_LENGTH, 0) FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' AND TABLE_NAME LIKE 'celers\_%'
ORDER BY TABLE_NAME"""
# The deployer fixes the time zone of events to UTC.
_EVENTS = r"""
SELECT EVENT_NAME, LAST_EXECUTED FROM information_schema.EVENTS
WHERE EVENT_SCHEMA = DATABASE() AND EVENT_NAME LIKE 'celers\_%' AND LAST_EXECUTED IS NOT NULL
ORDER BY EVENT_NAME"""


class Internals:
    """The sources that the account has not been refused."""

    def __init__(self, client: Client) -> None:
        """Nothing is asked yet."""
        self._session = client._session
        self._sources = dict(_SOURCES)

    def gather(self) -> Iterator[Metric]:
        """Every family that the account may see."""
        for sql, families in list(self._sources.items()):
            try:
                rows = self._session.run(sql.encode())[1]
            except AccessDenied as error:
                del self._sources[sql]
                log.warning("some metrics are left out: %s", error)
            else:
                yield from families(rows)


def counter(name: str, text: str, labels: list[str], samples: Rows) -> Metric:
    """A family of counters; each sample is the values of its labels, and the number."""
    family = CounterMetricFamily(name, text, labels=labels)
    for *values, number in samples:
        family.add_metric([str(value) for value in values], float(number))
    return family


def _innodb(rows: Rows) -> Iterator[Metric]:
    counts = {str(name): int(number) for name, number in rows}
    for name, metric, text in (
        ("lock_deadlocks", "celers_db_deadlocks", "Deadlocks on the whole server."),
        ("lock_timeouts", "celers_db_lock_timeouts", "Lock waits that were given up."),
        (
            "lock_row_lock_waits",
            "celers_db_row_lock_waits",
            "Waits for a row lock.",
        ),
    ):
        yield counter(metric, text, [], [(counts[name],)] if name in counts else [])
    history = counts.get("trx_rseg_history_len")
    yield gauge(
        "celers_db_history_list_length",
        "Transactions that purge has not cleared away.",
        [],
        [] if history is None else [([], history)],
    )


def _procedures(rows: Rows) -> Iterator[Metric]:
    label = ["procedure"]
    calls = [(name, calls) for name, calls, _, _ in rows]
    yield counter("celers_procedure_calls", "Calls since the server began.", label, calls)
    seconds = [(name, seconds) for name, _, seconds, _ in rows]
    yield counter("celers_procedure_seconds", "Time spent in calls.", label, seconds)
    errors = [(name, errors) for name, _, _, errors in rows]
    yield counter("celers_procedure_errors", "Statements in calls that failed.", label, errors)


def _tables(rows: Rows) -> Iterator[Metric]:
    sizes = (([str(name)], float(size)) for name, size in rows)
    yield gauge("celers_table_bytes", "Size of a table and its indexes.", ["table"], sizes)


def _events(rows: Rows) -> Iterator[Metric]:
    runs = (([str(name)], at.replace(tzinfo=UTC).timestamp()) for name, at in rows)
    yield gauge(
        "celers_event_last_run_timestamp_seconds", "When an event last ran.", ["event"], runs
    )


_SOURCES: dict[str, Callable[[Rows], Iterator[Metric]]] = {
    _INNODB: _innodb,
    _PROCEDURES: _procedures,
    _TABLES: _tables,
    _EVENTS: _events,
}

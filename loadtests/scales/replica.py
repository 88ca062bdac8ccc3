"""A replica attached: what it costs the source, and whether it holds the same."""

from __future__ import annotations

import contextlib
import dataclasses
import secrets
from collections.abc import Iterator

from loadtests.driver import Run
from loadtests.queues import Fault, Link
from loadtests.scales.depths import LIFE
from loadtests.scales.points import Point, Promise
from loadtests.scales.private import elsewhere
from loadtests.scales.stage import Stage, joined
from loadtests.workloads import enqueue_and_step
from pyclient.dsn import Dsn

_USER = "bench_replica"
#: Seconds that a replica may take to catch up.
_PATIENCE_S = 120
_ALONE, _ATTACHED = "alone", "with a replica"


def replicated(stage: Stage) -> Iterator[Point]:
    """The source alone and with its replica in turn; in the end both hold the same."""
    runs: dict[str, list[Run]] = {_ALONE: [], _ATTACHED: []}
    with elsewhere(stage, 2) as [(_, source), (_, other)]:
        pair = Replication(source.dsn, other.dsn)
        with source.trial() as trial:
            for _ in range(stage.sizes.rounds):
                for label, row in runs.items():
                    with pair.attached(label == _ATTACHED), trial.queue():
                        row.append(trial.run(enqueue_and_step))
            tables = pair.compare(str(trial.system.dsn.database))
    for label, row in runs.items():
        note = f"{tables} tables hold the same on both in the end" if label == _ATTACHED else ""
        yield joined(row, LIFE, None, label, note)


def replica_promises(points: list[Point]) -> Iterator[Promise]:
    """A difference ends everything, so that whoever comes here has found none."""
    [found] = [found for found in points if found.note]
    yield Promise("the replica holds what the source holds", found.note, True)


class Replication:
    """A source and a replica of all of it, by its binary log from now on."""

    def __init__(self, source: Dsn, copy: Dsn) -> None:
        self._source, self._copy = source, copy
        secret = secrets.token_hex(16)
        [(log_file, position)] = _run(source, _POSITION)
        _run(source, f"CREATE USER {_USER}@'%' IDENTIFIED BY '{secret}'")
        _run(source, f"GRANT REPLICATION SLAVE ON *.* TO {_USER}@'%'")
        _run(
            copy,
            f"CHANGE REPLICATION SOURCE TO SOURCE_HOST = '{source.host}', "
            f"SOURCE_PORT = {source.port}, SOURCE_USER = '{_USER}', SOURCE_PASSWORD = '{secret}', "
            f"SOURCE_LOG_FILE = '{log_file}', SOURCE_LOG_POS = {position}, SOURCE_SSL = 1",
        )

    @contextlib.contextmanager
    def attached(self, is_attached: bool) -> Iterator[None]:
        """The replica follows for the block, from where it stands; it has caught up at first."""
        if not is_attached:
            yield
            return
        _run(self._copy, "START REPLICA")
        self._catch_up()
        yield
        self._catch_up()
        _run(self._copy, "STOP REPLICA")

    def compare(self, database: str) -> int:
        """Compare all tables of a database; returns how many there are.

        Raises:
            Fault: one of them differs.
        """
        with self.attached(True):
            tables = [str(row[0]) for row in _run(self._source, _TABLES.format(database))]
            for table in tables:
                sums = [_run(dsn, f"CHECKSUM TABLE {table}") for dsn in (self._source, self._copy)]
                if sums[0] != sums[1] or sums[0][0][1] is None:
                    raise Fault(f"the replica differs in {table}: {sums}")
        return len(tables)

    def _catch_up(self) -> None:
        [(log_file, position)] = _run(self._source, _POSITION)
        wait = f"SELECT SOURCE_POS_WAIT('{log_file}', {position}, {_PATIENCE_S})"
        patient = dataclasses.replace(self._copy, read_timeout=_PATIENCE_S + 10)
        [(events,)] = _run(patient, wait)
        if events is None or int(str(events)) < 0:
            states = [_run(self._copy, f"SELECT {_ERROR} FROM {table}") for table in _STATES]
            raise Fault(f"the replica does not follow: {states}")


_POSITION = (
    "SELECT local ->> '$.binary_log_file', local ->> '$.binary_log_position' "
    "FROM performance_schema.log_status"
)
_TABLES = (
    "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables "
    "WHERE table_schema = '{}' AND table_type = 'BASE TABLE' ORDER BY 1"
)
_ERROR = "service_state, last_error_number, last_error_message"
_STATES = (
    "performance_schema.replication_connection_status",
    "performance_schema.replication_applier_status_by_worker",
)


def _run(dsn: Dsn, statement: str) -> list[tuple[object, ...]]:
    with contextlib.closing(Link(dsn)) as link:
        return link.run(statement.encode())

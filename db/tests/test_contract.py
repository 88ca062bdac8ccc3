"""Every header against a running server: does the example run, and is what it says true?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools import contract, hot, preparecheck, sqlclient, views
from tools.freshschema import Schema
from tools.spec import Routine, load_all
from tools.sqlclient import Rows, call, results
from tools.views import View

SPEC = load_all(Path(__file__).resolve().parents[2])
PUBLIC = [pytest.param(routine, id=routine.name) for routine in SPEC.public]
ROUTINES = [pytest.param(SPEC.routines[name], id=name) for name in SPEC.routines]
VIEWS = [pytest.param(view, id=view.name) for view in views.load_all(SPEC.root)]
HOT = [
    pytest.param(routine, id=routine.name)
    for routine in SPEC.routines.values()
    if preparecheck.hot_pieces(routine)
]
Connect = Callable[..., Any]


@pytest.fixture(scope="module")
def look(deployed: Schema) -> Any:
    """A connection for looking only."""
    connection = sqlclient.connect(deployed.dsn)
    results(connection, "SET NAMES utf8mb4 COLLATE utf8mb4_0900_bin")
    yield connection
    connection.close()


@pytest.mark.parametrize("routine", PUBLIC)
def test_example_answers_as_the_header_says(routine: Routine, connect: Connect) -> None:
    connection = connect()
    sql = contract.example(routine, connection)
    faults = list(contract.answer_faults(routine, SPEC.columns(routine), results(connection, sql)))
    faults += contract.leftovers(connection)
    assert not faults, f"{routine.path}: {sql}\n" + "\n".join(faults)


@pytest.mark.parametrize("routine", PUBLIC)
def test_example_runs_in_a_hostile_session(routine: Routine, connect: Connect) -> None:
    sql = contract.example(routine, connect())
    connection = connect()
    for setting in contract.HOSTILE:
        results(connection, setting)
    before = _settings(connection)
    faults = list(contract.answer_faults(routine, SPEC.columns(routine), results(connection, sql)))
    faults += contract.leftovers(connection)
    after = _settings(connection)
    faults += [f"changes {name} of the session" for name in before if before[name] != after[name]]
    assert not faults, f"{routine.path}: {sql}\n" + "\n".join(faults)


def _settings(connection: Any) -> dict[str, Any]:
    """The session's settings that a routine has no business changing; the clock is reset."""
    names = ("sql_mode", "time_zone", "completion_type", "transaction_isolation", "autocommit")
    rows = call(connection, "SELECT " + ", ".join(f"@@SESSION.{name}" for name in names))
    return dict(zip(names, rows[0], strict=True))


@pytest.mark.parametrize("routine", ROUTINES)
def test_parameters_are_those_of_the_server(routine: Routine, look: Any) -> None:
    faults = list(contract.parameter_faults(routine, look))
    assert not faults, f"{routine.path}: {routine.name} " + "; ".join(faults)


@pytest.mark.parametrize("view", VIEWS)
def test_columns_of_a_view_are_those_of_its_header(view: View, look: Any) -> None:
    sql = (
        "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() "
        f"AND TABLE_NAME = '{view.name}' ORDER BY ORDINAL_POSITION"
    )
    assert [name for (name,) in call(look, sql)] == view.names, view.path
    assert call(look, f"SELECT * FROM {view.name}").columns == tuple(view.names)


@pytest.mark.parametrize("routine", ROUTINES)
def test_names_in_the_body_exist(routine: Routine, look: Any) -> None:
    faults = list(preparecheck.names(routine, look))
    assert not faults, "\n".join(map(str, faults))


@pytest.fixture(scope="module")
def bare(look: Any) -> Any:
    """The same, and the hot tables as they were made: statistics are as misleading as they get."""
    for table in hot.HOT:
        results(look, f"TRUNCATE TABLE {table}")
    return look


@pytest.mark.parametrize("routine", HOT)
def test_hot_statements_walk_an_index(routine: Routine, bare: Any) -> None:
    faults: list[preparecheck.Fault] = []
    for piece in preparecheck.hot_pieces(routine):
        faults += preparecheck.plan_faults(piece, preparecheck.explain(piece, bare))
    assert not faults, "\n".join(map(str, faults))


@pytest.mark.parametrize("limit", [1, 5])
def test_a_claim_locks_only_the_rows_it_takes(limit: int, connect: Connect) -> None:
    connection = connect()
    for number in range(40):
        sql = f"CALL celers_enqueue('default', 'send', '{{}}', '{{\"priority\": {number % 3}}}')"
        results(connection, sql)
    results(connection, "CALL celers_enqueue('other', 'send', '{}', NULL)")
    results(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    results(connection, "START TRANSACTION")
    taken = call(connection, f"CALL celers_dequeue_batch('default', 'worker-1', {limit}, NULL)")
    locked = _locked(connection, "celers_ready")
    results(connection, "ROLLBACK")
    assert len(taken) == limit
    assert len(locked) == limit, f"{limit} tasks taken, {len(locked)} rows locked: {list(locked)}"


def _locked(connection: Any, table: str) -> Rows:
    """The record locks that this connection's transaction holds in a table."""
    return call(
        connection,
        "SELECT INDEX_NAME, LOCK_MODE, LOCK_DATA FROM performance_schema.data_locks "
        f"WHERE OBJECT_SCHEMA = DATABASE() AND OBJECT_NAME = '{table}' AND LOCK_TYPE = 'RECORD'",
    )

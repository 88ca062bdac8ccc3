"""What only a server can tell about routines: planted faults, and each found."""

from __future__ import annotations

from typing import Any

import pytest

from tools import contract, preparecheck, sqlclient
from tools.bodysql import local_types, pieces
from tools.routinecoverage import Coverage
from tools.server import Server
from tools.spec import Routine
from tools.sqlclient import Rows, call, results
from tools.tests.fixture_repo import DEQUEUE, ENQUEUE, PUT, REQUEUE, SOURCE, Repo


def _routine(repo: Repo, name: str) -> Routine:
    return repo.spec().routines[name]


def test_right_names_pass(repo: Repo, database: Any) -> None:
    for routine in repo.spec().routines.values():
        assert list(preparecheck.names(routine, database)) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "fault"),
    [
        (REQUEUE, "DELETE FROM celers_dead", "DELETE FROM celers_deed", f"{REQUEUE}:28: 1146"),
        (REQUEUE, "SELECT queue INTO", "SELECT queu INTO", f"{REQUEUE}:23: 1054 Unknown column"),
        (DEQUEUE, "INDEX (PRIMARY)\n    WHERE r.queue = p_queue\n", "INDEX (ix_gone)\n    WHERE "
         "r.queue = p_queue\n", f"{DEQUEUE}:29: 1176 Key 'ix_gone'"),
        (ENQUEUE, "UUID_TO_BIN(COALESCE(", "UUID_TO_BIM(COALESCE(", f"{ENQUEUE}:54: 1305"),
        (PUT, "p_queue IS NULL OR", "p_queue = gone OR", f"{PUT}:15: 1054"),
    ],
)  # fmt: skip
def test_wrong_names_are_found(
    repo: Repo, database: Any, path: str, old: str, new: str, fault: str
) -> None:
    repo.plant(path, old, new)
    routine = next(one for one in repo.spec().routines.values() if str(one.path) == path)
    found = list(map(str, preparecheck.names(routine, database)))
    assert len(found) == 1
    assert found[0].startswith(fault)


def _plan_faults(repo: Repo, database: Any) -> list[str]:
    found = []
    for piece in preparecheck.hot_pieces(_routine(repo, "celers_dequeue_batch")):
        found += [
            str(fault)
            for fault in preparecheck.plan_faults(piece, preparecheck.explain(piece, database))
        ]
    return found


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("    WHERE r.queue = p_queue\n    ORDER BY r.priority DESC, r.due_at ASC, r.task_id ASC\n", "",
         "walks all of index PRIMARY of celers_ready, which holds all it asks for"),
        ("ORDER BY r.priority DESC, r.due_at ASC", "ORDER BY r.due_at ASC", "sorts rows of"),
        ("AS r FORCE INDEX (PRIMARY)\n    WHERE r.queue = p_queue AND r.task_id = v_task_id",
         "AS r\n    WHERE r.due_at = '2026-01-01'", "reads all of celers_ready"),
    ],
)  # fmt: skip
def test_bad_plans_are_found(repo: Repo, database: Any, old: str, new: str, fault: str) -> None:
    assert _plan_faults(repo, database) == []
    repo.plant(DEQUEUE, old, new)
    found = _plan_faults(repo, database)
    assert len(found) == 1
    assert fault in found[0]


def test_a_scan_on_purpose_passes(repo: Repo, database: Any) -> None:
    repo.plant(DEQUEUE, "    WHERE r.queue = p_queue\n    ORDER", "    -- on purpose\n    ORDER")
    assert _plan_faults(repo, database) == []


def test_pieces_are_peeled_out_of_their_blocks(repo: Repo) -> None:
    found = {(piece.verb, piece.text) for piece in pieces(_routine(repo, "celers_enqueue"))}
    assert ("", "v_owned = 1") in found
    assert ("ROLLBACK", "ROLLBACK AND NO CHAIN NO RELEASE") in found
    assert ("SET", "SET v_owned = 0") in found
    assert ("START", "START TRANSACTION") in found
    types = local_types(_routine(repo, "celers_enqueue"))
    assert (types["v_task_id"], types["p_options"]) == ("BINARY(16)", "LONGTEXT")


def test_an_answer_is_compared_with_the_header(repo: Repo, database: Any) -> None:
    spec = repo.spec()
    routine = spec.routines["celers_requeue_from_dlq"]

    def faults(sql: str) -> list[str]:
        return list(contract.answer_faults(routine, spec.columns(routine), results(database, sql)))

    assert faults("SELECT 'a' AS task_id, 'b' AS queue, 1 AS count") == []
    assert faults("SELECT 'a' AS task_id, 'b' AS queue, 1.5 AS count") == [
        "count is int in the header, and type 246 on the wire",
        "count is int in the header, and a Decimal here",
    ]
    assert faults("SELECT 'a' AS task_id, NULL AS queue, 1 AS count") == [
        "queue is NULL, and has no '?' in the header"
    ]
    assert faults("SELECT 'a' AS id, 'b' AS queue, 1 AS count") == [
        "has the columns id, queue, count; the header: task_id, queue, count"
    ]
    assert faults("SELECT 'a' AS task_id, 'b' AS queue, 1 AS count FROM DUAL WHERE 1 = 0") == [
        "answers with 0 rows; the header says 1 row"
    ]
    assert faults("DO 1") == ["answers with 0 result sets instead of one"]


def test_parameters_are_compared_with_the_server(repo: Repo, database: Any) -> None:
    assert list(contract.parameter_faults(_routine(repo, "celers_enqueue"), database)) == []
    repo.plant(ENQUEUE, "IN p_task_name VARCHAR(1000)", "IN p_task_name VARCHAR(2000)")
    found = list(contract.parameter_faults(_routine(repo, "celers_enqueue"), database))
    assert len(found) == 1
    assert "varchar(2000)" in found[0]


def test_what_a_call_leaves_behind_is_found(server: Server) -> None:
    connection = sqlclient.connect(server.dsn(), database=None)
    assert list(contract.leftovers(connection)) == []
    results(connection, "SET @x = 1; DO GET_LOCK('celers_tools_test', 0); START TRANSACTION")
    found = list(contract.leftovers(connection))
    connection.close()
    assert found == [
        "leaves @x in the session",
        "leaves the named lock celers_tools_test",
        "leaves a transaction open",
    ]


def test_coverage_sees_what_was_executed(database: Any, server: Server) -> None:
    coverage = Coverage(SOURCE)
    coverage.start(server)
    call(database, "CALL celers_enqueue('mail', 'send', '{}', NULL)")
    coverage.stop()
    missed = {(one.routine, one.line) for one in coverage.missed()}
    assert ("celers_enqueue", 56) not in missed
    assert ("_celers_put_ready", 18) not in missed
    assert ("_celers_put_ready", 16) in missed
    assert "_celers_put_ready" not in coverage.idle()
    assert "celers_requeue_from_dlq" in coverage.idle()
    assert 0 < coverage.percent() < 100
    assert any(line.startswith(f"{PUT}:16: CALL _celers_raise(") for line in coverage.report())


def test_rows_know_their_columns(database: Any) -> None:
    rows = call(database, "SELECT 1 AS a, 'x' AS b")
    assert (list(rows), rows.columns) == ([(1, "x")], ("a", "b"))
    assert isinstance(call(database, "DO 1"), Rows)

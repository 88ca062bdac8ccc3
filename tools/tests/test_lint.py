"""Faults planted in a right repository, and each found by its code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import hot
from tools.lint import headers, sql
from tools.lint.__main__ import main
from tools.lint.bodies import Bodies
from tools.lint.finding import Finding
from tools.tests.fixture_repo import DEQUEUE, ENQUEUE, ERRORS, EVENT, ONE, PUT, REQUEUE, Repo

PROJECT = Path(__file__).resolve().parents[2]


def _sql(repo: Repo, *paths: str) -> list[Finding]:
    files = [repo.root / path for path in paths] or sql.files(repo.root)
    return sql.lint(files, repo.root, PROJECT / "pyproject.toml")


def test_the_fixture_is_clean(repo: Repo) -> None:
    assert headers.check(repo.spec()) == []
    assert _sql(repo) == []


HEADER_FAULTS = [
    (ENQUEUE, "-- celers_enqueue:", "-- celers_push:", "HD01", "the header celers_push"),
    (ENQUEUE, "--   p_task_name  str", "--   p_name  str", "HD02", "Params has (p_queue, p_name"),
    (ENQUEUE, "p_task_name  str", "p_task_name  int", "HD03", "p_task_name is int in Params"),
    (ENQUEUE, "COMMENT 'add one", "COMMENT 'add a", "HD04", "COMMENT is 'add a task to a queue'"),
    (ENQUEUE, "Errors   QUEUE_NAME_INVALID", "Errors   none", "HD05", "QUEUE_NAME_INVALID can be"),
    (REQUEUE, "TASK_NOT_FOUND\n", "TASK_NOT_FOUND, LIMIT_INVALID\n", "HD05", "nothing raises it"),
    (REQUEUE, "'TASK_NOT_FOUND'", "'TASK_MISSING'", "HD06", "TASK_MISSING is not in db/errors.tsv"),
    (ENQUEUE, "Writes   celers_task, ", "Writes   ", "HD07", "celers_task is written, and Writes"),
    (REQUEUE, "Writes   celers_dead", "Writes   celers_task, celers_dead", "HD07", "nothing writes"),
    (REQUEUE, "DELETE FROM celers_dead", "DELETE FROM celers_deed", "HD07", "celers_deed is written"),
    (REQUEUE, "Locks    celers_dead, celers_ready", "Locks    celers_ready, celers_dead", "HD08", ""),
    (REQUEUE, "Locks    celers_dead, ", "Locks    celers_desk, ", "HD08", "celers_desk is not in"),
    (REQUEUE, "-- Roles    admin\n", "", "HD11", "a public routine names its roles"),
    (ENQUEUE, "p_options    options", "p_options    json", "HD12", "go together"),
    (ENQUEUE, "Example  CALL celers_enqueue", "Example  CALL celers_push", "HD13", "celers_enqueue"),
    (ENQUEUE, "p_queue      str      queue name, 1..64 characters of [A-Za-z0-9_.:-]",
     "p_queue      str", "HD15", "p_queue needs a description"),
    (ONE, "CALL celers_dequeue_batch('default', 1);\nEND", "CALL celers_dequeue_bunch('default', 1);"
     "\nEND", "HD16", "celers_dequeue_bunch is called, and there is no such routine"),
    (PUT, "_celers_raise('QUEUE_NAME_INVALID', p", "_celers_raise(p_queue, p", "HD17", "a literal"),
    (PUT, "-- Writes   celers_ready", "-- Writes   celers_ready\n-- Roles    admin", "HD18", "Roles"),
    (EVENT, "DO CALL celers_dequeue();", "DO DELETE FROM celers_task;", "HD19", "is one CALL"),
    (ERRORS, "no such task\n", "no such task\n50009\tNEVER\tlimited\tnever\n", "ER01", "NEVER is"),
    (ERRORS, "no such task", "no such task " + "x" * 120, "ER02", "longer than the 128"),
    ("db/README.md", "Lock order:", "Order:", "HD08", "no line 'Lock order"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "code", "text"), HEADER_FAULTS)
def test_a_planted_header_fault_is_found(
    repo: Repo, path: str, old: str, new: str, code: str, text: str
) -> None:
    repo.plant(path, old, new)
    found = headers.check(repo.spec())
    assert any(one.code == code and text in one.text for one in found), found


def test_a_missing_test_and_a_long_body_are_found(repo: Repo) -> None:
    (repo.root / "db/tests/broker/celers_enqueue.sql").unlink()
    repo.write("db/tests/broker/celers_gone.sql", "SELECT 1;\n")
    repo.plant(REQUEUE, "    SET timestamp = DEFAULT;\n", "    SET timestamp = DEFAULT;\n" * 90)
    found = {(one.path, one.code) for one in headers.check(repo.spec())}
    assert (ENQUEUE, "HD09") in found
    assert ("db/tests/broker/celers_gone.sql", "HD09") in found
    assert (REQUEUE, "HD10") in found


def test_options_must_be_the_keys_that_the_body_knows(repo: Repo) -> None:
    repo.plant(
        ENQUEUE,
        "    SET timestamp = DEFAULT;\n",
        "    SET timestamp = DEFAULT;\n"
        '    SET v_owned = JSON_CONTAINS(\'["priority", "delay_s"]\', p_options);\n',
    )
    repo.plant(ENQUEUE, "--   priority     int", "--   urgency      int")
    found = [one.text for one in headers.check(repo.spec()) if one.code == "HD12"]
    assert found == [
        "the body knows the key delay_s, and Options does not list it",
        "the body knows the key priority, and Options does not list it",
        "Options lists urgency, and nothing reads it",
    ]


def test_errors_behind_a_handler_that_keeps_them_do_not_leave(repo: Repo) -> None:
    repo.plant(
        ONE,
        "BEGIN\n",
        "BEGIN\n    DECLARE EXIT HANDLER FOR SQLEXCEPTION SELECT 1 AS task_id;\n\n",
    )
    found = [one.text for one in headers.check(repo.spec()) if one.code == "HD05"]
    assert found == ["Errors lists LIMIT_INVALID, and nothing raises it"]


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("DELETE r FROM celers_running AS u STRAIGHT_JOIN celers_ready AS r ON r.id = u.id", "ready"),
        ("UPDATE celers_ready AS r INNER JOIN celers_task AS t ON t.id = r.id SET t.due_at = 1", "task"),
        ("UPDATE JSON_TABLE(p_x, '$' COLUMNS (a CHAR(3) CHARACTER SET utf8mb4 PATH '$')) AS j "
         "STRAIGHT_JOIN celers_ready AS r ON r.id = j.a SET r.due_at = IF(r.a = 1, 2, 3)", "ready"),
        ("INSERT INTO celers_dead (id) SELECT id FROM celers_ready FOR UPDATE", "dead"),
        ("INSERT INTO celers_dead (id) VALUES (1) ON DUPLICATE KEY UPDATE id = 2", "dead"),
        ("REPLACE INTO celers_dead (id) VALUES (REPLACE('a', 'b', 'c'))", "dead"),
        ("DELETE FROM celers_dead WHERE task_id IN (SELECT id FROM celers_ready)", "dead"),
        ("SELECT id FROM celers_ready WHERE queue = 'INSERT INTO celers_dead' FOR UPDATE", ""),
    ],
)  # fmt: skip
def test_written_tables(repo: Repo, statement: str, tables: str) -> None:
    repo.plant(ONE, "CALL celers_dequeue_batch('default', 1);\nEND", f"{statement};\nEND")
    writes = Bodies(repo.spec().routines).writes("celers_dequeue")
    assert writes == {f"celers_{table}" for table in tables.split()}


SQL_FAULTS = [
    (PUT, "IN p_task_id BINARY(16)", "IN task_id BINARY(16)", "CE01", "'task_id' must begin"),
    (DEQUEUE, "DECLARE v_task_id", "DECLARE task_id", "CE01", "'task_id' must begin with v_"),
    (ENQUEUE, "DECLARE v_task_id BINARY(16);", "DECLARE v_a, v_task_id BINARY(16);", "CE02", "v_a"),
    (DEQUEUE, "IN p_limit BIGINT", "IN p_limit INT", "CE04", "'p_limit INT' is narrow"),
    (ENQUEUE, "IN p_queue VARCHAR(1000)", "IN p_queue VARCHAR(64)", "CE04", "is narrow"),
    (ENQUEUE, "    SET timestamp = DEFAULT;\n", "", "CE05", "the first statement must be"),
    (ENQUEUE, "DECLARE v_task_id BINARY(16);", "DECLARE v_task_id BINARY(16);\n"
     "    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);", "CE05", "read before the clock"),
    (PUT, "UTC_TIMESTAMP(6)", "NOW(6)", "CE06", "NOW depends on the session's time zone"),
    (PUT, "UTC_TIMESTAMP(6)", "CURRENT_TIMESTAMP(6)", "CE06", "CURRENT_TIMESTAMP depends"),
    (DEQUEUE, "SELECT r.task_id\n", "SELECT *\n", "CE11", "name the columns"),
    (ENQUEUE, "DECLARE EXIT HANDLER FOR SQLEXCEPTION\n", "DECLARE CONTINUE HANDLER FOR SQLEXCEPTION"
     "\n", "CE12", "a CONTINUE HANDLER may only name"),
    (DEQUEUE, "COMMIT AND NO CHAIN NO RELEASE", "COMMIT", "CE13", "write 'COMMIT AND NO CHAIN"),
    (ENQUEUE, "ROLLBACK AND NO CHAIN NO RELEASE", "ROLLBACK AND NO CHAIN", "CE13", "'ROLLBACK AND"),
    (PUT, "    IF p_queue IS NULL OR", "    SET @a = 1;\n    IF p_queue IS NULL OR", "CE14", "'@a'"),
    (PUT, "CALL _celers_raise('QUEUE_NAME_INVALID', p_queue)", "SIGNAL SQLSTATE '45000'", "CE15", ""),
    (PUT, "    INSERT INTO", "    DO SLEEP(1);\n    INSERT INTO", "CE16", "SLEEP waits"),
    (DEQUEUE, "DELETE r FROM celers_ready AS r FORCE INDEX (PRIMARY)", "DELETE r FROM celers_ready "
     "AS r", "CE17", "celers_ready needs FORCE INDEX"),
    (DEQUEUE, "FROM celers_ready AS r FORCE INDEX (PRIMARY)\n    WHERE r.queue = p_queue\n",
     "FROM celers_ready AS r\n    WHERE r.queue = p_queue\n", "CE17", "celers_ready needs FORCE"),
    (PUT, "    INSERT INTO", "    CREATE TEMPORARY TABLE a (b INT);\n    INSERT INTO", "CE18", ""),
    (PUT, "    INSERT INTO", "    IF THEN;\n    INSERT INTO", "PRS", "unparsable"),
    (PUT, "INSERT INTO", "insert INTO", "CP01", "Keywords must be upper"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "code", "text"), SQL_FAULTS)
def test_a_planted_sql_fault_is_found(
    repo: Repo, path: str, old: str, new: str, code: str, text: str
) -> None:
    repo.plant(path, old, new)
    found = _sql(repo, path)
    assert any((one.path, one.code) == (path, code) and text in one.text for one in found), found


def test_functions_and_triggers_are_refused(repo: Repo) -> None:
    repo.write(
        "db/procedures/lib/f.sql",
        "CREATE FUNCTION f () RETURNS INT\nDETERMINISTIC\nRETURN 1;\n",
    )
    repo.write(
        "db/procedures/lib/t.sql",
        "CREATE TRIGGER t BEFORE INSERT ON celers_task FOR EACH ROW\nSET NEW.payload = '';\n",
    )
    found = {one.path for one in _sql(repo) if one.code == "CE03"}
    assert found == {"db/procedures/lib/f.sql", "db/procedures/lib/t.sql"}


def test_system_variables_are_no_variables_of_the_session(repo: Repo) -> None:
    repo.plant(PUT, "    IF p_queue IS NULL OR", "    IF NOT @@autocommit OR")
    repo.plant(
        DEQUEUE, "    IF p_limit IS NULL OR", "    CALL _celers_x(1 AND @@autocommit);\n    IF"
    )
    assert "CE14" not in {one.code for one in _sql(repo, PUT, DEQUEUE)}


def test_a_row_taken_by_its_whole_key_needs_no_hint(repo: Repo) -> None:
    repo.plant(
        DEQUEUE,
        "DELETE r FROM celers_ready AS r FORCE INDEX (PRIMARY)\n"
        "    WHERE r.queue = p_queue AND r.task_id = v_task_id;",
        "DELETE FROM celers_ready\n"
        "    WHERE queue = p_queue AND priority = 1 AND due_at = p_queue AND id = v_task_id;",
    )
    assert "CE17" not in {one.code for one in _sql(repo, DEQUEUE)}


def test_the_rule_for_hot_tables_reads_their_keys_in_the_migrations() -> None:
    keys = hot.unique_keys()
    assert {"queue", "priority", "due_at", "id"} in keys["celers_ready"]
    assert all(keys[table] for table in hot.HOT)


CONSTRUCTS = [
    "SELECT r.id FROM celers_ready AS r LIMIT 1 FOR UPDATE SKIP LOCKED",
    "SELECT r.id FROM celers_ready AS r FORCE INDEX (PRIMARY) LIMIT 1 FOR UPDATE OF r SKIP LOCKED",
    "SELECT r.id FROM celers_ready AS r ORDER BY r.id LIMIT 1 FOR UPDATE INTO v_id",
    "SELECT a.id FROM celers_a AS a STRAIGHT_JOIN celers_b AS b FORCE INDEX (PRIMARY) ON b.i = a.i",
    "SELECT a.id FROM celers_a AS a INNER JOIN LATERAL (SELECT 1 AS x) AS b ON TRUE",
    "SELECT a.id FROM celers_a AS a FORCE INDEX (PRIMARY) GROUP BY a.id UNION ALL SELECT 1",
    "DECLARE c_owned CONDITION FOR SQLSTATE '45000'",
    "DECLARE c_owned CONDITION FOR 1568",
    "DECLARE CONTINUE HANDLER FOR 1213, 1205 SET v_id = 1",
    "SAVEPOINT celers_call",
    "ROLLBACK TO SAVEPOINT celers_call",
    "RELEASE SAVEPOINT celers_call",
    "COMMIT AND NO CHAIN NO RELEASE",
    "ROLLBACK AND NO CHAIN NO RELEASE",
    "START TRANSACTION READ WRITE",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT",
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET timestamp = DEFAULT",
]


@pytest.mark.parametrize("statement", CONSTRUCTS)
def test_the_grammar_knows(repo: Repo, statement: str) -> None:
    text = f"CREATE PROCEDURE _celers_x ()\nBEGIN\n    {statement};\nEND;\n"
    repo.write("db/procedures/lib/_celers_x.sql", text)
    assert "PRS" not in {one.code for one in _sql(repo, "db/procedures/lib/_celers_x.sql")}


def test_the_command_line_says_what_it_found(
    repo: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["headers", "sql", "--root", str(repo.root)]) == 0
    repo.plant(ENQUEUE, "Writes   celers_task, ", "Writes   ")
    assert main(["headers", "sql", "--root", str(repo.root)]) == 1
    printed = capsys.readouterr().out
    assert f"{ENQUEUE}:18: HD07 celers_task is written, and Writes does not list it\n" in printed
    repo.plant(ENQUEUE, "p_queue      str", "p_queue      string")
    assert main(["headers", "--root", str(repo.root)]) == 1
    assert f"{ENQUEUE}:6: HD00 'string' is not one of" in capsys.readouterr().out

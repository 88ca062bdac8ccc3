"""``celers doctor``: what it finds, for whom, and what --fix does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import pyclient
import tools.server
from pyclient.doctor import Level, examine, load
from pyclient.dsn import Dsn
from pyclient.migrate import migrate
from pyclient.tests.cli.opskit import account, celers, start
from tools import sqlclient
from tools.freshschema import Schema

Connect = Callable[..., Any]
Call = Callable[[Any, str], Any]
Findings = dict[str, list[tuple[Level, str, str]]]


def findings(dsn: str) -> Findings:
    """What is found, by check."""
    found: Findings = {}
    for finding in examine(dsn):
        found.setdefault(finding.check, []).append((finding.level, finding.text, finding.fix))
    return found


def only(dsn: str, check: str) -> tuple[Level, str, str]:
    """The one finding of a check."""
    (finding,) = findings(dsn)[check]
    return finding


@pytest.fixture
def mended(schema: Schema, connect: Connect, call: Call) -> Iterator[Callable[[str], Any]]:
    """Run SQL that spoils the schema, which is mended after the test."""
    yield lambda sql: call(connect(), sql)
    migrate(schema.dsn, out=lambda _: None)
    call(connect(), "ALTER EVENT celers_ev_upkeep DISABLE")  # a repair enables it


def test_a_healthy_schema_has_no_fault(schema: Schema, mended: Callable[[str], Any]) -> None:
    mended("ALTER EVENT celers_ev_upkeep ENABLE")
    mended("CALL celers_tick()")
    try:
        done = celers(schema.dsn, "doctor", "--json")
    finally:
        mended("ALTER EVENT celers_ev_upkeep DISABLE")
    assert done.code == 0
    assert {record["schema"] for record in done.records} == {"celers.finding/1"}
    bad = [record for record in done.records if record["level"] in ("WARN", "FAIL")]
    assert {record["check"] for record in bad} <= {"deadlocks", "transactions", "history"}
    assert not [record for record in done.records if record["level"] == "SKIP"]


def test_a_broken_schema_is_a_fault_and_is_fixed(
    schema: Schema, mended: Callable[[str], Any]
) -> None:
    mended("CALL celers_tick()")
    mended("DROP PROCEDURE celers_ack")
    mended(f"REVOKE EXECUTE ON PROCEDURE celers_step FROM '{schema.name}_worker'")
    mended("ALTER DATABASE COLLATE utf8mb4_unicode_ci")
    done = celers(schema.dsn, "doctor")
    assert done.code == 1
    faults = {
        (row["check"], row["text"]): row["fix"] for row in done.table if row["level"] == "FAIL"
    }
    assert faults == {
        (
            "character set",
            "the database's default is utf8mb4_unicode_ci, not utf8mb4_0900_bin:"
            " claims would read whole tables",
        ): "celers migrate",
        ("drift", "routine celers_ack is missing"): "celers migrate",
        ("grants", "grant missing: EXECUTE on celers_step to worker"): "celers migrate",
    }
    fixed = celers(schema.dsn, "doctor", "--fix")
    assert fixed.code == 0
    assert "created celers_ack (it was missing)\ngranted 1 right to the roles\n" in fixed.err
    assert "FAIL" not in {row["level"] for row in celers(schema.dsn, "doctor").table}


def test_what_migrate_does_not_mend_is_left_alone(
    schema: Schema, mended: Callable[[str], Any]
) -> None:
    mended("ALTER TABLE celers_worker ADD COLUMN own INT")
    try:
        _, text, fix = next(
            found for found in findings(schema.dsn)["drift"] if found[0] is Level.FAIL
        )
        assert text.startswith("table celers_worker was changed by hand")
        assert fix
        done = celers(schema.dsn, "doctor", "--fix")
        assert done.code == 1
        assert "there is nothing here that `celers migrate` mends" in done.err
    finally:
        mended("ALTER TABLE celers_worker DROP COLUMN own")


def test_a_database_that_is_not_there_is_deployed(schema: Schema) -> None:
    missing = schema.dsn.replace(schema.name, f"{schema.name}_x")
    connection = sqlclient.connect(schema.dsn)
    try:
        done = celers(missing, "doctor")
        assert done.code == 1
        assert done.table[-1]["text"] == f"database {schema.name}_x does not exist"
        sqlclient.call(connection, f"CREATE DATABASE {schema.name}_x COLLATE utf8mb4_0900_bin")
        empty = celers(missing, "doctor")
        assert empty.code == 1
        assert empty.table[-1]["text"] == f"celers is not deployed in {schema.name}_x"
        assert celers(missing, "doctor", "--fix").code == 0
        assert celers(missing, "migrate", "status", "--exit-code").code == 0
    finally:
        sqlclient.call(connection, f"DROP DATABASE {schema.name}_x")
        connection.close()


def test_an_account_without_rights_gets_all_that_it_may_see(schema: Schema) -> None:
    of_viewer = findings(account(schema, "viewer"))
    skipped = {check: found[0][1] for check, found in of_viewer.items() if found[0][0] == "SKIP"}
    assert skipped == {
        "replica": "not checked: needs REPLICATION CLIENT",
        "history": "not checked: needs PROCESS",
        "transactions": "not checked: needs PROCESS",
        "deadlocks": "not checked: needs PROCESS",
        "drift": "not checked: needs SELECT on celers_migration",
        "grants": "not checked: needs SELECT on celers_migration",
    }
    assert {"maintenance", "workers", "queues", "dead letters"} <= of_viewer.keys()
    of_worker = findings(account(schema, "worker"))
    assert of_worker["maintenance"][0][1] == "not checked: needs EXECUTE on celers_get_maintenance"
    assert celers(account(schema, "producer"), "doctor").code == 0


def test_the_right_to_undo_all_rights_is_found(
    schema: Schema, connect: Connect, call: Call
) -> None:
    user = Dsn.parse(account(schema, "worker")).user
    call(connect(), f"GRANT CREATE TEMPORARY TABLES ON {schema.name}.* TO '{user}'@'%'")
    (found,) = (one for one in findings(schema.dsn)["grants"] if user in one[1])
    assert found[0] is Level.WARN
    call(connect(), found[2].partition(" FROM ")[0] + f" FROM '{user}'@'%'")
    assert only(schema.dsn, "grants")[0] is Level.OK


def test_a_held_transaction_is_found(
    schema: Schema, connect: Connect, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "LONG_S", 1)
    holder = connect(autocommit=False)
    call(holder, "SELECT COUNT(*) FROM celers_task")
    time.sleep(2)
    level, text, fix = only(schema.dsn, "transactions")
    assert level is Level.WARN
    assert "older than 1 s" in text
    assert "end it, or KILL " in fix
    monkeypatch.setattr(load, "LONG_S", 3600)
    assert only(schema.dsn, "transactions")[0] is Level.OK


def test_a_silent_worker_with_tasks_is_found(
    schema: Schema, client: pyclient.Client, connect: Connect, call: Call
) -> None:
    client.call_register_worker("gone-1", queues="mail")
    client.call_enqueue("mail", "send", {})
    assert client.call_dequeue_batch("mail", "gone-1", 1)
    assert only(schema.dsn, "workers")[0] is Level.OK
    call(
        connect(),
        "UPDATE celers_worker SET last_heartbeat_at = last_heartbeat_at - INTERVAL 1 HOUR",
    )
    level, text, _ = only(schema.dsn, "workers")
    assert (level, text) == (Level.WARN, "gone-1 is silent for 60 min and holds 1 task")


def test_queues_that_nobody_serves_are_found(
    schema: Schema, client: pyclient.Client, connect: Connect, call: Call
) -> None:
    for queue in ("paused", "forgotten", "fresh"):
        client.call_enqueue(queue, "send", {})
    client.call_pause("paused")
    assert only(schema.dsn, "queues")[0] is Level.OK
    late = "ready_at = ready_at - INTERVAL 10 MINUTE"
    call(connect(), f"UPDATE celers_ready SET {late} WHERE queue <> 'fresh'")
    found = findings(schema.dsn)["queues"]
    assert [(level, fix) for level, _, fix in found] == [
        (Level.WARN, "celers worker run APP -Q forgotten"),
        (Level.WARN, "celers queue resume paused"),
    ]
    assert (
        found[0][1] == "forgotten: 1 task ready, waiting for up to 10 min, and no worker serves it"
    )


def test_overdue_and_disabled_duties_are_found(
    schema: Schema, client: pyclient.Client, connect: Connect, call: Call
) -> None:
    client.call_tick()
    assert only(schema.dsn, "maintenance")[0] is Level.OK
    client.call_set_maintenance("promote_due", is_enabled=False)
    assert only(schema.dsn, "maintenance")[1] == "promote_due is switched off"
    client.call_set_maintenance("promote_due", is_enabled=True)
    past = "UTC_TIMESTAMP(6) - INTERVAL 1 HOUR"
    call(
        connect(), f"UPDATE celers_maintenance SET next_at = {past} WHERE duty = 'recover_expired'"
    )
    level, text, _ = only(schema.dsn, "maintenance")
    assert level is Level.FAIL
    assert text.startswith("recover_expired is overdue by 60 min, one of 1 duties")


def test_growing_dead_letters_are_found(schema: Schema, client: pyclient.Client) -> None:
    client.call_enqueue_batch("mail", [{"task_name": "send", "payload": {}}] * 12, max_retries=0)
    assert only(schema.dsn, "dead letters")[0] is Level.OK
    for task in client.call_dequeue_batch("mail", "w", 12):
        client.call_reject(task.task_id, task.receipt, "no route")
    level, text, _ = only(schema.dsn, "dead letters")
    assert (level, text) == (Level.WARN, "12 dead letters, 12 of them not older than an hour")


def test_clocks_that_differ_are_found(schema: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 300)
    level, text, _ = only(schema.dsn, "clock")
    assert (level, text) == (Level.WARN, "the server's clock is 5 min behind this machine's")


def test_a_server_that_is_too_old_is_a_fault(
    schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyclient._connect.OLDEST_SERVER", (99, 0, 0))
    done = celers(schema.dsn, "doctor")
    assert done.code == 1
    (row,) = done.table
    assert (row["level"], row["check"]) == ("FAIL", "server")
    assert row["text"].startswith("celers needs MySQL 99.0.0 or later; this is MySQL ")


def test_a_server_that_is_down_has_its_own_code() -> None:
    done = celers("mysql://root:geheim@127.0.0.1:1/celers", "doctor")
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert "geheim" not in done.err


@pytest.fixture(scope="module")
def own() -> Iterator[tuple[str, Any]]:
    """A server of our own to be set up badly: the DSN of a schema in it, and a connection."""
    with tools.server.private() as server:
        dsn = server.dsn("celers")
        migrate(dsn, out=lambda _: None)
        connection = sqlclient.connect(dsn)
        yield dsn, connection
        connection.close()


@pytest.mark.parametrize(
    ("variable", "value", "check", "level", "words"),
    [
        ("event_scheduler", "OFF", "events", Level.WARN, "nobody does maintenance"),
        ("innodb_flush_log_at_trx_commit", "0", "durability", Level.FAIL, "a crash of the server"),
        ("innodb_flush_log_at_trx_commit", "2", "durability", Level.WARN, "a crash of the machine"),
        ("sync_binlog", "0", "durability", Level.WARN, "may leave replicas"),
        ("binlog_format", "STATEMENT", "binary log", Level.FAIL, "refuses the writes"),
        ("sql_mode", "", "sql mode", Level.WARN, "sql_mode='' is not strict"),
        ("transaction_isolation", "SERIALIZABLE", "isolation", Level.WARN, "inherit it"),
        ("read_only", "ON", "writable", Level.FAIL, "read_only=ON"),
        ("offline_mode", "ON", "writable", Level.FAIL, "offline_mode=ON"),
        ("max_connections", "10", "connections", Level.OK, "of 10 connections in use"),
        ("time_zone", "+05:00", "time zone", Level.OK, "+05:00; celers keeps UTC"),
    ],
)
def test_settings_of_the_server(
    own: tuple[str, Any], variable: str, value: str, check: str, level: Level, words: str
) -> None:
    dsn, connection = own
    try:
        sql_value = value if value.isdigit() else f"'{value}'"
        sqlclient.call(connection, f"SET GLOBAL {variable} = {sql_value}")
        found = findings(dsn)
    finally:
        sqlclient.call(connection, f"SET GLOBAL {variable} = DEFAULT")
    assert found[check][0][0] is level
    assert words in found[check][0][1]
    assert found["clock"][0][0] is Level.OK
    assert found["transactions"][0][0] is Level.OK


def test_a_server_that_is_full_is_found(own: tuple[str, Any]) -> None:
    dsn, connection = own
    sqlclient.call(connection, "SET GLOBAL max_connections = 10")
    others = [sqlclient.connect(dsn) for _ in range(8)]
    try:
        level, text, _ = only(dsn, "connections")
        assert (level, text[:2]) == (Level.FAIL, "10")
    finally:
        for other in others:
            other.close()
        sqlclient.call(connection, "SET GLOBAL max_connections = DEFAULT")


def test_a_replica_is_found(own: tuple[str, Any]) -> None:
    dsn, connection = own
    sqlclient.call(connection, "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1'")
    try:
        assert only(dsn, "replica")[0] is Level.WARN
    finally:
        sqlclient.call(connection, "RESET REPLICA ALL")
    assert only(dsn, "replica")[0] is Level.OK


def test_events_that_died_with_the_scheduler_on_are_found(own: tuple[str, Any]) -> None:
    dsn, connection = own
    assert only(dsn, "events")[1] == "event_scheduler=ON"
    sqlclient.call(connection, "ALTER EVENT celers_ev_upkeep DISABLE")
    try:
        level, text, fix = only(dsn, "drift")
        assert (level, text) == (Level.WARN, "event celers_ev_upkeep is DISABLED")
        sqlclient.call(connection, fix.removesuffix(" turns it on"))
        assert only(dsn, "drift")[0] is Level.OK
    finally:
        sqlclient.call(connection, "ALTER EVENT celers_ev_upkeep ENABLE")


def test_nobody_reads_the_end_of_the_pipe(schema: Schema) -> None:
    running = start(schema.dsn, "doctor")
    assert running.stdout is not None
    running.stdout.close()
    assert running.wait(60) in (0, 141)
    assert running.stderr is not None
    assert "Traceback" not in running.stderr.read()

"""Finding what was changed behind the deployer's back, and showing what is deployed."""

from __future__ import annotations

import pytest

from pyclient.migrate.session import Session
from pyclient.tests.migrate.kit import Place


def test_nothing_is_there_yet(place: Place) -> None:
    assert place.sentences() == [f"database {place.schema} does not exist"]
    assert {row.state for row in place.status().rows} == {"pending"}
    with Session(place.dsn) as session:
        session.run(f"CREATE DATABASE {place.schema} COLLATE utf8mb4_0900_bin")
    assert place.sentences() == [f"celers is not deployed in {place.schema}"]


@pytest.mark.parametrize(
    ("by_hand", "sentence"),
    [
        (
            "DROP PROCEDURE celers_take",
            "routine celers_take is missing: celers migrate mends it",
        ),
        (
            "DROP PROCEDURE celers_take; CREATE PROCEDURE celers_take () SELECT 1 AS n",
            "routine celers_take was edited by hand: celers migrate mends it",
        ),
        (
            "ALTER PROCEDURE celers_take SQL SECURITY INVOKER",
            "routine celers_take was edited by hand: celers migrate mends it",
        ),
        (
            "CREATE PROCEDURE _celers_own () SELECT 1",
            "routine _celers_own is not one of this celers",
        ),
        (
            "ALTER VIEW celers_b AS SELECT 1 AS id",
            "view celers_b was edited by hand: celers migrate mends it",
        ),
        ("DROP VIEW celers_b", "view celers_b is missing: celers migrate mends it"),
        (
            "ALTER EVENT celers_ev_tick ON SCHEDULE EVERY 5 HOUR",
            "event celers_ev_tick was edited by hand: celers migrate mends it",
        ),
        (
            "ALTER EVENT celers_ev_tick DISABLE",
            "event celers_ev_tick is DISABLED: ALTER EVENT celers_ev_tick ENABLE turns it on",
        ),
        (
            "ALTER TABLE celers_task MODIFY COLUMN note VARCHAR(41) NOT NULL",
            "table celers_task was changed by hand: its columns, indexes or constraints differ",
        ),
        (
            "CREATE INDEX by_hand ON celers_task (size)",
            "table celers_task was changed by hand: its columns, indexes or constraints differ",
        ),
        (
            "ALTER TABLE celers_task ALTER INDEX ix_task_note INVISIBLE",
            "table celers_task was changed by hand: its columns, indexes or constraints differ",
        ),
        ("CREATE TABLE celers_x (a INT)", "table celers_x was not created by a migration"),
        (
            "UPDATE celers_error SET message = 'x' LIMIT 1",
            "table celers_error differs from errors.tsv",
        ),
        (
            "ALTER DATABASE COLLATE utf8mb4_unicode_ci",
            "database {schema} has the default collation utf8mb4_unicode_ci, not utf8mb4_0900_bin",
        ),
        (
            "DELETE FROM celers_migration WHERE kind = 'migration'",
            "migration 0001_initial is not applied",
        ),
        (
            "UPDATE celers_migration SET finished_at = NULL WHERE kind = 'migration'",
            "migration 0001_initial was not brought to its end",
        ),
    ],
)
def test_each_drift_is_one_sentence(place: Place, by_hand: str, sentence: str) -> None:
    place.migrate()
    assert place.verify() == []
    place.run(by_hand)
    assert place.sentences() == [sentence.format(schema=place.schema)]


def test_a_lost_table_is_named(place: Place) -> None:
    place.migrate()
    place.run("DROP TABLE celers_task")
    assert "table celers_task is missing" in place.sentences()


def test_a_definer_that_is_gone_is_named(place: Place) -> None:
    deployer = place.account(f"ALL ON `{place.schema}`.*")
    place.migrate(dsn=deployer)
    place.migrate()
    with Session(place.dsn) as session:
        session.run("SET SESSION sql_log_bin = 1")
        session.run(f"DROP USER '{deployer.user}'")
    assert place.sentences() == [
        f"account {deployer.user}@%, the definer of 7 objects, does not exist"
    ]


def test_status_tells_what_migrate_would_do(place: Place) -> None:
    place.migrate()
    assert place.status().pending == 0
    rows = {(row.kind, row.name): row for row in place.status().rows}
    applied = rows["migration", "0001_initial"]
    assert applied.applied_at is not None
    assert (applied.state, len(applied.sha256)) == ("applied", 64)
    place.tree.upgrade()
    place.run("DROP PROCEDURE _celers_help")
    assert place.states() == {
        "0002_next": "pending",
        "errors.tsv": "changed",
        "_celers_help": "missing",
        "celers_count": "removed",
        "celers_new": "pending",
        "celers_take": "changed",
        "roles": "changed",
    }
    assert place.status().pending == 7

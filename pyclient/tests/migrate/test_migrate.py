"""Deploying: what is applied, when, and what is refused."""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path

import pytest

import pyclient
from pyclient.errors import InvalidDsn
from pyclient.migrate import (
    DeployFailed,
    MigrationEdited,
    SchemaNewer,
    ServerUnsupported,
    TreeInvalid,
    migrate,
    tree,
    verify,
)
from pyclient.migrate.session import COLLATION, SQL_MODE, Refused, Session, check_version, lock_name
from pyclient.tests.migrate.kit import FIRST, SECOND, Place


def said(place: Place, **options: bool) -> list[str]:
    """The sentences of a deployment, without the times in them."""
    sentences: list[str] = []
    place.migrate(out=sentences.append, **options)
    return [re.sub(r" \[\d+ ms\]$", "", sentence) for sentence in sentences]


def test_a_fresh_database_gets_everything(place: Place) -> None:
    roles = ", ".join(
        f"{place.schema}_{role}" for role in ("producer", "worker", "viewer", "admin")
    )
    assert said(place) == [
        f"created database {place.schema}",
        f"created roles {roles}",
        "applied migration 0001_initial",
        "loaded 2 errors of errors.tsv",
        "created 2 views",
        "created 3 routines",
        "granted 2 rights to the roles",
        "created event celers_ev_tick",
    ]
    assert place.run("CALL celers_count()")[0] == [(2,)]
    rows = place.run("SELECT id, note, size FROM celers_task ORDER BY id")[0]
    assert rows == [(1, "it's; one", 10), (2, "two", 10)]
    assert place.run("SELECT number, message FROM celers_error ORDER BY number")[0] == [
        (50000, "it's \\ wrong"),
        (50001, "no such thing ä"),
    ]
    assert place.verify() == []


def test_the_second_time_there_is_nothing_to_do(place: Place) -> None:
    place.migrate()
    before = place.run("SELECT * FROM celers_migration ORDER BY kind, name")[0]
    assert said(place) == ["nothing to do"]
    assert place.run("SELECT * FROM celers_migration ORDER BY kind, name")[0] == before


def test_an_upgrade_changes_only_what_changed(place: Place) -> None:
    place.migrate()
    place.tree.upgrade()
    assert said(place) == [
        "applied migration 0002_next",
        "loaded 2 errors of errors.tsv",
        "created routine celers_new",
        "replaced celers_take",
        "dropped routine celers_count",
    ]
    assert place.run("CALL celers_take()")[0] == [(2,)]
    assert place.run("SELECT SUM(size) FROM celers_task")[0] == [(22,)]
    assert place.run("SHOW PROCEDURE STATUS WHERE Db = DATABASE() AND Name = 'celers_count'") == [
        []
    ]
    assert place.verify() == []
    assert said(place) == ["nothing to do"]


def test_views_and_events_follow_their_files(place: Place) -> None:
    place.migrate()
    place.tree.write(
        "views/celers_b.sql", "CREATE VIEW celers_b AS SELECT id, size FROM celers_task;\n"
    )
    place.tree.remove("views/celers_a.sql")
    event = "CREATE EVENT celers_ev_tick ON SCHEDULE EVERY 2 HOUR DO CALL celers_take();\n"
    place.tree.write("events/celers_ev_tick.sql", event)
    assert said(place) == ["replaced celers_b", "dropped view celers_a", "replaced celers_ev_tick"]
    assert place.run("SELECT size FROM celers_b")[0] == [(10,), (10,)]
    assert place.verify() == []
    place.tree.remove("events/celers_ev_tick.sql")
    assert said(place) == ["dropped event celers_ev_tick"]


def test_a_dry_run_says_the_same_and_writes_nothing(place: Place) -> None:
    would = said(place, dry_run=True)
    with Session(place.dsn) as session:
        assert session.rows(f"SHOW DATABASES LIKE '{place.schema}'") == []
    done = said(place)
    assert [sentence.removeprefix("would ") for sentence in would] == [
        re.sub(r"^(\w+?)i?ed\b", lambda word: _plain(word[0]), sentence) for sentence in done
    ]
    place.tree.upgrade()
    before = place.run("SELECT * FROM celers_migration ORDER BY kind, name")[0]
    assert "would replace celers_take" in said(place, dry_run=True)
    assert place.run("SELECT * FROM celers_migration ORDER BY kind, name")[0] == before


def _plain(word: str) -> str:
    return {"applied": "apply", "created": "create", "loaded": "load", "granted": "grant"}[word]


def test_show_sql_shows_what_is_sent(place: Place) -> None:
    shown = "\n".join(said(place, show_sql=True, dry_run=True))
    assert "CREATE INDEX ix_task_note ON celers_task (note);" in shown
    assert "CREATE PROCEDURE celers_take ()" in shown
    assert "CREATE ROLE IF NOT EXISTS" in shown


def test_routines_carry_the_fixed_session(place: Place) -> None:
    place.migrate()
    rows = place.run(
        "SELECT DISTINCT CONCAT(SQL_MODE), CHARACTER_SET_CLIENT, COLLATION_CONNECTION,"
        " DATABASE_COLLATION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()"
    )[0]
    assert rows == [(SQL_MODE, "utf8mb4", COLLATION, COLLATION)]


def test_a_database_with_another_collation_is_altered_first(place: Place) -> None:
    with Session(place.dsn) as session:
        session.run(f"CREATE DATABASE {place.schema} COLLATE utf8mb4_unicode_ci")
    assert said(place)[0] == (
        f"altered database {place.schema} (its default collation is {COLLATION} now)"
    )
    assert place.verify() == []


def test_an_edited_migration_is_refused_by_its_name(place: Place) -> None:
    place.migrate()
    place.tree.write("migrations/0001_initial.sql", FIRST.replace("VARCHAR(40)", "VARCHAR(50)"))
    with pytest.raises(MigrationEdited, match=r"^migrations/0001_initial\.sql was applied"):
        place.migrate()
    assert place.states()["0001_initial"] == "edited"
    assert place.sentences() == [
        "migrations/0001_initial.sql reads differently from what was applied"
    ]


def test_line_ends_of_another_system_are_no_edit(place: Place) -> None:
    place.migrate()
    file = place.tree.root / "migrations/0001_initial.sql"
    file.write_bytes(FIRST.replace("\n", "\r\n").encode())
    assert said(place) == ["nothing to do"]


def test_a_schema_with_an_unknown_migration_is_refused(place: Place) -> None:
    place.tree.write("migrations/0002_next.sql", SECOND)
    place.migrate()
    place.tree.remove("migrations/0002_next.sql")
    with pytest.raises(SchemaNewer, match=r"0002_next.*upgrade this one"):
        place.migrate()
    assert place.states()["0002_next"] == "newer"
    assert place.sentences()[0] == (
        f"schema {place.schema} has migration 0002_next, unknown to this celers "
        f"{pyclient.__version__}"
    )


def test_a_schema_of_a_later_version_is_refused(place: Place) -> None:
    place.tree.root.with_name("pyproject.toml").write_text('version = "1.2.0"\n')
    place.migrate()
    place.tree.root.with_name("pyproject.toml").write_text('version = "1.10.0"\n')
    place.migrate()
    place.tree.root.with_name("pyproject.toml").write_text('version = "1.9.9"\n')
    with pytest.raises(
        SchemaNewer, match=r"celers 1\.10\.0, which is newer than this celers 1\.9\.9"
    ):
        place.migrate()


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("10.11.6-MariaDB-1", "MariaDB 10.11.6"),
        ("5.5.5-10.11.19-MariaDB", "MariaDB"),
        ("8.0.11-TiDB-v7.5.0", "TiDB"),
        ("8.0.28", "8.0.28"),
        ("5.7.44-log", "5.7.44"),
        ("unknown", "unknown"),
    ],
)
def test_other_and_older_servers_are_refused_in_one_sentence(version: str, words: str) -> None:
    with pytest.raises(ServerUnsupported) as caught:
        check_version(version)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("version", ["8.0.29", "8.4.6-0ubuntu0", "9.7.4-2", "10.0.0"])
def test_supported_servers_pass(version: str) -> None:
    check_version(version)


def test_a_statement_that_fails_is_named_and_the_file_may_be_corrected(place: Place) -> None:
    broken = FIRST.replace(
        "CREATE INDEX ix_task_note", "\n-- why\nCREATE INDEX ix_task_note"
    ).replace("(note);", "(nothing);")
    place.tree.write("migrations/0001_initial.sql", broken)
    line = broken[: broken.index("-- why")].count("\n") + 1
    with pytest.raises(DeployFailed, match=f"0001_initial.sql, .* line {line}: .* 1072: "):
        place.migrate()
    assert place.states()["0001_initial"] == "failed"
    place.tree.write("migrations/0001_initial.sql", FIRST)
    assert "continued migration 0001_initial (from statement 3)" in said(place)
    assert place.run("SELECT size FROM celers_task")[0] == [(10,), (10,)]
    assert place.verify() == []


def test_the_part_of_a_failed_migration_that_ran_must_stay(place: Place) -> None:
    place.tree.write("migrations/0001_initial.sql", FIRST.replace("(note);", "(nothing);"))
    with pytest.raises(DeployFailed):
        place.migrate()
    place.tree.write("migrations/0001_initial.sql", FIRST.replace("VARCHAR(40)", "VARCHAR(50)"))
    with pytest.raises(MigrationEdited):
        place.migrate()


def test_a_table_that_was_there_before_is_not_taken_for_ours(place: Place) -> None:
    with Session(place.dsn) as session:
        session.run(f"CREATE DATABASE {place.schema} COLLATE {COLLATION}")
    place.run("CREATE TABLE celers_task (other INT PRIMARY KEY)")
    for _ in range(2):
        with pytest.raises(DeployFailed, match="1050: Table 'celers_task' already exists"):
            place.migrate()


def test_a_routine_that_does_not_compile_changes_nothing_and_is_named(place: Place) -> None:
    place.migrate()
    place.tree.upgrade()
    place.tree.routine("celers_take", "SELECT 3 AS n;\n    SELEC 4;")
    for dry_run in (True, False):
        with pytest.raises(
            DeployFailed, match=r"^procedures/broker/celers_take.sql: .* 1064: "
        ) as e:
            place.migrate(dry_run=dry_run)
        assert str(e.value).endswith("near '4; END' at line 12")
    assert place.run("CALL celers_take()")[0] == [(1,)]
    assert place.states()["0002_next"] == "pending"
    place.tree.routine("celers_take", "SELECT 3 AS n;")
    assert "replaced celers_take" in said(place)
    assert place.verify() == []


def test_a_view_that_cannot_be_created_is_named(place: Place) -> None:
    place.migrate()
    place.tree.write("views/celers_b.sql", "CREATE VIEW celers_b AS SELECT id FROM celers_x;\n")
    with pytest.raises(
        DeployFailed, match=r"^views/celers_b.sql: .* 1146: .*celers_x' doesn't exist$"
    ):
        place.migrate()
    assert place.states() == {"celers_b": "failed"}
    assert place.run("SELECT COUNT(*) FROM celers_b")[0] == [(2,)]
    place.tree.write("views/celers_b.sql", "CREATE VIEW celers_b AS SELECT 5 AS id;\n")
    assert said(place) == ["replaced celers_b (it could not be created before)"]
    assert place.verify() == []


def test_an_edit_by_hand_is_put_right(place: Place) -> None:
    place.migrate()
    place.run("DROP PROCEDURE celers_take; CREATE PROCEDURE celers_take () SELECT 7 AS n")
    place.run("DROP PROCEDURE celers_count")
    assert said(place) == [
        "created celers_count (it was missing)",
        "replaced celers_take (it was edited by hand)",
    ]
    assert place.run("CALL celers_take()")[0] == [(1,)]
    assert place.verify() == []


def test_a_routine_of_somebody_elses_making_is_left_alone(place: Place) -> None:
    place.migrate()
    place.run("CREATE PROCEDURE celers_mine () SELECT 1; CREATE PROCEDURE other () SELECT 1")
    assert said(place) == ["nothing to do"]
    assert place.sentences() == ["routine celers_mine is not one of this celers"]


def test_an_open_transaction_is_waited_for(place: Place) -> None:
    place.migrate()
    place.tree.routine("celers_take", "SELECT 5 AS n;")
    with place.session() as holder:
        holder.run("START TRANSACTION; CALL celers_take()")
        sentences: list[str] = []

        def out(sentence: str) -> None:
            sentences.append(sentence)
            if sentence.startswith("waiting"):
                holder.run("COMMIT")

        place.migrate(out=out)
    assert sentences == [
        "waiting for the open transactions that use celers_take",
        "replaced celers_take",
    ]


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("migrations/0003_gap.sql", "CREATE TABLE a (b INT);", "must be named 0002_words.sql"),
        ("migrations/first.sql", "CREATE TABLE a (b INT);", "must be named 0002_words.sql"),
        ("migrations/0002_bad.sql", "SET @a = 1;", "0002_bad.sql, line 1: 'SET @a' has no place"),
        (
            "procedures/broker/celers_x.sql",
            "-- celers_x: x.\nCREATE PROCEDURE celers_y ()",
            "CREATE PROC",
        ),
        ("procedures/lib/celers_take.sql", "x", "have the same name"),
        (
            "procedures/lib/_celers_x.sql",
            "DELIMITER //\nCREATE PROCEDURE _celers_x ()",
            "must begin",
        ),
        ("procedures/lib/_celers_x.sql", "CREATE PROCEDURE _celers_x () SELECT 1", "must end with"),
        (
            "procedures/lib/_celers_x.sql",
            "CREATE PROCEDURE _celers_x () SELECT 1;-- x;",
            "must end",
        ),
        ("events/celers_ev_x.sql", "CREATE EVENT IF NOT EXISTS celers_ev_x", "must begin"),
        ("errors.tsv", "50000 INTERNAL internal text\n", "errors.tsv, line 1: expected"),
    ],
)
def test_a_file_of_the_wrong_form_is_named(place: Place, file: str, text: str, words: str) -> None:
    place.tree.write(file, text)
    with pytest.raises(TreeInvalid, match=words):
        place.migrate()


def test_a_dsn_without_a_database_is_refused(place: Place) -> None:
    with pytest.raises(InvalidDsn, match="names no database"):
        migrate(dataclasses.replace(place.dsn, database=None), root=place.tree.root)


def test_the_lock_of_a_long_name_fits() -> None:
    assert lock_name("celers") == "celers:migrate:celers"
    assert len(lock_name("x" * 64)) == 64
    assert lock_name("x" * 64) != lock_name("x" * 63 + "y")


def test_the_real_tree_deploys(place: Place, tmp_path: Path) -> None:
    root = shutil.copytree(tree.default_root(), tmp_path / "real")
    report = migrate(place.dsn, root=root, out=lambda sentence: None)
    assert report.notes == []
    assert migrate(place.dsn, root=root, out=lambda sentence: None).changes == []
    kinds = dict(place.run("SELECT kind, COUNT(*) FROM celers_migration GROUP BY kind")[0])
    assert kinds["routine"] == len(tree.read(root).routines)
    assert verify(place.dsn, root=root) == []


def test_the_drivers_python_implementation_does_as_well(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELERS_PURE_PYTHON", "1")
    place.migrate()
    place.tree.upgrade()
    place.migrate()
    assert place.run("SELECT SUM(size) FROM celers_task")[0] == [(22,)]
    assert place.verify() == []
    assert place.migrate().changes == []
    with pytest.raises(Refused, match=r"^1062: "):
        place.run("SELECT 1; INSERT INTO celers_task (id) VALUES (1)")

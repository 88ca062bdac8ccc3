"""The file for the mysql client deploys everything, and records it like a deployment."""

from __future__ import annotations

import dataclasses
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

from pyclient.dsn import Dsn
from pyclient.migrate import export, migrate, tree
from pyclient.migrate.session import Session
from pyclient.tests.migrate.kit import Place


def written(root: Path) -> str:
    """The exported file."""
    out = io.StringIO()
    export(out, root=root)
    return out.getvalue()


def url(dsn: Dsn) -> str:
    """The DSN as text, with its password."""
    place = f"?socket={dsn.socket}" if dsn.socket else ""
    return f"mysql://{dsn.user}:{dsn.password}@{dsn.host}:{dsn.port}/{dsn.database}{place}"


def through_mysql(dsn: Dsn, text: str) -> subprocess.CompletedProcess[str]:
    """Send a file through the mysql client."""
    return subprocess.run(
        [sys.executable, "-m", "tools.server", "shell"],
        input=text,
        capture_output=True,
        text=True,
        env={**os.environ, "CELERS_DSN": url(dsn)},
        timeout=100,
        check=False,
    )


def create(place: Place) -> None:
    """Create the database, with a collation that the file has to change."""
    with Session(place.dsn) as session:
        session.run(f"CREATE DATABASE {place.schema} COLLATE utf8mb4_unicode_ci")


def test_the_file_deploys_and_migrate_then_finds_nothing_to_do(place: Place) -> None:
    create(place)
    done = through_mysql(place.dsn, written(place.tree.root))
    assert (done.returncode, done.stderr) == (0, "")
    assert place.verify() == []
    assert place.migrate().changes == []
    assert place.run("SELECT id, note, size FROM celers_task ORDER BY id")[0] == [
        (1, "it's; one", 10),
        (2, "two", 10),
    ]
    assert place.run("SELECT message FROM celers_error ORDER BY number")[0] == [
        ("it's \\ wrong",),
        ("no such thing ä",),
    ]
    with place.session(place.account_with_role("worker")) as worker:
        assert worker.rows("CALL celers_take()") == [(1,)]
    place.tree.upgrade()
    place.migrate()
    assert place.verify() == []


def test_both_ways_lead_to_the_same_routines(place: Place) -> None:
    create(place)
    through_mysql(place.dsn, written(place.tree.root))
    kept = "SELECT kind, name, sha256, stored_sha256 FROM celers_migration WHERE kind <> 'view'"
    exported = set(place.run(kept)[0])
    with Session(place.dsn) as session:
        session.run(f"DROP DATABASE {place.schema}")
    place.migrate()
    assert set(place.run(kept)[0]) == exported


def test_a_database_that_has_celers_is_left_alone(place: Place) -> None:
    place.migrate()
    before = place.run("SELECT * FROM celers_migration ORDER BY kind, name")[0]
    done = through_mysql(place.dsn, written(place.tree.root))
    assert done.returncode != 0
    assert "celers stands in this database already: use celers migrate" in done.stderr
    assert place.run("SELECT * FROM celers_migration ORDER BY kind, name")[0] == before


def test_a_file_cut_off_is_continued_by_migrate(place: Place) -> None:
    text = written(place.tree.root)
    lines = text.splitlines(keepends=True)
    for part in (0.4, 0.6, 0.8, 0.9, 0.97):
        with Session(place.dsn) as session:
            session.run(f"DROP DATABASE IF EXISTS {place.schema}")
        create(place)
        through_mysql(place.dsn, "".join(lines[: int(len(lines) * part)]))
        place.migrate()
        left = [problem for problem in place.verify() if "export_guard" not in str(problem)]
        assert left == []
        assert place.run("SELECT size FROM celers_task")[0] == [(10,), (10,)]


def test_the_real_tree_goes_through_the_mysql_client(place: Place, tmp_path: Path) -> None:
    root = shutil.copytree(tree.default_root(), tmp_path / "real")
    create(place)
    done = through_mysql(place.dsn, written(root))
    assert (done.returncode, done.stderr) == (0, "")
    assert migrate(place.dsn, root=root, out=lambda sentence: None).changes == []


def test_role_names_are_put_together_as_by_migrate(place: Place) -> None:
    long = dataclasses.replace(place.dsn, database="mig_" + "long_" * 8 + place.schema[4:])
    place.dsn = long
    create(place)
    assert through_mysql(long, written(place.tree.root)).returncode == 0
    assert place.verify() == []
    assert place.migrate().changes == []

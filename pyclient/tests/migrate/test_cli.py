"""The command line: what goes where, and the exit codes."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import pyclient
from pyclient.migrate import migrate, tree
from pyclient.tests.migrate.kit import Place
from pyclient.tests.migrate.test_export import url

Celers = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def celers(tmp_path_factory: pytest.TempPathFactory) -> Celers:
    """Run the command line of a copy of the package that has its SQL inside, as a wheel has."""
    home = tmp_path_factory.mktemp("installed")
    package = Path(pyclient.__file__).parent
    shutil.copytree(package, home / "pyclient", ignore=shutil.ignore_patterns("tests", "_db"))
    shutil.copytree(tree.default_root(), home / "pyclient" / "_db")

    def run(*words: str, dsn: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name != "CELERS_DSN"}
        if dsn is not None:
            environment["CELERS_DSN"] = dsn
        return subprocess.run(
            [sys.executable, "-m", "pyclient", *words],
            capture_output=True,
            text=True,
            env=environment,
            cwd=home,
            timeout=100,
            check=False,
        )

    return run


def test_a_schema_from_nothing_to_drift(celers: Celers, place: Place) -> None:
    dsn = url(place.dsn)
    before = celers("migrate", "status", "--exit-code", dsn=dsn)
    assert before.returncode == 4
    assert before.stdout.splitlines()[0] == "kind\tname\tstate\tapplied_at\tchecksum"
    assert "migration\t0001_initial\tpending\t\t" in before.stdout
    assert before.stderr.endswith("to apply: run `celers migrate`\n")
    assert celers("migrate", "verify", dsn=dsn).returncode == 4

    would = celers("migrate", "--dry-run", dsn=dsn)
    assert would.returncode == 0
    assert would.stdout.startswith(f"would create database {place.schema}\n")
    done = celers("migrate", "--dsn", dsn)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"created database {place.schema}\n")
    again = celers("migrate", dsn=dsn)
    assert (again.returncode, again.stdout) == (0, "nothing to do\n")

    after = celers("migrate", "status", "--exit-code", dsn=dsn)
    assert (after.returncode, after.stderr) == (0, "")
    fine = celers("migrate", "verify", "--dsn", dsn)
    assert (fine.returncode, fine.stdout) == (0, "")
    place.run("DROP PROCEDURE celers_enqueue")
    drift = celers("migrate", "verify", dsn=dsn)
    assert drift.returncode == 4
    assert drift.stdout == "routine celers_enqueue is missing: celers migrate mends it\n"
    shown = celers("migrate", "--show-sql", dsn=dsn)
    assert "CREATE PROCEDURE celers_enqueue" in shown.stdout


def test_the_export_goes_to_stdout_or_into_a_file(celers: Celers, tmp_path: Path) -> None:
    shown = celers("migrate", "export")
    assert shown.returncode == 0
    file = tmp_path / "celers.sql"
    assert celers("migrate", "export", "-o", str(file)).returncode == 0
    assert file.read_text("utf-8") == shown.stdout
    assert "DELIMITER" in shown.stdout


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["migrate"], 2, "no DSN"),
        (["migrate", "--dsn", "mysql://root@127.0.0.1:1"], 2, "names no database"),
        (["migrate", "--dsn", "nonsense"], 2, "does not look like"),
        (["migrate", "--dsn", "mysql://u:geheim@127.0.0.1:1/x"], 3, "Can't connect"),
        (["migrate", "--dry-run", "status"], 2, "options go behind status: --dry-run"),
        (["nothing"], 2, "No such command"),
    ],
)
def test_what_cannot_be_is_said_on_stderr(
    celers: Celers, words: list[str], code: int, sentence: str
) -> None:
    done = celers(*words)
    assert done.returncode == code
    assert sentence in done.stderr
    assert done.stdout == ""
    assert "geheim" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_refused_account_cannot_connect(celers: Celers, place: Place) -> None:
    wrong = dataclasses.replace(place.dsn, user="mig_nobody", password="geheim")
    done = celers("migrate", dsn=url(wrong))
    assert done.returncode == 3
    assert "geheim" not in done.stderr


def test_a_newer_schema_has_its_own_code(celers: Celers, place: Place) -> None:
    migrate(place.dsn, out=lambda sentence: None)
    place.run("UPDATE celers_migration SET celers_version = '999.0' WHERE kind = 'celers'")
    done = celers("migrate", dsn=url(place.dsn))
    assert done.returncode == 4
    assert "was deployed by celers 999.0, which is newer" in done.stderr
    assert done.stderr.count("\n") == 1


def test_version_and_help(celers: Celers) -> None:
    assert celers("--version").stdout.startswith("celers, version ")
    shown = celers("--help")
    assert shown.returncode == 0
    assert re.search("migrate +deploy the schema, or look at its state", shown.stdout)


def test_without_click_one_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['click'] = None; sys.argv = ['celers'];"
        " from pyclient.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "celers: the command line needs click: pip install 'celers[cli]'\n"

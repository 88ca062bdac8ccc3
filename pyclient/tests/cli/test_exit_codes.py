"""Every kind of error has its exit code and one sentence on stderr."""

from __future__ import annotations

import dataclasses
import secrets
import socket
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import pyclient
from pyclient import errors
from pyclient.cli._group import code_of
from pyclient.dsn import Dsn
from pyclient.tests.cli.datakit import enqueue, kill
from pyclient.tests.cli.opskit import account, celers, start
from tools import sqlclient
from tools.freshschema import Schema
from tools.server import Server

OF_A_KIND = {
    "invalid": 2,
    "not_found": 6,
    "conflict": 5,
    "limited": 7,
    "unavailable": 3,
    "setup": 1,
    "internal": 1,
}
OF_A_CLASS = {
    "SchemaMissing": 4,
    "SchemaOutdated": 4,
    "AccessDenied": 3,
    "DeadlockError": 1,
    "LockTimeout": 1,
    "TaskFailed": 1,
}


def classes(base: type[errors.CelersError]) -> Iterator[type[errors.CelersError]]:
    """A class and all below it."""
    yield base
    for below in base.__subclasses__():
        yield from classes(below)


def test_every_class_of_error_has_the_code_of_its_kind() -> None:
    for module in ("_errors_generated", "app", "breaker", "config", "migrate"):
        import_module(f"pyclient.{module}")
    for found in set(classes(errors.CelersError)):
        if found.__module__.startswith("pyclient.") and ".tests." not in found.__module__:
            error = found.__new__(found)
            special = (OF_A_CLASS.get(parent.__name__) for parent in found.__mro__)
            wanted = next(filter(None, special), OF_A_KIND[found.kind])
            assert code_of(error) == wanted, found.__name__


def test_the_code_of_a_refused_account_depends_on_what_is_refused() -> None:
    assert code_of(errors.AccessDenied(number=1045)) == 3
    assert code_of(errors.AccessDenied(number=1044)) == 3
    assert code_of(errors.AccessDenied(number=1370)) == 1
    assert code_of(errors.AccessDenied(number=1142)) == 1


def text_of(dsn: Dsn) -> str:
    """The DSN as text, with its password."""
    query = "" if dsn.socket is None else f"?socket={dsn.socket}"
    return f"mysql://{dsn.user}:{dsn.password}@{dsn.host}:{dsn.port}/{dsn.database}{query}"


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """The DSN of a database of its own with nothing in it."""
    name = f"cli_{secrets.token_hex(6)}"
    connection = sqlclient.connect(server.dsn(), database=None)
    sqlclient.call(connection, f"CREATE DATABASE {name} COLLATE utf8mb4_0900_bin")
    yield text_of(dataclasses.replace(Dsn.parse(server.dsn()), database=name))
    sqlclient.call(connection, f"DROP DATABASE {name}")
    connection.close()


def test_no_server(schema: Schema) -> None:
    done = celers("mysql://app:geheim@127.0.0.1:1/celers", "task", "list")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("celers: ")
    assert done.err.count("\n") == 1
    assert "geheim" not in done.err


def test_a_refused_login(schema: Schema) -> None:
    wrong = dataclasses.replace(Dsn.parse(schema.dsn), user="nobody", password="geheim")
    done = celers(text_of(wrong), "task", "list")
    assert done.code == 3
    assert "geheim" not in done.err


def test_no_dsn_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = celers(None, "task", "list")
    assert done.code == 2
    assert done.err.startswith("celers: no DSN: ")


def test_a_dsn_that_cannot_be_read(schema: Schema) -> None:
    for dsn in ("nonsense", "mysql://u:geheim@h:port/x", "mysql://u@h"):
        done = celers(dsn, "task", "list")
        assert done.code == 2, dsn
        assert "geheim" not in done.err


def test_no_schema(database: str) -> None:
    done = celers(database, "task", "list")
    assert done.code == 4
    assert "is celers deployed there? `celers migrate` does it" in done.err
    missing = text_of(dataclasses.replace(Dsn.parse(database), database="no_such_database"))
    assert celers(missing, "task", "list").code == 4


def test_a_schema_of_another_age(database: str) -> None:
    connection = sqlclient.connect(database)
    sqlclient.call(connection, "CREATE PROCEDURE celers_version () SELECT '999.0.0' AS version")
    connection.close()
    assert celers(database, "task", "list").code == 4


def test_a_server_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        dsn = f"mysql://u@127.0.0.1:{silent.getsockname()[1]}/celers"
        assert celers(dsn, "task", "list", "--timeout", "1s").code == 3


@pytest.mark.parametrize("words", [["nothing"], ["task"], ["task", "nothing"], ["task", "--x"], []])
def test_usage(words: list[str]) -> None:
    done = celers(None, *words)
    assert done.code == 2
    assert "Traceback" not in done.err


ANY = ("producer", "worker", "viewer", "admin")
READERS = ("viewer", "admin")
MAY = {
    ("enqueue", "send"): ("producer", "admin"),
    ("task", "list"): READERS,
    ("task", "show", "ID"): ANY,
    ("task", "cancel", "ID"): ("producer", "admin"),
    ("dlq", "list"): READERS,
    ("dlq", "retry", "ID"): ("admin",),
    ("dlq", "purge", "DEAD", "--yes"): ("admin",),
    ("task", "delete", "DEAD", "--yes"): ("admin",),
    ("queue", "purge", "mail", "--yes"): ("admin",),
    ("queue", "list"): READERS,
    ("queue", "show", "mail"): ANY,
    ("queue", "pause", "mail"): ("admin",),
    ("queue", "config", "get"): ANY,
    ("queue", "config", "set", "mail", "lease_s=1m"): ("admin",),
    ("export",): READERS,
}


@pytest.mark.parametrize("role", ANY)
def test_each_role_can_do_its_part_and_is_told_what_it_lacks(
    schema: Schema, client: pyclient.Client, role: str
) -> None:
    dsn = account(schema, role)
    for count, (words, roles) in enumerate(MAY.items()):
        known = {"ID": enqueue(client), "DEAD": kill(client, f"grave{count}")}
        done = celers(dsn, *(known.get(word, word) for word in words))
        if role in roles:
            assert done.code in (0, 5), (words, done.err)
        else:
            assert done.code == 1, (words, done.err)
            assert done.err.startswith("celers: EXECUTE on celers_"), (words, done.err)
            name = next(each for each in roles if each != "admin" or roles == ("admin",))
            assert f"grant the role {schema.name}_{name}" in done.err, (words, done.err)


def test_signals(schema: Schema) -> None:
    for number, code in ((2, 130), (15, 143)):
        process = start(schema.dsn, "task", "tail")
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (code, "", "")


def test_verbose_shows_where_it_came_from_and_quiet_does_not(schema: Schema) -> None:
    words = ("task", "show", "01920000-0000-7000-8000-000000000001")
    plain, loud = celers(schema.dsn, *words), celers(schema.dsn, *words, "-v")
    assert plain.err == "celers: TASK_NOT_FOUND: no such task" + plain.err[36:]
    assert plain.err.count("\n") == 1
    assert "Traceback" in loud.err
    assert loud.err.endswith(plain.err)
    assert celers(schema.dsn, *words, "-q").err == plain.err

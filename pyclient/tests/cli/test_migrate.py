"""``celers migrate``: plan, wait, grants; the rest is in pyclient/tests/migrate/test_cli.py."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import pyclient
from pyclient.dsn import Dsn
from pyclient.errors import AccessDenied
from pyclient.migrate import migrate, roles
from pyclient.migrate.session import Session
from pyclient.tests.cli.opskit import account, celers, start, url
from tools.freshschema import Schema
from tools.server import Server

Connect = Callable[..., Any]
Call = Callable[[Any, str], Any]


@pytest.fixture
def nothing(server: Server) -> Iterator[str]:
    """The DSN of a database that is not there yet."""
    dsn = Dsn.parse(server.dsn(f"celers_ops_{secrets.token_hex(4)}"))
    yield url(dsn)
    with Session(dsn) as session:
        names = ", ".join(f"'{name}'" for name in roles.role_names(session.schema).values())
        session.run(f"DROP DATABASE IF EXISTS {session.schema}", f"DROP ROLE IF EXISTS {names}")


def test_a_plan_changes_nothing(nothing: str) -> None:
    planned = celers(nothing, "migrate", "plan")
    assert planned.code == 0
    assert planned.out.startswith("would create database ")
    assert "CREATE PROCEDURE celers_enqueue" not in planned.out
    shown = celers(nothing, "migrate", "plan", "--show-sql")
    assert "CREATE PROCEDURE celers_enqueue" in shown.out
    with Session(nothing) as session:
        assert session.rows(f"SHOW DATABASES LIKE '{session.schema}'") == []


def test_what_is_done_is_a_report_in_json(schema: Schema) -> None:
    (record,) = celers(schema.dsn, "migrate", "--json").records
    assert record["schema"] == "celers.migration/1"
    assert (record["database"], record["changes"]) == (schema.name, [])
    first = celers(schema.dsn, "migrate", "status", "--json").records[0]
    assert (first["schema"], first["kind"], first["state"]) == (
        "celers.schema_object/1",
        "database",
        "applied",
    )


def test_drift_is_said_in_json(schema: Schema, connect: Connect, call: Call) -> None:
    call(connect(), "DROP PROCEDURE celers_tick")
    try:
        done = celers(schema.dsn, "migrate", "verify", "--json")
        assert done.code == 4
        assert "celers_tick" in [record["name"] for record in done.records]
    finally:
        migrate(schema.dsn, out=lambda _: None)


def test_wait_ends_when_the_schema_is_there(nothing: str) -> None:
    waiting = start(nothing, "migrate", "wait", "--within", "100s", "-v")
    assert waiting.stderr is not None
    assert waiting.stderr.readline().startswith("waiting: ")
    migrate(nothing, out=lambda _: None)
    assert waiting.wait(60) == 0
    assert waiting.communicate()[0] == ""


def test_wait_gives_up(nothing: str, schema: Schema, connect: Connect, call: Call) -> None:
    assert celers(nothing, "migrate", "wait", "--within", "0s").code == 4
    parsed = Dsn.parse(nothing)
    nowhere = url(dataclasses.replace(parsed, socket=None, port=1))
    assert celers(nowhere, "migrate", "wait", "--within", "0s").code == 3
    stranger = url(dataclasses.replace(parsed, user="celers_nobody", password="x"))
    assert celers(stranger, "migrate", "wait", "--within", "0s").code == 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pyclient._version.installed", lambda: "0.99.0")
        done = celers(schema.dsn, "migrate", "wait", "--within", "0s")
        assert done.code == 4
        assert "this is celers 0.99.0" in done.err


def test_any_role_may_wait(schema: Schema) -> None:
    assert celers(account(schema, "producer"), "migrate", "wait", "--within", "0s").code == 0


@pytest.mark.parametrize("command", ["status", "verify"])
def test_who_cannot_see_the_schema_is_not_told_that_it_is_missing(
    schema: Schema, command: str
) -> None:
    done = celers(account(schema, "viewer"), "migrate", command)
    assert (done.code, done.out) == (1, "")
    assert "SELECT on celers_migration is missing: only the account that deploys" in done.err


def test_rights_are_listed(schema: Schema) -> None:
    rights = celers(schema.dsn, "migrate", "grants").table
    worker = roles.role_name(schema.name, "worker")
    of_worker = {row["name"] for row in rights if row["role"] == worker}
    assert {"celers_ack", "celers_step"} <= of_worker
    assert "celers_set_maintenance" not in of_worker
    assert {row["is_given"] for row in rights} == {"1"}
    blind = celers(account(schema, "viewer"), "migrate", "grants").table
    assert {row["is_given"] for row in blind} == {""}


def test_an_account_is_given_a_role(schema: Schema) -> None:
    dsn = account(schema)
    user = Dsn.parse(dsn).user
    with pytest.raises(AccessDenied), pyclient.connect(dsn) as client:
        client.call_enqueue("mail", "send", {})
    words = ("migrate", "grants", "--app-user", f"{user}@%", "--role", "producer")
    shown = celers(schema.dsn, *words, "--dry-run")
    assert shown.out.splitlines() == [
        f"GRANT '{schema.name}_producer' TO '{user}'@'%';",
        f"SET DEFAULT ROLE ALL TO '{user}'@'%';",
    ]
    assert celers(schema.dsn, *words).code == 0
    with pyclient.connect(dsn) as client:
        assert client.call_enqueue("mail", "send", {}).created


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--role", "worker"), 2, "belong together"),
        (("--dry-run",), 2, "belong together"),
        (("--app-user", "@%", "--role", "worker"), 2, "is no account"),
        (("--app-user", "celers_nobody", "--role", "worker"), 1, "does not exist: CREATE USER"),
    ],
)
def test_what_cannot_be_given_is_said(
    schema: Schema, words: tuple[str, ...], code: int, sentence: str
) -> None:
    done = celers(schema.dsn, "migrate", "grants", *words)
    assert (done.code, done.out) == (code, "")
    assert sentence in done.err


def test_an_account_without_the_right_gives_no_role(schema: Schema) -> None:
    words = ("migrate", "grants", "--app-user", "root@localhost", "--role", "worker")
    done = celers(account(schema, "viewer"), *words)
    assert done.code == 1
    assert "lacks the privilege ROLE_ADMIN" in done.err

"""What the tests of the operator's commands share: a command's run, and accounts with one role."""

from __future__ import annotations

import dataclasses
import json
import os
import secrets
import sys
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any
from urllib.parse import quote

from click.testing import CliRunner

from pyclient.cli import COMMANDS
from pyclient.cli._group import build
from pyclient.dsn import Dsn
from pyclient.migrate import roles
from tools import sqlclient
from tools.freshschema import Schema


@dataclasses.dataclass(frozen=True)
class Run:
    """How a command ended.

    Attributes:
        code: its exit code.
        out: what went to stdout.
        err: what went to stderr.
    """

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def table(self) -> list[dict[str, str]]:
        """The tab-separated lines below their heading."""
        heading, *lines = (line.split("\t") for line in self.out.splitlines())
        return [dict(zip(heading, line, strict=True)) for line in lines]


def celers(dsn: str | None, *words: str) -> Run:
    """Run a command in this process, stdout being a pipe."""
    environment = {"CELERS_DSN": dsn, "NO_COLOR": None, "CELERS_CONFIG": None}
    done = CliRunner(env=environment).invoke(build(COMMANDS), words, prog_name="celers")
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Run(done.exit_code, done.stdout, done.stderr)


def start(dsn: str, *words: str, folder: Path | None = None) -> Popen[str]:
    """Start a command in a process of its own."""
    return Popen(
        [sys.executable, "-m", "pyclient", *words],
        env=os.environ | {"CELERS_DSN": dsn},
        stdout=PIPE,
        stderr=PIPE,
        text=True,
        cwd=folder,
    )


def account(schema: Schema, *role_names: str) -> str:
    """The DSN of a new account that has these roles of the schema and nothing else.

    Its name begins with the schema's, so that it goes when that goes.
    """
    user = f"{schema.name}_{secrets.token_hex(4)}"
    connection = sqlclient.connect(schema.dsn)
    try:
        sqlclient.call(connection, f"CREATE USER '{user}'@'%' IDENTIFIED BY 'secret'")
        for role in role_names:
            name = roles.role_name(schema.name, role)
            sqlclient.call(connection, f"GRANT '{name}' TO '{user}'@'%'")
        sqlclient.call(connection, f"SET DEFAULT ROLE ALL TO '{user}'@'%'")
    finally:
        connection.close()
    return url(dataclasses.replace(Dsn.parse(schema.dsn), user=user, password="secret"))


def url(dsn: Dsn) -> str:
    """The DSN as text, with its password."""
    query = "" if dsn.socket is None else f"?socket={quote(dsn.socket)}"
    account = f"{quote(dsn.user)}:{quote(dsn.password, safe='')}"
    return f"mysql://{account}@{dsn.host}:{dsn.port}/{dsn.database}{query}"

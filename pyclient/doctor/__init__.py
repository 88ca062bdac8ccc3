"""What ails an installation: ``examine(dsn)`` looks at server, schema and queue, and says so.

Nothing is changed. An account that may not see something gets a finding that says which right is
missing, and the other findings.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator

from pyclient.doctor import load, schema, server, tasks
from pyclient.doctor.finding import Finding, Level, fail, skip
from pyclient.doctor.look import Look
from pyclient.dsn import Dsn, from_environment
from pyclient.errors import AccessDenied, SchemaMissing, SchemaOutdated, ServerUnsupported

__all__ = ["examine", "Finding", "Level"]

Check = Callable[[Look], Iterable[Finding]]

_SERVER: tuple[Check, ...] = (
    server.server,
    server.writable,
    server.replica,
    server.durability,
    server.binary_log,
    server.sql_mode,
    server.isolation,
    server.time_zone,
    server.connections,
    load.clock,
    load.history,
    load.transactions,
    load.deadlocks,
    schema.events,
    schema.character_set,
)
_SCHEMA: tuple[Check, ...] = (
    schema.drift,
    schema.grants,
    tasks.maintenance,
    tasks.workers,
    tasks.queues,
    tasks.dead_letters,
)
_PRIVILEGE = re.compile(r"at least one of\) the ([A-Z_, ]+) privilege")
_ON = re.compile(r"(\w+) command denied to user .* for (?:routine|table) '(?:[^'.]*\.)?(\w+)'")


def examine(dsn: str | Dsn | None = None) -> Iterator[Finding]:
    """Look at everything, and yield each finding as it is made.

    Args:
        dsn: where the schema is; without it, the environment variable CELERS_DSN.

    Raises:
        InvalidDsn: there is no DSN, or it cannot be read.
        ConnectionLost, AccessDenied: the server was not reached, or it refused the account.
    """
    parsed = from_environment(dsn)
    try:
        look = Look(parsed)
    except ServerUnsupported as error:
        yield _named(server.server, fail(str(error), "run celers on a MySQL that it supports"))
        return
    except SchemaMissing:
        missing = fail(f"database {parsed.database} does not exist", "celers migrate")
        yield _named(schema.version, dataclasses.replace(missing, is_for_migrate=True))
        return
    with look:
        for check in _SERVER:
            yield from _run(check, look)
        versions = list(_run(schema.version, look))
        yield from versions
        if all(finding.level is not Level.FAIL for finding in versions):
            for check in _SCHEMA:
                yield from _run(check, look)


def _run(check: Check, look: Look) -> Iterator[Finding]:
    try:
        for finding in check(look):
            yield _named(check, finding)
    except AccessDenied as error:
        yield _named(check, skip(f"needs {_right(error)}"))
    except (SchemaMissing, SchemaOutdated) as error:
        yield _named(check, fail(str(error), "celers migrate"))


def _named(check: Check, finding: Finding) -> Finding:
    return dataclasses.replace(finding, check=check.__name__.replace("_", " "))


def _right(error: AccessDenied) -> str:
    """The right that the account lacks, as the server named it."""
    text = str(error)
    if found := _PRIVILEGE.search(text):
        return found[1].removeprefix("SUPER, ")
    if found := _ON.search(text):
        return f"{found[1].upper()} on {found[2]}"
    return f"a right: the server answered {text}"

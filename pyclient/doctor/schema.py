"""Whether the schema is the one that this celers deploys, and who may do what in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from pyclient import _version
from pyclient.doctor.finding import Finding, fail, ok, skip, warn
from pyclient.doctor.look import Look
from pyclient.errors import AccessDenied, SchemaMissing, SchemaOutdated
from pyclient.migrate import roles
from pyclient.migrate.session import COLLATION
from pyclient.migrate.verify import Problem

_MENDED = ": celers migrate mends it"
_DEPLOY = "celers migrate"
_BY_HAND = "put it back as it was deployed; where it is none of celers', drop it"
_NAMED = 10

_TEMPORARY_TABLES = """\
SELECT CONCAT(User, '@', Host) FROM mysql.db
WHERE Create_tmp_table_priv = 'Y' AND DATABASE() LIKE Db AND CONCAT(User, '@', Host) NOT IN (
    SELECT DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
)
ORDER BY 1"""


def version(look: Look) -> Iterator[Finding]:
    """A client calls the schema of its own major version."""
    try:
        found = look.client.call_version()
        _version.check(found.version)
    except SchemaMissing:
        yield fail(f"celers is not deployed in {look.dsn.database}", _DEPLOY, is_for_migrate=True)
    except SchemaOutdated as error:
        yield fail(str(error), "upgrade the older of the two")
    else:
        yield ok(f"schema celers {found.version}, client celers {_version.installed()}")


def character_set(look: Look) -> Iterator[Finding]:
    """A parameter whose collation differs from its column's silently disables the index."""
    collation = look.value("SELECT @@collation_database")
    if collation == COLLATION:
        yield ok(COLLATION)
    else:
        yield fail(
            f"the database's default is {collation}, not {COLLATION}: claims would read whole"
            " tables",
            _DEPLOY,
            is_for_migrate=True,
        )


def events(look: Look) -> Iterator[Finding]:
    """Claims do the maintenance, and the event does it while nobody claims."""
    state = look.variable("event_scheduler")
    fix = (
        "SET PERSIST event_scheduler = ON; until then workers do it while they claim, and"
        " `celers maintenance run` does it from cron"
    )
    if state != "ON":
        yield warn(f"event_scheduler={state}: while nobody claims, nobody does maintenance", fix)
    elif not look.sees_processes:
        yield ok("event_scheduler=ON; whether its thread lives is only seen with PROCESS")
    elif all(row[1] != "event_scheduler" for row in look.rows("SHOW PROCESSLIST")):
        yield warn("event_scheduler=ON, but its thread is gone", f"switch it off and on: {fix}")
    else:
        yield ok("event_scheduler=ON")


def drift(look: Look) -> Iterator[Finding]:
    """What is not as it was deployed; grants are told apart, and so is the collation."""
    problems = [one for one in look.problems if one.kind not in ("grants", "database")]
    yield from (_finding(problem) for problem in problems[:_NAMED])
    if len(problems) > _NAMED:
        is_mended = any(_is_mended(problem) for problem in problems[_NAMED:])
        rest = fail(f"and {len(problems) - _NAMED} more", "see celers migrate verify")
        yield dataclasses.replace(rest, is_for_migrate=is_mended)
    if not problems:
        yield ok("tables, routines, views and events are as deployed")


def grants(look: Look) -> Iterator[Finding]:
    """The four roles have their rights, and nobody has one that undoes them."""
    problems = [problem for problem in look.problems if problem.kind == "grants"]
    yield from (_finding(problem) for problem in problems[:_NAMED])
    if len(problems) > _NAMED:
        yield fail(f"and {len(problems) - _NAMED} more", _DEPLOY, is_for_migrate=True)
    try:
        risky = [str(account) for (account,) in look.rows(_TEMPORARY_TABLES)]
    except AccessDenied:
        yield skip("who may do what besides the roles needs SELECT on mysql.db")
        return
    for account in risky:
        user, _, host = account.rpartition("@")
        yield warn(
            f"{account} may create temporary tables here, and with them shadow those of celers",
            f"REVOKE CREATE TEMPORARY TABLES ON {look.dsn.database}.* FROM '{user}'@'{host}'",
        )
    if not problems and not risky:
        names = roles.role_names(str(look.dsn.database)).values()
        yield ok(f"{', '.join(names)} have their rights")


def _finding(problem: Problem) -> Finding:
    """An event is only missed while nothing else happens; anything else may break a call."""
    text, fix = problem.sentence.removesuffix(_MENDED), _BY_HAND
    if _is_mended(problem):
        fix = _DEPLOY
    elif problem.kind == "event":
        text, _, fix = text.partition(": ")
    if problem.kind == "event":
        return dataclasses.replace(warn(text, fix), is_for_migrate=fix == _DEPLOY)
    return fail(text, fix, is_for_migrate=fix == _DEPLOY)


def _is_mended(problem: Problem) -> bool:
    is_due = problem.kind == "migration" and "reads differently" not in problem.sentence
    return is_due or problem.sentence.endswith(_MENDED)

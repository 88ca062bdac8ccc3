"""Deploy the schema: ``migrate(dsn)``, and look at it: ``status(dsn)``, ``verify(dsn)``.

The SQL is that of the checkout's ``db/`` or of the installed package. New migrations are applied
once; routines, views, events and the error catalogue are re-created when their text has changed,
and dropped when they left the tree. Every step is recorded in ``celers_migration``, so that a run
that was cut off is continued by the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from pyclient.dsn import Dsn
from pyclient.migrate import plan as planning
from pyclient.migrate import status as statuses
from pyclient.migrate import tree as trees
from pyclient.migrate import verify as verifying
from pyclient.migrate.apply import Deployment
from pyclient.migrate.errors import (
    DeployBusy,
    DeployFailed,
    MigrateError,
    MigrationEdited,
    SchemaNewer,
    ServerUnsupported,
    TreeInvalid,
)
from pyclient.migrate.export import write as _write_export
from pyclient.migrate.report import Report, Voice
from pyclient.migrate.session import Session
from pyclient.migrate.status import Status
from pyclient.migrate.verify import Problem

__all__ = [
    "migrate",
    "status",
    "verify",
    "export",
    "Report",
    "Status",
    "Problem",
    "MigrateError",
    "DeployBusy",
    "DeployFailed",
    "MigrationEdited",
    "SchemaNewer",
    "ServerUnsupported",
    "TreeInvalid",
]


def migrate(
    dsn: str | Dsn | None = None,
    *,
    dry_run: bool = False,
    show_sql: bool = False,
    out: Callable[[str], object] = print,
    root: Path | None = None,
) -> Report:
    """Bring the schema that the DSN names up to this package's SQL.

    Args:
        dsn: where the schema is; without it, the environment variable CELERS_DSN.
        dry_run: say what would be done, and change nothing.
        show_sql: say every statement too.
        out: takes each sentence.
        root: another SQL tree than the package's own.

    Raises:
        ConnectionLost, AccessDenied: the server was not reached, or it refused the account.
        ServerUnsupported, SchemaNewer, MigrationEdited, TreeInvalid, DeployBusy, DeployFailed:
            each with one sentence that says why.
    """
    tree = trees.read(root)
    with Session(dsn) as session:
        voice = Voice(session.schema, out, dry_run=dry_run, show_sql=show_sql)
        session.prepare()
        if not dry_run:
            session.lock(voice.say)
        state = planning.read_state(session)
        planning.check(tree, state, session.schema)
        Deployment(session, tree, planning.make(tree, state), voice).run()
        return voice.end()


def status(dsn: str | Dsn | None = None, *, root: Path | None = None) -> Status:
    """The state of every migration and object; nothing is changed, and no state is refused."""
    tree = trees.read(root)
    with Session(dsn) as session:
        session.prepare()
        state = planning.read_state(session)
        found = list(statuses.rows(tree, state, session.schema))
        return Status(session.schema, session.where, session.version, tree.version, found)


def verify(dsn: str | Dsn | None = None, *, root: Path | None = None) -> list[Problem]:
    """What in the schema is not as this package deployed it; nothing is changed."""
    tree = trees.read(root)
    with Session(dsn) as session:
        session.prepare()
        return list(verifying.problems(session, tree, planning.read_state(session)))


def export(out: TextIO, *, root: Path | None = None) -> None:
    """Write everything as one file for the mysql client, to be run in an empty database.

    It records itself like a deployment, so that ``migrate`` then finds nothing to do.
    """
    _write_export(trees.read(root), out)

"""``celers migrate``: deploy the schema, look at its state, say who may do what."""

from __future__ import annotations

import dataclasses
import sys
import time
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import Any

import click

import pyclient
from pyclient import _version
from pyclient import migrate as deployer
from pyclient._header import ROLES
from pyclient._retry import RetryPolicy
from pyclient.cli._common import DURATION, Cli, common
from pyclient.cli._group import SCHEMA
from pyclient.cli._leaf import refuse_options
from pyclient.doctor.look import Look
from pyclient.errors import AccessDenied, SchemaMissing, SchemaOutdated, Unavailable
from pyclient.migrate import accounts, ledger
from pyclient.migrate.status import Row

REPORT = "celers.migration/1"
OBJECT = "celers.schema_object/1"
PROBLEM = "celers.drift/1"
RIGHT = "celers.right/1"
_LOOK_S = 1.0

show_sql = click.option("--show-sql", "is_sql_shown", is_flag=True, help="Show every statement.")


@click.group(invoke_without_command=True)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@show_sql
@common
def migrate(cli: Cli, dry_run: bool, is_sql_shown: bool) -> None:
    """Bring the schema up to this version's SQL: deploy, upgrade, repair.

    The account deploys: it owns the schema. A run that was cut off is continued by the next one.
    """
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is not None:
        refuse_options(ctx)
        return
    _deploy(cli, dry_run=dry_run, is_sql_shown=is_sql_shown)


def _deploy(cli: Cli, *, dry_run: bool, is_sql_shown: bool) -> None:
    """The sentences are data for people and pipes; for JSON the report is."""
    out = cli.output.note if cli.output.is_json else click.echo
    report = deployer.migrate(cli.where(), dry_run=dry_run, show_sql=is_sql_shown, out=out)
    if cli.output.is_json:
        record = dataclasses.asdict(report)
        cli.output.thing(REPORT, {"database": record.pop("schema"), **record})


@migrate.command()
@show_sql
@common
def plan(cli: Cli, is_sql_shown: bool) -> None:
    """Say what `celers migrate` would do, and change nothing."""
    _deploy(cli, dry_run=True, is_sql_shown=is_sql_shown)


@migrate.command()
@click.option("--exit-code", is_flag=True, help="Exit with 4 where something is to be applied.")
@common
def status(cli: Cli, exit_code: bool) -> None:
    """Show the state of every migration and object."""
    _refuse_blind(cli)
    found = deployer.status(cli.where())
    if cli.output.is_for_people:
        cli.output.line(f"Schema {found.where}  server {found.server}  celers {found.version}")
    records = (_object(row) for row in found.rows)
    cli.output.things(OBJECT, records, ("kind", "name", "state", "applied_at", "checksum"))
    for note in found.notes:
        cli.output.note(f"note: {note}")
    if found.pending:
        cli.output.note(f"{found.pending} to apply: run `celers migrate`")
    if exit_code and found.pending:
        raise click.exceptions.Exit(SCHEMA)


def _refuse_blind(cli: Cli) -> None:
    """Refuse an account that sees nothing of a schema, which would look as if it were not there."""
    with suppress(SchemaMissing), Look(cli.where()) as look:
        look.rows(f"SELECT 1 FROM {ledger.TABLE} LIMIT 1")


def _object(row: Row) -> dict[str, Any]:
    applied_at = row.applied_at and row.applied_at.replace(tzinfo=UTC)
    return {
        **dataclasses.asdict(row),
        "applied_at": applied_at,
        "checksum": row.sha256[:8] or None,
    }


@migrate.command()
@common
def verify(cli: Cli) -> None:
    """Say what in the schema is not as it was deployed; exit with 4 where anything is."""
    _refuse_blind(cli)
    problems = deployer.verify(cli.where())
    if cli.output.is_json:
        cli.output.things(PROBLEM, map(dataclasses.asdict, problems), ())
    else:
        for problem in problems:
            cli.output.line(str(problem))
    if problems:
        raise click.exceptions.Exit(SCHEMA)
    cli.output.note("the schema is as deployed")


@migrate.command()
@click.option(
    "--within", "within_s", type=DURATION, default="60s", show_default=True, help="How long."
)
@common
def wait(cli: Cli, within_s: float) -> None:
    """Wait until the schema is deployed, in this version or a newer one.

    For what is started along with the database: the server may not answer yet, the account may
    not exist yet. Any role is enough.
    """
    until = time.monotonic() + within_s
    while True:
        try:
            _look(cli)
            return
        except (Unavailable, AccessDenied, SchemaMissing, SchemaOutdated) as error:
            if time.monotonic() + _LOOK_S > until:
                raise
            if cli.verbosity > 0:
                cli.output.note(f"waiting: {error}")
        time.sleep(_LOOK_S)


def _look(cli: Cli) -> None:
    with pyclient.connect(cli.where(), pool_size=1, retry=RetryPolicy(deadline_s=1)) as client:
        found, wanted = client.schema_version(), _version.installed()
    if _numbers(found) < _numbers(wanted):
        raise SchemaOutdated(f"the schema is celers {found}, this is celers {wanted}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


@migrate.command()
@click.option("--app-user", metavar="USER@HOST", help="Give this account the role.")
@click.option("--role", type=click.Choice(ROLES), help="The role to give.")
@click.option("--dry-run", is_flag=True, help="Show the statements, and run none.")
@common
def grants(cli: Cli, app_user: str | None, role: str | None, dry_run: bool) -> None:
    """List what each role may do; or give an account one of the roles.

    `celers migrate` gives the roles their rights. An application needs the role producer, a worker
    the role worker; viewer may look at everything, admin may do everything.
    """
    if (app_user is None) != (role is None) or (dry_run and role is None):
        raise click.UsageError("--app-user and --role belong together")
    if app_user is None or role is None:
        records = (dataclasses.asdict(right) for right in accounts.rights(cli.where()))
        cli.output.things(RIGHT, records, ("role", "right", "name", "is_given"))
        return
    if dry_run:
        for statement in accounts.role_sql(str(cli.where().database), app_user, role):
            cli.output.line(f"{statement};")
        return
    accounts.give_role(cli.where(), app_user, role)
    cli.output.note(f"{app_user} has the role {role}")


@migrate.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write to this file instead of stdout.",
)
def export(output: Path | None) -> None:
    """Write everything as one file for the mysql client: mysql DATABASE < celers.sql."""
    if output is None:
        deployer.export(sys.stdout)
        return
    with output.open("w", encoding="utf-8", newline="\n") as file:
        deployer.export(file)

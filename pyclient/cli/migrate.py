"""``celers migrate``: deploy the schema, or look at its state."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click

from pyclient import migrate as deployer
from pyclient.cli._group import SCHEMA
from pyclient.migrate.status import HEADINGS, Status

_DSN = click.option(
    "--dsn",
    envvar="CELERS_DSN",
    show_envvar=True,
    help="mysql://user:password@host:3306/database",
)


@click.group(invoke_without_command=True)
@_DSN
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--show-sql", is_flag=True, help="Show every statement too.")
@click.pass_context
def migrate(ctx: click.Context, dsn: str | None, dry_run: bool, show_sql: bool) -> None:
    """Bring the schema up to this version's SQL: deploy, upgrade, repair."""
    ctx.obj = dsn
    if ctx.invoked_subcommand is None:
        deployer.migrate(dsn, dry_run=dry_run, show_sql=show_sql, out=click.echo)
    elif dry_run or show_sql:
        raise click.UsageError(f"--dry-run and --show-sql mean nothing to {ctx.invoked_subcommand}")


@migrate.command()
@_DSN
@click.option("--exit-code", is_flag=True, help="Exit with 4 where something is to be applied.")
@click.pass_obj
def status(above: str | None, dsn: str | None, exit_code: bool) -> None:
    """Show the state of every migration and object."""
    found = deployer.status(dsn or above)
    print_status(found, for_people=sys.stdout.isatty())
    if exit_code and found.pending:
        raise SystemExit(SCHEMA)


@migrate.command()
@_DSN
@click.pass_obj
def verify(above: str | None, dsn: str | None) -> None:
    """Say what in the schema is not as it was deployed; exit with 4 where anything is."""
    problems = deployer.verify(dsn or above)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise SystemExit(SCHEMA)
    click.echo("the schema is as deployed", err=True)


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


def print_status(found: Status, *, for_people: bool) -> None:
    """Aligned columns with a heading line for people, tab-separated columns for programs."""
    table = [HEADINGS, *(row.cells() for row in found.rows)]
    if not for_people:
        for cells in table:
            click.echo("\t".join(cells))
    else:
        click.echo(f"Schema {found.where}  server {found.server}  celers {found.version}")
        print_aligned(table, sys.stdout)
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    if found.pending:
        click.echo(f"{found.pending} to apply: run `celers migrate`", err=True)


def print_aligned(table: Sequence[Sequence[str]], out: TextIO) -> None:
    widths = [max(len(cells[column]) for cells in table) for column in range(len(table[0]))]
    for cells in table:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        click.echo((" " + "  ".join(padded)).rstrip(), file=out)

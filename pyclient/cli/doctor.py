"""``celers doctor``: what ails the server, the schema and the queue."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable

import click

from pyclient import migrate
from pyclient.cli._common import Cli, common, in_time
from pyclient.cli._group import FAILED
from pyclient.cli._output import visible
from pyclient.doctor import Finding, Level, examine

FINDING = "celers.finding/1"
_COLUMNS = ("level", "check", "text", "fix")
_STYLES = {Level.OK: "green", Level.SKIP: "dim", Level.WARN: "yellow", Level.FAIL: "bold red"}


@click.command()
@click.option("--fix", "is_to_fix", is_flag=True, help="Run `celers migrate` where that mends it.")
@common
def doctor(cli: Cli, is_to_fix: bool) -> None:
    """Look for what ails the server, the schema and the queue.

    Each line is OK, WARN, FAIL, or SKIP where the account may not look. The exit code is 1 where
    anything is FAIL. Nothing is changed without --fix, and with it only what a deployment changes:
    missing or edited objects, missing grants, pending migrations.
    """
    found = _examined(cli)
    if is_to_fix and any(finding.is_for_migrate for finding in found):
        cli.output.note("\nFixing what `celers migrate` mends:")
        migrate.migrate(cli.where(), out=cli.output.note)
        cli.output.note("")
        found = _examined(cli)
    elif is_to_fix:
        cli.output.note("there is nothing here that `celers migrate` mends")
    tally = Counter(finding.level for finding in found)
    cli.output.note(", ".join(f"{tally[level]} {level}" for level in Level if tally[level]))
    if tally[Level.FAIL]:
        raise click.exceptions.Exit(FAILED)


def _examined(cli: Cli) -> list[Finding]:
    """Every finding, shown as it is made."""
    found: list[Finding] = []

    def passed_on() -> Iterable[Finding]:
        for finding in examine(in_time(cli.where(), cli.timeout_s)):
            found.append(finding)
            yield finding

    if cli.output.is_terminal and not cli.output.is_json:
        _draw(passed_on(), has_color=cli.output.has_color)
    else:
        records = (dataclasses.asdict(finding) for finding in passed_on())
        cli.output.things(FINDING, records, _COLUMNS)
    return found


def _draw(findings: Iterable[Finding], *, has_color: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from pyclient.cli._table import console

    screen = console(has_color=has_color)
    for finding in findings:
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=4, style=_STYLES[finding.level])
        grid.add_column(width=13, style="bold")
        grid.add_column(overflow="fold")
        text = Text(visible(finding.text), style="dim" if finding.level is Level.SKIP else "")
        if finding.fix:
            text.append(f"\nfix: {visible(finding.fix)}", style="cyan")
        grid.add_row(finding.level, finding.check, text)
        screen.print(grid)

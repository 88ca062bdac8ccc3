"""Options of a group that also does something without a subcommand."""

from __future__ import annotations

import click
from click.core import ParameterSource


def refuse_options(ctx: click.Context) -> None:
    """Refuse options before a subcommand: it would not see them."""
    given = [
        parameter.opts[-1]
        for parameter in ctx.command.params
        if parameter.name
        and ctx.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"options go behind {ctx.invoked_subcommand}: {', '.join(given)}")

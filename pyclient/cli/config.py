"""``celers config``: look at the configuration."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from pyclient.cli._common import Cli, common
from pyclient.cli._group import USAGE
from pyclient.config import InvalidConfig, Loaded, read
from pyclient.config.described import as_toml
from pyclient.config.sample import sample as sample_text
from pyclient.config.show import show as shown

SETTING, PROBLEM = "celers.setting/1", "celers.problem/1"


@click.group()
def config() -> None:
    """Look at the configuration."""


@config.command()
@click.option("--origin", "has_origin", is_flag=True, help="Tell where each value comes from.")
@common
def show(cli: Cli, has_origin: bool) -> None:
    """Show every setting. Passwords are masked."""
    settings = [setting._asdict() for setting in shown(_read(cli, cli.config))]
    if not cli.output.is_json:
        for setting in settings:
            value = setting["value"]
            if value is not None and not isinstance(value, str):
                setting["value"] = as_toml(value)
    columns = ("key", "value", "origin") if has_origin else ("key", "value")
    cli.output.things(SETTING, settings, columns)


@config.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@common
def validate(cli: Cli, file: Path | None) -> None:
    """Name what is wrong with FILE, the environment and the flags; exit with 2 if anything is.

    Without FILE it is the file that a worker would read.
    """
    try:
        loaded = _read(cli, file or cli.config)
    except InvalidConfig as error:
        for problem in error.problems:
            if cli.output.is_json:
                cli.output.thing(PROBLEM, problem.as_dict())
            else:
                cli.output.line(str(problem))
        raise SystemExit(USAGE) from None
    cli.output.note(f"{loaded.file or 'without a file, the configuration'} is valid")


@config.command()
@common
def sample(cli: Cli) -> None:
    """Write a TOML file with every key, its meaning and its default."""
    click.echo(sample_text(), nl=False)


def _read(cli: Cli, file: Path | None) -> Loaded:
    source = click.get_current_context().get_parameter_source("dsn")
    is_flag = source is ParameterSource.COMMANDLINE  # else the environment is asked itself
    loaded = read(file, {"dsn": cli.dsn if is_flag else None})
    for warning in loaded.warnings:
        cli.output.note(f"warning: {warning}")
    return loaded

"""The root command: finds command modules, and turns errors into sentences and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

import pyclient
from pyclient.errors import (
    AccessDenied,
    CelersError,
    ConnectionLost,
    InvalidDsn,
    PoolTimeout,
    SchemaMissing,
    SchemaOutdated,
)

FAILED, USAGE, NO_CONNECTION, SCHEMA = 1, 2, 3, 4

_CODES: dict[type[CelersError], int] = {
    InvalidDsn: USAGE,
    ConnectionLost: NO_CONNECTION,
    AccessDenied: NO_CONNECTION,
    PoolTimeout: NO_CONNECTION,
    SchemaMissing: SCHEMA,
    SchemaOutdated: SCHEMA,
}


class Registry(click.Group):
    """A group whose commands live in modules that are imported when they are used."""

    def __init__(self, modules: Mapping[str, tuple[str, str]], **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]
        self.modules = {name: place for name, place in modules.items() if find_spec(place[0])}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command whose module is there."""
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a module, under the same name there."""
        if cmd_name not in self.modules:
            return None
        command = getattr(import_module(self.modules[cmd_name][0]), cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.modules[name][1]) for name in sorted(self.modules)])


def build(modules: Mapping[str, tuple[str, str]]) -> Registry:
    """The root command over the given modules."""
    root = Registry(modules, name="celers", help="A task queue that is a MySQL schema.")
    version = click.version_option(pyclient.__version__, prog_name="celers")
    version(root)
    return root


def code_of(error: CelersError) -> int:
    """The exit code for an error."""
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), FAILED)


def run(modules: Mapping[str, tuple[str, str]]) -> None:
    """Run the command line to its exit code."""
    try:
        build(modules)(prog_name=_program())
    except CelersError as error:
        click.echo(f"celers: {error}", err=True)
        raise SystemExit(code_of(error)) from error


def _program() -> str:
    return "python -m pyclient" if Path(sys.argv[0]).name == "__main__.py" else "celers"

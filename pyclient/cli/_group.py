"""The root command: finds command modules, and turns errors into sentences and exit codes."""

from __future__ import annotations

import difflib
import errno
import io
import keyword
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

import click

import pyclient
from pyclient.cli._output import visible
from pyclient.errors import (
    AccessDenied,
    CelersError,
    Conflict,
    DeadlockError,
    InvalidArgument,
    Limited,
    LockTimeout,
    NotFound,
    SchemaMissing,
    SchemaOutdated,
    Unavailable,
)

FAILED, USAGE, NO_CONNECTION, SCHEMA = 1, 2, 3, 4
CONFLICT, NOT_FOUND, REJECTED, NO_WORKER = 5, 6, 7, 69
#: 128 and the number of the signal, as a shell says it.
INTERRUPTED, PIPE_BROKEN, TERMINATED = 130, 141, 143

# The first class that fits decides. What is in none of them has failed.
_CODES: dict[type[CelersError], int] = {
    InvalidArgument: USAGE,
    NotFound: NOT_FOUND,
    Conflict: CONFLICT,
    Limited: REJECTED,
    DeadlockError: FAILED,
    LockTimeout: FAILED,
    Unavailable: NO_CONNECTION,
    SchemaMissing: SCHEMA,
    SchemaOutdated: SCHEMA,
}
# Of an account that is let in: no right on a table or view, to a statement, on a routine.
_MISSING_RIGHT = (1142, 1143, 1227, 1370)


class Registry(click.Group):
    """A group whose commands live in modules that are imported when they are used."""

    def __init__(self, modules: Mapping[str, tuple[str, str]], **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]
        self.modules = {name: place for name, place in modules.items() if find_spec(place[0])}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command whose module is there."""
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a module, under the same name there: ``import_`` for import."""
        if cmd_name not in self.modules:
            return None
        name = cmd_name.replace("-", "_") + "_" * keyword.iskeyword(cmd_name)
        command = getattr(import_module(self.modules[cmd_name][0]), name)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As usual, with a guess where there is no such command."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            near = difflib.get_close_matches(args[0], self.modules, 1)
            if not near:
                raise
            guess = f"No such command {args[0]!r}. Did you mean {near[0]!r}?"
            raise click.UsageError(guess, ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.modules[name][1]) for name in sorted(self.modules)])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what ends it early becomes a sentence and an exit code."""
        with _endings(ctx):
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()


@contextmanager
def _endings(ctx: click.Context) -> Iterator[None]:
    try:
        yield
    except CelersError as error:
        _say(ctx, error)
        ctx.exit(code_of(error))
    except UnicodeError as error:
        _say(ctx, error)
        ctx.exit(USAGE)
    except (KeyboardInterrupt, click.Abort):
        ctx.exit(INTERRUPTED)
    except OSError as error:
        _silence()
        if error.errno == errno.EPIPE:
            ctx.exit(PIPE_BROKEN)
        _say(ctx, error)
        ctx.exit(FAILED)


def _silence() -> None:
    """Stdout may be what failed: what is still to be written there at exit goes nowhere."""
    try:
        stdout = sys.stdout.fileno()
    except io.UnsupportedOperation:  # no file: nothing is written at exit
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stdout)
    os.close(null)


def _say(ctx: click.Context, error: Exception) -> None:
    if ctx.meta.get("verbosity", 0) > 0:
        traceback.print_exception(error)
    text = str(error)
    if isinstance(error, AccessDenied):
        from pyclient.cli._rights import advice

        text = advice(error) or text
    click.echo(f"celers: {visible(text, keep=chr(10))}", err=True)


def build(modules: Mapping[str, tuple[str, str]]) -> Registry:
    """The root command over the given modules."""
    root = Registry(modules, name="celers", help="A task queue that is a MySQL schema.")
    version = click.version_option(pyclient.__version__, prog_name="celers")
    version(root)
    return root


def code_of(error: CelersError) -> int:
    """The exit code for an error."""
    from pyclient.app import TaskFailed

    if isinstance(error, TaskFailed):
        return FAILED
    if isinstance(error, AccessDenied):
        return FAILED if error.number in _MISSING_RIGHT else NO_CONNECTION
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), FAILED)


def run(modules: Mapping[str, tuple[str, str]]) -> None:
    """Run the command line to its exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    build(modules)(prog_name=_program())


def _terminated(number: int, frame: FrameType | None) -> None:
    raise SystemExit(TERMINATED)


def _program() -> str:
    return "python -m pyclient" if Path(sys.argv[0]).name == "__main__.py" else "celers"

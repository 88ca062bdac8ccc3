"""Write docs/cli.md: what ``--help`` says of every command, the common options only once."""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Iterator
from typing import Any

import click

from pyclient.cli import COMMANDS
from pyclient.cli._common import Cli, common
from pyclient.cli._group import build

WIDTH = 100
_HEAD = """\
# The command line

Generated from `--help` of every command by `python -m tools.gen`.

Data go to stdout, everything else to stderr. On a terminal lists are tables; in a pipe they are
lines of tab-separated columns below a heading; with `--json` each thing is an object on a line of
its own, whose `schema` names what it looks like. New fields may come at the end of an object,
other changes give it a new name. Instants are UTC. `python -m pyclient` is the same as `celers`.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed, or something is not as it should be |
| 2 | wrong usage or configuration |
| 3 | the server was not reached, or it refused the account |
| 4 | the schema is missing, outdated or changed by hand |
| 5 | conflict: already done, already there |
| 6 | there is no such thing |
| 7 | a limit does not allow it |
| 69 | no worker answered |
| 130, 141, 143 | ended by Ctrl-C, by a reader that went away, by SIGTERM |

An account without a right is told which role has it; `celers migrate grants` gives it the role.
"""


def render() -> str:
    """The text of the file."""
    root = build(COMMANDS)
    return "\n".join([_HEAD, *_commands(root), *_common_options(), *_sections(root)]) + "\n"


def _commands(root: click.Group) -> Iterator[str]:
    yield "| command | |"
    yield "|---|---|"
    for name in sorted(COMMANDS):
        yield f"| [`celers {name}`](#celers-{name}) | {COMMANDS[name][1]} |"
    yield ""


def _common_options() -> Iterator[str]:
    yield "## Common options\n"
    yield "A command whose section says so takes these too, behind its name.\n"
    options = _help(_bare, click.Context(_bare, **_WIDE)).partition("Options:\n")[2]
    yield from _block(textwrap.dedent(options))


def _sections(group: click.Group, parent: click.Context | None = None) -> Iterator[str]:
    """A section for each command of a group, and one for each of its own."""
    ctx = parent or click.Context(group, info_name="celers", **_WIDE)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is None or command.hidden:
            continue
        own = click.Context(command, parent=ctx, info_name=name, **_WIDE)
        yield f"{'##' if parent is None else '###'} {own.command_path}\n"
        yield from _block(_help(command, own))
        if any(_is_common(param) for param in command.params):
            yield "And the [common options](#common-options).\n"
        if isinstance(command, click.Group):
            yield from _sections(command, own)


@click.command("COMMAND", add_help_option=False)
@common
def _bare(cli: Cli) -> None:
    """Has no options of its own."""


_COMMON = [param.to_info_dict() for param in _bare.params]
_WIDE: dict[str, Any] = {"terminal_width": WIDTH, "max_content_width": WIDTH}


def _is_common(param: click.Parameter) -> bool:
    return param.to_info_dict() in _COMMON


def _help(command: click.Command, ctx: click.Context) -> str:
    """What --help says, without what every command has."""
    shown = copy.copy(command)
    if ctx.parent is not None:
        shown.params = [param for param in command.params if not _is_common(param)]
    shown.add_help_option = False
    return shown.get_help(ctx)


def _block(text: str) -> Iterator[str]:
    yield f"```text\n{text.strip()}\n```\n"

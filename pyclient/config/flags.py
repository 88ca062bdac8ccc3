"""Options of the command line that are settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pyclient.config import described
from pyclient.config.environment import DELIMITER

Command = TypeVar("Command", bound=Callable[..., Any])


def option(section: str, field: str, *names: str) -> Callable[[Command], Command]:
    """An option for a setting, with the type, the range and the help that the setting has.

    The function gets it as ``section__field``, None where it is not given: handed on to
    ``pyclient.config.load(flags=…)`` it decides over the environment and the file. A switch
    ``--burst`` gets its opposite ``--no-burst``; ``--enable-x`` gets ``--disable-x``.

    Args:
        section: the section's name, with dots where it lies in another; "" = none.
        field: the key in it.
        names: of the option: ``"-Q", "--queues"``.
    """
    key = described.key(section, field)
    default = "" if key.default is None else f"; default: {_shown(key)}"
    return click.option(
        DELIMITER.join(key.path),
        *(_with_opposite(name) if key.kind is bool else name for name in names),
        type=_type(key),
        default=None,
        help=f"{key.text}  [env: {key.variable}{default}]",
    )


def _with_opposite(name: str) -> str:
    if not name.startswith("--"):
        return name
    enabled = name.removeprefix("--enable-")
    opposite = f"--disable-{enabled}" if enabled != name else f"--no-{name.removeprefix('--')}"
    return f"{name}/{opposite}"


def _shown(key: described.Key) -> str:
    if isinstance(key.default, dict | list):
        return ",".join(key.default)
    text = described.as_toml(key.default)
    return text.strip('"')


def _type(key: described.Key) -> Any:
    if key.choices:
        return click.Choice(key.choices, case_sensitive=False)
    if key.kind is bool:
        return click.BOOL
    if key.kind in (int, float):
        ranges: type[click.IntRange] | type[click.FloatRange]
        ranges = click.IntRange if key.kind is int else click.FloatRange
        limits = key.limits
        return ranges(
            min=limits.get("ge", limits.get("gt")),  # type: ignore[arg-type]
            max=limits.get("le"),  # type: ignore[arg-type]
            min_open="gt" in limits,
        )
    return click.Path(path_type=Path) if key.kind is Path else click.STRING

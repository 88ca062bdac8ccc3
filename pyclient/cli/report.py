"""``celers report``: what a bug report needs, without anything that is secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from pyclient.cli._common import Cli, common, in_time
from pyclient.doctor import report as gathering

REPORT = "celers.report/1"


@click.command()
@common
def report(cli: Cli) -> None:
    """Write what a bug report needs: versions, settings, counts, and what the doctor finds.

    No payload, no error of a task, no password, and no name of a host, an account, a queue or a
    worker is in it. Read it all the same before you show it to anybody.
    """
    here = gathering.here()
    if cli.output.is_json:
        cli.output.thing(
            REPORT, {"client": here, **gathering.there(in_time(cli.where(), cli.timeout_s))}
        )
        return
    _write(cli, "client", here)
    for heading, section in _there(cli).items():
        _write(cli, heading, section)


def _there(cli: Cli) -> dict[str, Any]:
    return gathering.there(in_time(cli.where(), cli.timeout_s))


def _write(cli: Cli, heading: str, section: Mapping[str, Any] | list[dict[str, Any]]) -> None:
    cli.output.line(f"{heading}:")
    if isinstance(section, list):
        for finding in section:
            cli.output.line(f"  {finding['level']:<4} {finding['check']}: {finding['text']}")
        return
    for key, value in section.items():
        cli.output.line(f"  {key}: {value}")

"""``celers scale-metric``: one number for KEDA, an HPA or a script."""

from __future__ import annotations

import dataclasses

import click
from click.core import ParameterSource

from pyclient.cli._common import DURATION, Cli, common
from pyclient.stats import scale

SCALE = "celers.scale/1"
_OF_DESIRED = ("target_wait_s", "concurrency", "least", "most")


@click.command()
@click.option("-Q", "--queue", required=True, help="The queue.")
@click.option(
    "--kind",
    type=click.Choice(scale.KINDS),
    default="backlog",
    show_default=True,
    help="What the number says, see above.",
)
@click.option(
    "--target-wait",
    "target_wait_s",
    type=DURATION,
    default="30s",
    show_default=True,
    help="desired: what is ready now shall be started within this time.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 10_000),
    default=1,
    show_default=True,
    help="desired: tasks that one worker runs at once.",
)
@click.option(
    "--min",
    "least",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="desired: at least.",
)
@click.option(
    "--max",
    "most",
    type=click.IntRange(0),
    default=100,
    show_default=True,
    help="desired: at most.",
)
@common
def scale_metric(
    cli: Cli,
    queue: str,
    kind: str,
    target_wait_s: float,
    concurrency: int,
    least: int,
    most: int,
) -> None:
    """Print one number that says how much work a queue has.

    \b
    backlog  tasks that are ready or run; of a paused queue, that run
    latency  seconds that the ready task waits that waits longest; 0 when paused
    desired  workers needed: the largest of what runs, of the load of the last
             minute (tasks ended per second times seconds a task runs), and of
             ready times seconds a task runs / target wait; divided by what one
             worker runs at once, within --min and --max

    How long a task runs is estimated from its percentiles within the last minute, rather too long
    than too short; 1 s where none ended. --json says how the number came about. backlog takes any
    role, the others the role viewer.
    """
    _check(kind, target_wait_s, least, most)
    if kind == "backlog":
        found = scale.backlog(cli.client, queue)
    elif kind == "latency":
        found = scale.latency(cli.client, queue)
    else:
        target = scale.Target(target_wait_s, concurrency, least, most)
        found = scale.desired(cli.client, queue, target)
    if cli.output.is_json:
        cli.output.thing(SCALE, dataclasses.asdict(found))
    else:
        cli.output.line(f"{found.value:g}" if found.value < 1e6 else f"{found.value:.0f}")


def _check(kind: str, target_wait_s: float, least: int, most: int) -> None:
    ctx = click.get_current_context()
    given = [
        name
        for name in _OF_DESIRED
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    if given and kind != "desired":
        raise click.UsageError("the target is for --kind desired")
    if least > most:
        raise click.UsageError("--min is more than --max")
    if target_wait_s <= 0:
        raise click.UsageError("--target-wait must be more than nothing")

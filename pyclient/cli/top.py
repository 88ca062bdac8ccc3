"""``celers top``: the queues, the workers and the latest failures, full screen."""

from __future__ import annotations

import click
from rich.live import Live

from pyclient.cli._common import DURATION, Cli, common
from pyclient.cli._keys import is_pressed, pressed_keys
from pyclient.cli._screen import draw
from pyclient.cli._table import console
from pyclient.cli.stats import queue_record
from pyclient.errors import Unavailable
from pyclient.stats.watch import Frame, Watch

TOP = "celers.top/1"
_PIPE_WIDTH = 132
# A key is not seen while an answer is awaited.
_PATIENCE_S = 5.0


@click.command()
@click.option(
    "-i",
    "--interval",
    "interval_s",
    type=DURATION,
    default="2s",
    show_default=True,
    help="Time between two looks.",
)
@common
def top(cli: Cli, interval_s: float) -> None:
    """Watch the queues, the workers and the latest dead letters; q ends it.

    In a pipe, and with --json, it is one look. IN/s and OUT/s are tasks per second since the look
    before; OUT/s of the first look and P95 WAIT are of the last minute. The role viewer is enough.
    """
    if interval_s <= 0:
        raise click.BadParameter("must be more than nothing", param_hint="--interval")
    client = cli.connect(_PATIENCE_S if cli.timeout_s is None else cli.timeout_s)
    click.get_current_context().call_on_close(client.close)
    watch = Watch(client)
    where = cli.where()
    title = f"{where.database} @ {where.socket or f'{where.host}:{where.port}'}"
    if cli.output.is_json:
        cli.output.thing(TOP, _record(watch.look()))
    elif cli.output.is_terminal:
        _show(cli, watch, title, interval_s)
    else:
        screen = console(has_color=False)
        screen.width = _PIPE_WIDTH
        screen.print(draw(watch.look(), title, None, width=_PIPE_WIDTH, height=None))


def _show(cli: Cli, watch: Watch, title: str, interval_s: float) -> None:
    """Look again and again; while the server does not answer, the last look stays."""
    frame = watch.look()
    screen = console(has_color=cli.output.has_color)
    with pressed_keys(), Live(console=screen, screen=True, auto_refresh=False) as live:
        trouble = None
        while True:
            drawn = draw(frame, title, trouble, width=screen.width, height=screen.height)
            live.update(drawn, refresh=True)
            if is_pressed("qQ", interval_s):
                return
            try:
                frame, trouble = watch.look(), None
            except Unavailable as error:
                trouble = str(error)


def _record(frame: Frame) -> dict[str, object]:
    return {
        "at": frame.at,
        "overdue_s": frame.overdue_s,
        "queues": [queue_record(line) for line in frame.queues],
        "workers": [row._asdict() for row in frame.workers],
        "failures": [row._asdict() for row in frame.failures],
    }

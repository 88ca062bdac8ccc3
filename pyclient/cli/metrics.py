"""``celers metrics``: metrics for Prometheus, once or whenever they are asked for."""

from __future__ import annotations

import logging
import sys

import click

from pyclient import metrics as metric
from pyclient.cli._common import Cli, common
from pyclient.cli._leaf import refuse_options


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="Print them and end, as without it.")
@common
def metrics(cli: Cli, once: bool) -> None:
    """Print metrics in the text format of Prometheus.

    They come from the database: one exporter for a schema is enough, and it does not matter where
    it runs. The role viewer is enough; what the server counts itself takes PROCESS, EVENT on the
    schema, and SELECT on performance_schema, and is left out without.
    """
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is not None:
        refuse_options(ctx)
        return
    click.echo(metric.text(cli.client), nl=False)


@metrics.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=9787,
    show_default=True,
    help="0 = any that is free.",
)
@common
def serve(cli: Cli, host: str, port: int) -> None:
    """Answer Prometheus until a signal ends it.

    Each scrape looks at the database once, and scrapes at the same time share the look. While the
    database does not answer, celers_up is 0 and there is nothing else.
    """
    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    server, thread = metric.serve(cli.client, host, port)
    address = f"[{host}]" if ":" in host else host
    cli.output.note(f"metrics are at http://{address}:{server.server_port}/metrics")
    try:
        thread.join()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""``celers healthcheck``: ask a worker on this machine whether it is well, for probes."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path

import click

from pyclient.cli._common import DURATION, Cli, common

SCHEMA = "celers.health/1"
_PATHS = {"live": "/livez", "ready": "/readyz", "startup": "/startupz"}
_PATIENCE_S = 5.0


@click.command()
@click.argument("question", type=click.Choice(tuple(_PATHS)), default="ready")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the worker answers.")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    envvar="CELERS_WORKERS__HEALTH_PORT",
    show_envvar=True,
    help="Its --health-port.",
)
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="CELERS_WORKERS__HEARTBEAT_FILE",
    show_envvar=True,
    help="Its --heartbeat-file, instead of the port; it answers the question live.",
)
@click.option(
    "--max-age",
    "most_s",
    type=DURATION,
    default=30.0,
    show_default="30s",
    help="Of the heartbeat file.",
)
@common
@click.pass_context
def healthcheck(
    ctx: click.Context,
    cli: Cli,
    question: str,
    host: str,
    port: int | None,
    path: Path | None,
    most_s: float,
) -> None:
    """Exit with 0 if the worker is well, with 1 if not; without connecting to the database.

    QUESTION is live (does it turn?), ready (does it work now?) or startup (did it ever?).
    """
    if port is not None:
        checks = _ask(host, port, _PATHS[question], cli.timeout_s or _PATIENCE_S)
    elif path is not None:
        checks = _look(path, most_s)
    else:
        raise click.UsageError("say where the worker answers: --port or --file")
    is_well = checks.pop("status") == "ok"
    cli.output.thing(SCHEMA, {"status": "ok" if is_well else "unavailable", **checks})
    ctx.exit(0 if is_well else 1)


def _ask(host: str, port: int, path: str, patience_s: float) -> dict[str, str]:
    connection = http.client.HTTPConnection(host, port, timeout=patience_s)
    try:
        connection.request("GET", path)
        answer = json.loads(connection.getresponse().read())
        return {"status": answer["status"], **answer.get("checks", {})}
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        return {"status": "unavailable", "worker": f"no answer: {error}"}
    finally:
        connection.close()


def _look(path: Path, most_s: float) -> dict[str, str]:
    try:
        age_s = time.time() - path.stat().st_mtime
    except OSError as error:
        return {"status": "unavailable", "heartbeat": f"no file: {error.strerror}"}
    is_fresh = age_s <= most_s
    return {"status": "ok" if is_fresh else "old", "heartbeat": f"{age_s:.0f} s ago"}

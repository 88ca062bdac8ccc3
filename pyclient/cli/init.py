"""``celers init``: write what a new project needs."""

from __future__ import annotations

from pathlib import Path

import click

from pyclient.cli._group import CONFLICT
from pyclient.config.sample import sample

_STARTER = Path(__file__).parent / "_starter"
_CONFIG, _TASKS, _COMPOSE = "celers.toml", "tasks.py", "docker-compose.yml"


@click.command()
@click.argument(
    "directory",
    default=".",
    type=click.Path(file_okay=False, writable=True, path_type=Path),
)
@click.option("--sample", "has_sample", is_flag=True, help=f"Write {_TASKS} with a task too.")
@click.option("--compose", "has_compose", is_flag=True, help=f"Write {_COMPOSE} too.")
@click.option("--force", is_flag=True, help="Overwrite what is there.")
def init(directory: Path, has_sample: bool, has_compose: bool, force: bool) -> None:
    """Write celers.toml into DIRECTORY, with every setting at its default.

    Where one of the files is there already nothing is written, and the exit code is 5.
    """
    texts = {_CONFIG: sample()}
    wanted = [(_TASKS, has_sample or has_compose), (_COMPOSE, has_compose)]
    for name, is_wanted in wanted:
        if is_wanted:
            texts[name] = (_STARTER / name).read_text("utf-8")
    there = [name for name in texts if (directory / name).exists()]
    if there and not force:
        click.echo(f"celers: {', '.join(there)} is there already: --force overwrites", err=True)
        raise click.exceptions.Exit(CONFLICT)
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
        click.echo(f"wrote {directory / name}")
    click.echo(_next_steps(has_tasks=_TASKS in texts, has_compose=has_compose), err=True)


def _next_steps(*, has_tasks: bool, has_compose: bool) -> str:
    if has_compose:
        return "\nNext:\n  docker compose up"
    app = "tasks:app" if has_tasks else "package.module:app"
    return (
        "\nNext:\n  export CELERS_DSN=mysql://user:password@127.0.0.1:3306/celers\n"
        f"  celers migrate\n  celers worker run {app}"
    )

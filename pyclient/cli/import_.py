"""``celers import``: enqueue the tasks that ``celers export`` wrote."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import BinaryIO

import click

from pyclient.cli._common import Cli, common, dry_run
from pyclient.cli._exported import Line, read_line
from pyclient.cli._output import count_of
from pyclient.client import Client
from pyclient.errors import CelersError, Conflict, InvalidArgument

IMPORTED = "celers.import/1"
_MOST_TASKS, _MOST_BYTES = 1000, 4 * 1024 * 1024


@click.command("import")
@click.argument("file", type=click.File("rb"), default="-")
@dry_run
@common
def import_(cli: Cli, file: BinaryIO, dry_run: bool) -> None:
    """Enqueue the tasks in FILE, as `celers export` wrote them; without FILE those of stdin.

    They keep their ids, so that what stands already is not added again: after a fault or a stop,
    repeat it. Tasks that have expired are left out. The first line that cannot be taken ends it.
    """
    count: Counter[str] = Counter(tasks=0, created=0, existing=0, expired=0)
    try:
        for batch in _batches(file, count):
            if not dry_run:
                _send(cli.client, batch, count)
    except CelersError:
        cli.output.note(f"imported {count_of(count['created'], 'task')} before this:")
        raise
    cli.output.thing(IMPORTED, {**count, "is_dry_run": dry_run})


def _batches(file: BinaryIO, count: Counter[str]) -> Iterator[list[Line]]:
    """The lines in batches of one queue each; those of a queue keep their order."""
    waiting: defaultdict[str, list[Line]] = defaultdict(list)
    bytes_waiting: Counter[str] = Counter()
    for number, text in enumerate(file, start=1):
        if not text.strip():
            continue
        line = read_line(number, text)
        count["tasks"] += 1
        if line.is_expired:
            count["expired"] += 1
            continue
        queue = line.queue
        if bytes_waiting[queue] + line.size > _MOST_BYTES or len(waiting[queue]) == _MOST_TASKS:
            yield waiting.pop(queue)
            del bytes_waiting[queue]
        waiting[queue].append(line)
        bytes_waiting[queue] += line.size
    yield from waiting.values()


def _send(client: Client, batch: list[Line], count: Counter[str]) -> None:
    """Enqueue a batch; one that is refused goes in halves, until the bad line stands alone.

    Raises:
        CelersError: of the first bad line, whose number it names; all before it are enqueued.
    """
    if not batch:
        return
    try:
        rows = client.call_enqueue_batch(batch[0].queue, [line.item for line in batch])
    except (InvalidArgument, Conflict) as error:
        if len(batch) == 1:
            raise type(error)(f"line {batch[0].number}: {error}", number=error.number) from error
        middle = len(batch) // 2
        _send(client, batch[:middle], count)
        _send(client, batch[middle:], count)
        return
    for row in rows:
        count["created" if row.created else "existing"] += 1

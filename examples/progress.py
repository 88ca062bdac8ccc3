"""A progress bar: that of rich where it is installed, else plain text; lines outside terminals."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Takes how many are done, and a few words.
Show = Callable[[int, str], None]
_WIDTH = 40


@contextmanager
def progress(what: str, total: int) -> Iterator[Show]:
    """A bar for the block, on stdout."""
    if not sys.stdout.isatty():
        yield _in_lines(what, total)
        return
    try:
        from rich import progress as rich
    except ImportError:
        yield _in_one_line(what, total)
        print()
        return
    columns = ("{task.description}", rich.BarColumn(), rich.MofNCompleteColumn())
    with rich.Progress(*columns, rich.TimeElapsedColumn(), "{task.fields[note]}") as bar:
        task = bar.add_task(what, total=total, note="")
        yield lambda done, note: bar.update(task, completed=done, note=note)


def _in_one_line(what: str, total: int) -> Show:
    def show(done: int, note: str) -> None:
        filled = _WIDTH * done // max(total, 1)
        bar = "#" * filled + "." * (_WIDTH - filled)
        print(f"\r{what} [{bar}] {done}/{total}  {note}\x1b[K", end="", flush=True)

    return show


def _in_lines(what: str, total: int) -> Show:
    next_at = 0.0

    def show(done: int, note: str) -> None:
        nonlocal next_at
        if time.monotonic() >= next_at or done >= total:
            next_at = time.monotonic() + 2
            print(f"{what}: {done}/{total}, {note}", flush=True)

    return show

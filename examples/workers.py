"""The real worker, in processes of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HERE = Path(__file__).resolve().parents[1]


def _command(place: str, options: tuple[str, ...]) -> list[str]:
    start = [sys.executable, "-m", "pyclient", "worker", "run", place]
    return [*start, "--log-level", "error", *options]


def run_burst(place: str, *options: str) -> None:
    """Have the app at ``package.module:app`` do what is ready, and wait for the end of it."""
    subprocess.run(_command(place, ("--burst", *options)), cwd=_HERE, check=True)


@contextmanager
def working(place: str, *options: str) -> Iterator[None]:
    """Have the app worked for until the end of the block."""
    process = subprocess.Popen(_command(place, options), cwd=_HERE)
    try:
        yield
    finally:
        process.terminate()
        if process.wait():
            raise RuntimeError(f"the worker ended with {process.returncode}")

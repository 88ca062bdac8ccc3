"""Index the Python standard library: one task per source file, on a real queue.

`make demo`, or `python -m examples.stdlib_index` with CELERS_DSN set. The schema is deployed into
the database celers_demo of that server, every .py file of the interpreter's standard library
becomes a task, and worker processes parse them. Some of these files are test data and broken on
purpose: their tasks fail, are retried, and end in the dead letters. What is shown at the end is
read back from the queue.
"""

from __future__ import annotations

import argparse
import ast
import os
import signal
import subprocess
import sys
import sysconfig
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pyclient
from examples import stdlib_report
from examples.progress import progress
from pyclient import App
from pyclient.dsn import Dsn
from pyclient.migrate import migrate

DATABASE = "celers_demo"
LIBRARY = Path(sysconfig.get_path("stdlib"))
_SKIPPED = {"site-packages", "dist-packages", "__pycache__"}
_BATCH = 500

app = App("demo")


@app.task(
    "index",
    max_retries=2,
    retry={"strategy": "exponential_jitter", "base_s": 0.2, "multiplier": 2},
)
def index(file: str) -> dict[str, int | str]:
    """Count what a source file, named relative to the standard library, is made of."""
    source = (LIBRARY / file).read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of old test data
        tree = ast.parse(source, file)
    nodes = [type(node) for node in ast.walk(tree)]
    return {
        "file": file,
        "functions": nodes.count(ast.FunctionDef) + nodes.count(ast.AsyncFunctionDef),
        "classes": nodes.count(ast.ClassDef),
        "imports": nodes.count(ast.Import) + nodes.count(ast.ImportFrom),
        "lines": source.count(b"\n"),
    }


def source_files() -> list[str]:
    """The source files of the standard library and of its tests, relative to it."""
    found = []
    for folder, folders, files in os.walk(LIBRARY):
        folders[:] = sorted(set(folders) - _SKIPPED)
        here = Path(folder).relative_to(LIBRARY)
        found += [(here / file).as_posix() for file in sorted(files) if file.endswith(".py")]
    return found


def enqueue(client: pyclient.Client, queue: str, files: list[str]) -> None:
    """Enqueue a task per file, in batches."""
    for start in range(0, len(files), _BATCH):
        batch = files[start : start + _BATCH]
        app.enqueue_many(map(index.using(queue=queue).item, batch), client=client)


@contextmanager
def workers(dsn: str, queue: str, count: int) -> Iterator[subprocess.Popen[bytes]]:
    """The real worker, in processes of its own, for the block."""
    command = [sys.executable, "-m", "pyclient", "worker", "run", "examples.stdlib_index:app"]
    options = ["--queues", queue, "--concurrency", str(count), "--log-level", "error"]
    process = subprocess.Popen(
        command + options,
        env=os.environ | {"CELERS_DSN": dsn},
        start_new_session=True,  # Ctrl-C reaches this process only, which passes it on
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()


def wait_for_all(
    client: pyclient.Client, queue: str, total: int, worker: subprocess.Popen[bytes]
) -> None:
    """Show the progress until every task has ended, well or as a dead letter."""
    with progress("indexing", total) as show:
        while worker.poll() is None:
            [now] = client.call_get_statistics(queue)
            show(now.completed + now.dlq, f"{now.scheduled} to be retried, {now.dlq} dead letters")
            if now.completed + now.dlq >= total:
                return
            time.sleep(0.1)
    raise SystemExit("the worker ended before its work")


def run(dsn: str, concurrency: int) -> None:
    """Deploy, enqueue, work, report."""
    migrate(dsn)
    queue = time.strftime("index-%Y%m%d-%H%M%S")
    files = source_files()
    with pyclient.connect(dsn) as client:
        began = time.monotonic()
        enqueue(client, queue, files)
        print(f"enqueued {len(files)} tasks in {time.monotonic() - began:.2f} s, queue {queue}")
        with workers(dsn, queue, concurrency) as worker:
            wait_for_all(client, queue, len(files), worker)
        stdlib_report.show(client, queue, Dsn.parse(dsn))


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m examples.stdlib_index", description=__doc__)
    parser.add_argument(
        "-c", "--concurrency", type=int, default=os.cpu_count() or 2, help="worker processes"
    )
    options = parser.parse_args()
    server = os.environ.get("CELERS_DSN")
    if not server:
        raise SystemExit("CELERS_DSN is not set: `make demo` does that")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run(urlsplit(server)._replace(path=f"/{DATABASE}").geturl(), options.concurrency)
    except KeyboardInterrupt:
        raise SystemExit(128 + signal.SIGINT) from None


if __name__ == "__main__":
    main()

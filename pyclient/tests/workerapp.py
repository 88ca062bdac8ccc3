"""The app that the tests' workers run. Every run of a task leaves a line in a file.

The file is the one that the environment variable LEDGER names; a line is "what key pid".
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from pyclient.worker import App, TaskCancelled

app = App("tests")


def note(what: str, key: object) -> None:
    """Append a line; one write, so that lines of several processes do not mix."""
    with open(os.environ["LEDGER"], "ab", buffering=0) as ledger:
        ledger.write(f"{what} {key} {os.getpid()}\n".encode())


def notes(path: Path) -> list[tuple[str, str, int]]:
    """The lines so far: what, key, process id."""
    text = path.read_text() if path.exists() else ""
    lines = (line.split(" ") for line in text.splitlines())
    return [(what, key, int(pid)) for what, key, pid in lines]


@app.task("add")
def add(a: int, b: int = 0) -> int:
    """Ends at once."""
    note("add", a)
    return a + b


@app.task("nap")
def nap(key: str, seconds: float) -> str:
    """Takes a while."""
    note("begin", key)
    try:
        time.sleep(seconds)
    except TaskCancelled:
        note("cancelled", key)
        raise
    note("end", key)
    return key


@app.task("quick_nap", timeout=1)
def nap_with_limit(key: str) -> None:
    """Takes longer than it may."""
    note("begin", key)
    time.sleep(60)


@app.task("fail", max_retries=1, retry={"strategy": "fixed", "base_s": 0.1})
def fail(key: str) -> None:
    """Never succeeds."""
    note("fail", key)
    raise ValueError(f"no luck with {key}")


@app.task("die_once")
def die_once(key: str, by: str) -> None:
    """Takes its process along, the first time."""
    first = not any(line[:2] == ("die", key) for line in notes(Path(os.environ["LEDGER"])))
    note("die", key)
    if first:
        if by == "exit":
            raise SystemExit(0)
        os._exit(0)


@app.task("return_value")
def return_value(kind: str) -> Any:
    """Returns what is no result, or what only the server refuses."""
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    return {"object": object(), "nan": float("nan"), "deep": deep, "surrogate": "\ud800"}[kind]


@app.task("echo")
def echo(*args: Any, **kwargs: Any) -> list[Any]:
    """Returns its arguments."""
    return [list(map(repr, args)), kwargs]

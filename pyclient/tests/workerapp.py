"""The app that the tests' workers run. Every run of a task leaves a line in a file.

The file is the one that the environment variable LEDGER names; a line is "what key pid".
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyclient.app import App, TaskCancelled

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


@app.task("stroll")
def stroll(key: str, steps: int) -> str:
    """Takes 20 ms a step, and can be stopped between two of them."""
    note("begin", key)
    for _ in range(steps):
        time.sleep(0.02)
    note("end", key)
    return key


@app.task("stroll_async")
async def stroll_async(key: str, steps: int) -> str:
    """As stroll, in an event loop."""
    note("begin", key)
    for _ in range(steps):
        await asyncio.sleep(0.02)
    note("end", key)
    return key


@app.task("fault", retry=[0])
def fault(key: str, kind: str) -> str:
    """Harms its process the first time, and succeeds the second."""
    is_first = not any(line[:2] == ("begin", key) for line in notes(Path(os.environ["LEDGER"])))
    note("begin", key)
    if is_first:
        FAULTS[kind]()
    note("end", key)
    return key


@app.task("fault_async", retry=[0])
async def fault_async(key: str, kind: str) -> str:
    """As fault, in an event loop."""
    return fault(key, kind)


def _eat() -> None:
    eaten = bytearray(300 * 1024 * 1024)
    eaten[::4096] = b"x" * len(eaten[::4096])
    time.sleep(60)


def _ignore_the_timeout() -> None:
    for _ in range(60):
        try:
            time.sleep(1)
        except BaseException as error:
            note("ignored", type(error).__name__)


FAULTS: dict[str, Callable[[], object]] = {
    "exit": lambda: os._exit(3),
    "segfault": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "eat": _eat,
    "ignore": _ignore_the_timeout,
}


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

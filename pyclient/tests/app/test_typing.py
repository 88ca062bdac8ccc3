"""What a type checker sees of a task: the function's own parameters and result."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
from typing import Any
from pyclient.app import App

app = App("shop")

@app.task
def bare(order: int, *, note: str = "") -> str:
    return ""

@app.task(queue="mail", retry=[1, 2])
def dressed(order: int) -> list[int]:
    return []

@app.task
async def awaited(order: int) -> float:
    return 1.0

@app.task(name="x")
async def awaited_too(order: int) -> float:
    return 1.0

@app.task(name="y")
async def anything(order: int) -> Any:
    return order

# What fits.
reveal_type(bare.enqueue(1, note="x"))
reveal_type(bare.using(delay=1).enqueue(order=1).result())
reveal_type(dressed.item(1))
reveal_type(awaited.enqueue(1).result(timeout=1))
reveal_type(anything.enqueue(1).result())
reveal_type(awaited_too.using(key="k").enqueue(1).result())
reveal_type(bare(1))
reveal_type(dressed(1))
reveal_type(awaited(1))
reveal_type(app.enqueue_many([dressed.item(1), dressed.using(priority=1).item(2)]))

async def main() -> None:
    reveal_type(await bare.enqueue_async(1))
    reveal_type(await (await awaited.enqueue_async(1)))

# What does not.
bare.enqueue("1")
bare.enqueue(1, remark="x")
dressed.using(delay=1).enqueue()
awaited.item(1, 2)
bare.using(retry=[1])
bare("1")
anything.enqueue("1")
"""

REVEALED = [
    "TaskHandle[str]",
    "str",
    "Item[list[int]]",
    "float",
    "Any",
    "float",
    "str",
    "list[int]",
    "Coroutine[Any, Any, float]",
    "list[TaskHandle[list[int]]]",
    "TaskHandle[str]",
    "float",
]
# The first is the coroutine that nobody awaits.
REFUSED = [
    "unused-coroutine",
    "arg-type",
    "call-arg",
    "call-arg",
    "call-arg",
    "arg-type",
    "arg-type",
    "arg-type",
]


def test_a_wrong_argument_is_seen_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    told = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-pretty", str(tmp_path / "program.py")],
        capture_output=True,
        text=True,
    )
    lines = told.stdout.splitlines()
    revealed = [line.split('"')[1] for line in lines if "Revealed type" in line]
    for wordy in ("builtins.", "typing.", "pyclient.app.handle.", "pyclient.app.item."):
        revealed = [text.replace(wordy, "") for text in revealed]
    assert revealed == REVEALED, told.stdout
    errors = [line.rpartition("[")[2].rstrip("]") for line in lines if ": error: " in line]
    assert errors == REFUSED, told.stdout

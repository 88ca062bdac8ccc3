"""The programs in node/, which use the systems that are libraries of Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from loadtests.peers.adapter import Command, Missing
from loadtests.peers.install import NODE
from loadtests.peers.systems import postgresql_store

_PROGRAMS = Path(__file__).resolve().parents[1] / "node"
_PACKAGES = NODE / "node_modules"
_ENVIRONMENT = {"NODE_PATH": str(_PACKAGES)}


def version(package: str) -> str:
    """The version of a package of Node. Raises Missing if it is not installed."""
    try:
        found = json.loads((_PACKAGES / package / "package.json").read_text())
    except FileNotFoundError as error:
        raise Missing(f"The Node package {package} is not installed.") from error
    return str(found["version"])


def run(program: str, *words: str) -> str:
    """Run a program to its end; returns what it prints."""
    command, environment = _command(program, *words), {**os.environ, **_ENVIRONMENT}
    done = subprocess.run(
        command, env=environment, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    return done.stdout.decode()


def worker(program: str, url: str, options: object, **environment: str) -> Command:
    """A worker process."""
    words = _command(program, "work", url, json.dumps(options))
    return Command(words, {**_ENVIRONMENT, **environment})


class Producer:
    """A producer in a process of Node, which is told through a pipe what to add."""

    def __init__(self, program: str, url: str, table: str) -> None:
        """table: where the tasks are kept."""
        self._url, self._table = url, table
        self._has_filled = False
        self._process = subprocess.Popen(
            _command(program, "produce", url),
            env={**os.environ, **_ENVIRONMENT},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._wait()

    def enqueue(self, number: int) -> None:
        """Add one task."""
        self.add([number])

    def enqueue_many(self, numbers: Sequence[int]) -> None:
        """Add them in one call."""
        self.add(numbers)
        self._has_filled = True

    def add(self, numbers: Sequence[int], delay_s: int = 0) -> None:
        """Add tasks that are due after so long."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([list(numbers), delay_s]).encode() + b"\n")
        self._wait()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        if self._has_filled:
            with postgresql_store.connect(self._url) as connection:
                postgresql_store.settle(connection, self._table)

    def _wait(self) -> None:
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise RuntimeError(f"A producer of Node ended with status {self._process.wait()}.")


def _command(program: str, *words: str) -> tuple[str, ...]:
    node = shutil.which("node")
    if node is None:
        raise Missing("There is no node on PATH.")
    return (node, str(_PROGRAMS / program), *words)

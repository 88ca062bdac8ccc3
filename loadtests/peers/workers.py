"""A system's worker processes around a block: started, looked after, ended.

They are one process group, which is killed when this process dies, however it does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from loadtests.peers.adapter import LEDGER, Command
from loadtests.peers.install import CHECKOUT
from tools.server.guard import Guard

_GRACE_S = 15.0
_POLL_S = 0.02
_LOG_LINES = 3


class WorkerGone(Exception):
    """A worker ended by itself; the text has the end of what it printed."""


class Workers:
    """The running processes."""

    def __init__(self, children: Sequence[subprocess.Popen[bytes]], log: Path) -> None:
        self._children = children
        self._log = log

    def wait(self, condition: Callable[[], bool], within_s: float) -> bool:
        """Whether it came true in that time. Raises WorkerGone."""
        until = time.monotonic() + within_s
        while not condition():
            codes = [code for child in self._children if (code := child.poll()) is not None]
            if codes and not condition():
                raise WorkerGone(f"a worker ended by itself ({codes[0]}): {self._last_words()}")
            if time.monotonic() > until:
                return False
            time.sleep(_POLL_S)
        return True

    def end(self) -> None:
        """Ask all to end, and kill what has not ended after a while, with all it started."""
        for child in self._children:
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + _GRACE_S
        for child in self._children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(until - time.monotonic(), 0))
        if self._children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._children[0].pid, signal.SIGKILL)
        for child in self._children:
            child.wait()

    def _last_words(self) -> str:
        return " / ".join(self._log.read_text(errors="replace").splitlines()[-_LOG_LINES:])


@contextmanager
def running(commands: Sequence[Command], notes: Path, log: Path) -> Iterator[Workers]:
    """Run worker processes for the block; their tasks note themselves in the file `notes`."""
    children: list[subprocess.Popen[bytes]] = []
    found = Workers(children, log)
    log.unlink(missing_ok=True)
    guard = Guard([])
    try:
        for command in commands:
            group = children[0].pid if children else 0
            children.append(_start(command, group, notes, log))
            guard.watch(-children[0].pid)  # a negative number means the whole group
        yield found
    finally:
        found.end()
        guard.watch(None)
        guard.end()


def _start(command: Command, group: int, notes: Path, log: Path) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH", ""))))
    own = {"PYTHONPATH": path, **command.environment, LEDGER: str(notes)}
    with log.open("ab") as output:
        return subprocess.Popen(
            command.words,
            env={**os.environ, **own},
            cwd=command.folder or CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=group,
        )

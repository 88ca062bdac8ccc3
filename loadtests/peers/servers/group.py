"""A server's processes: they have ended when the block has, or this process, however it ends."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from loadtests.peers.adapter import Missing
from tools.server import process
from tools.server.guard import Guard

HOST = "127.0.0.1"
START_TIMEOUT_S = 60.0
_LOG_LINES = 8


class Group:
    """A process group that works in one folder."""

    def __init__(self, folder: Path, guard: Guard) -> None:
        """folder: exists and is empty."""
        self._folder = folder
        self._guard = guard
        self._children: list[subprocess.Popen[bytes]] = []

    def start(self, words: list[str], environment: Mapping[str, str]) -> None:
        """Start a program. Its output goes to the log. Raises Missing if it cannot be run."""
        with self._log.open("ab") as log:
            try:
                child = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=environment,
                    cwd=self._folder,
                    process_group=self._children[0].pid if self._children else 0,
                )
            except OSError as error:
                raise Missing(f"{words[0]} cannot be run: {error}.") from error
        self._children.append(child)
        # A negative number means the whole group.
        self._guard.watch(-self._children[0].pid)

    def wait(self, answers: Callable[[], bool]) -> None:
        """Return when `answers()`, which may raise OSError until then. Raises Missing."""

        def ready() -> bool:
            if any(child.poll() is not None for child in self._children):
                raise Missing(f"The server ended. {self._log_end()}")
            with suppress(OSError):
                return answers()
            return False

        if not process.wait_for(ready, START_TIMEOUT_S):
            raise Missing(f"No answer within {START_TIMEOUT_S:.0f} s. {self._log_end()}")

    def reap(self) -> None:
        """Wait for all that was started; the guard has killed it."""
        for child in self._children:
            child.wait()

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _log_end(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()
        return " ".join(lines[-_LOG_LINES:])


@contextmanager
def group(folder: Path) -> Iterator[Group]:
    """A group in the folder `data` below `folder`, made empty first and removed at the end."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    guard = Guard([data])
    running = Group(data, guard)
    try:
        yield running
    finally:
        guard.end()
        running.reap()

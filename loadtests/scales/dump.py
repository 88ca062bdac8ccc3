"""mysqldump beside the load."""

from __future__ import annotations

import os
import shutil
import subprocess
from multiprocessing.synchronize import Event
from pathlib import Path

from loadtests.driver import PROCESSES
from loadtests.queues import Fault
from loadtests.scales.stage import Skip
from pyclient.dsn import Dsn
from tools.server import debian, install


class Ending:
    """An event that is set at the end of the block, however that comes."""

    def __init__(self) -> None:
        self._event: Event = PROCESSES.Event()

    def __enter__(self) -> Event:
        return self._event

    def __exit__(self, *_: object) -> None:
        self._event.set()


def command(dsn: Dsn) -> list[str]:
    """The command line that logs in at the server, the database is still to be named.

    Raises:
        Skip: there is no mysqldump here.
    """
    where = ["--host=" + dsn.host, f"--port={dsn.port}", "--protocol=tcp"]
    if dsn.socket:
        where = [f"--socket={dsn.socket}"]
    options = ["--single-transaction", "--no-tablespaces", "--skip-lock-tables", "--routines"]
    return [*_program(), "--no-defaults", *where, f"--user={dsn.user}", *options]


def again_and_again(words: list[str], dsn: Dsn, ending: Event) -> int:
    """Dump the database until the event; returns how many dumps there were."""
    count = 0
    while not ending.is_set():
        done = subprocess.run(
            [*words, str(dsn.database)],
            env={**os.environ, "MYSQL_PWD": dsn.password},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            raise Fault(f"mysqldump failed: {done.stderr.strip()}")
        count += 1
    return count


def _program() -> list[str]:
    on_path = shutil.which("mysqldump")
    if on_path:
        return [on_path]
    if debian.folder().exists():
        *loader, shell = install.shell()
        beside = Path(shell).with_name("mysqldump")
        if beside.exists():
            return [*loader, str(beside)]
    raise Skip("there is no mysqldump on this machine")

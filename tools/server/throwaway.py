"""Private servers that are gone at the end of a block, or of the process, however that ends."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tools.server import install, instance, paths, process
from tools.server.errors import ServerError
from tools.server.guard import Guard
from tools.server.instance import PrivateServer
from tools.server.lock import locked, try_lock
from tools.server.settings import Setting


@contextmanager
def private(**settings: Setting) -> Iterator[PrivateServer]:
    """A private server of one's own for the block, free to be killed, restarted or spoilt.

    `settings` are mysqld's, such as `event_scheduler="OFF"`. Raises ServerError if this machine
    has no MySQL programs and cannot get them, or if the server does not start.
    """
    programs = install.programs()
    folder, lock = _claim_folder()
    with ExitStack() as stack:
        stack.callback(os.close, lock)
        guard = Guard(instance.folders(folder))
        stack.callback(guard.end)
        server = instance.create(programs, folder, settings)
        server.guard = guard
        stack.callback(server.kill)
        server.start()
        yield server


def _claim_folder() -> tuple[Path, int]:
    """A new folder for a server, and the descriptor of the lock that says that it is in use."""
    run = paths.home() / "run"
    run.mkdir(exist_ok=True)
    with locked(paths.home() / "run.lock"):
        _sweep(run)
        folder = Path(tempfile.mkdtemp(dir=run))
        lock = try_lock(folder / "lock")
    if lock is None:
        raise ServerError(f"{folder / 'lock'} is locked by another process.")
    return folder, lock


def _sweep(run: Path) -> None:
    """Stop and remove the servers whose owners died without their guards being able to clean up."""
    for folder in run.iterdir():
        # A guard may be removing the folder at this moment.
        with suppress(FileNotFoundError):
            lock = try_lock(folder / "lock")
            if lock is not None:
                _remove(folder)
                os.close(lock)


def _remove(folder: Path) -> None:
    mark = instance.mark(folder)
    for pid in process.find(mark):
        process.end(pid, mark, grace_s=0)
    for path in instance.folders(folder):
        shutil.rmtree(path, ignore_errors=True)

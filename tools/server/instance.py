"""A private MySQL server: its own data folder, socket and port, started and stopped from here."""

import os
import random
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tools.server import greeting, process, template
from tools.server.errors import ServerError
from tools.server.guard import Guard
from tools.server.program import Programs
from tools.server.server import Server, format_dsn
from tools.server.settings import Setting, arguments

HOST = "127.0.0.1"
# Below the ports that systems give to outgoing connections: a server that restarts finds its
# port free.
PORTS = range(13306, 32000)
SOCKET_NAME = "mysqld.sock"
SOCKET_PATH_LIMIT = 107
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 60.0
LOG_LINES = 15


@dataclass(kw_only=True)
class PrivateServer(Server):
    """A server in `folder`, which holds `data/` and the log; `pid` is None while it is stopped.

    The `guard`, if there is one, kills it and removes the folder when this process ends.
    """

    folder: Path
    programs: Programs
    settings: Mapping[str, Setting]
    guard: Guard | None = None
    pid: int | None = None
    _child: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> None:
        """Start on the same data, port and socket, and wait until it takes connections.

        Raises ServerError, with the end of the server's log, if it does not, or if it already runs.
        """
        if self.pid is not None and process.is_alive(self.pid, mark(self.folder)):
            raise ServerError("The server already runs.")
        # A killed server leaves this behind, with a number that may be another process's by now.
        Path(self.socket + ".lock").unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._set_pid(self._child.pid)
        try:
            if not process.wait_for(self._answers, START_TIMEOUT_S):
                raise ServerError(
                    f"The server did not start within {START_TIMEOUT_S:.0f} s.\n{self._log_end()}"
                )
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Shut down cleanly; kill after STOP_TIMEOUT_S seconds. Does nothing if it is stopped."""
        self._end(STOP_TIMEOUT_S)

    def kill(self) -> None:
        """End with SIGKILL, as a crash would. Does nothing if it is stopped."""
        self._end(0)

    @property
    def log(self) -> Path:
        """The error log of the server."""
        return self.folder / "mysqld.log"

    def _end(self, grace_s: float) -> None:
        if self.pid is None:
            return
        process.end(self.pid, mark(self.folder), grace_s)
        if self._child is not None:
            self._child.wait()
        self._set_pid(None)

    def _set_pid(self, pid: int | None) -> None:
        self.pid = pid
        if self.guard is not None:
            self.guard.watch(pid)

    def _answers(self) -> bool:
        assert self._child is not None
        if self._child.poll() is not None:
            raise ServerError(
                f"The server ended with status {self._child.returncode}.\n{self._log_end()}"
            )
        with suppress(OSError):
            return bool(greeting.read_version(self.socket))
        return False

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_LINES:])

    def _command(self) -> list[str]:
        return [
            *self.programs.mysqld,
            "--no-defaults",
            *self.programs.options,
            *template.as_root(),
            mark(self.folder),
            f"--log-error={self.log}",
            f"--socket={self.socket}",
            f"--bind-address={HOST}",
            f"--port={self.port}",
            *arguments(self.settings),
        ]


def create(
    programs: Programs, folder: Path, settings: Mapping[str, Setting], port: int = 0
) -> PrivateServer:
    """A server in `folder`, not started; its data are made if `folder` has none.

    Port 0 means any free one. Raises ServerError.
    """
    folder.mkdir(exist_ok=True)
    if not (folder / "data").exists():
        template.copy(programs, folder / "data")
    port = port or free_port()
    path = str(_socket_folder(folder) / SOCKET_NAME)
    return PrivateServer(
        url=format_dsn(HOST, port, path),
        host=HOST,
        port=port,
        socket=path,
        version=programs.version,
        how=f"a private server, {programs.how}",
        passed_over=programs.passed_over,
        folder=folder,
        programs=programs,
        settings=settings,
    )


def mark(folder: Path) -> str:
    """The argument that every server in `folder` has in its command line, and no other process."""
    return f"--datadir={folder / 'data'}"


def folders(folder: Path) -> list[Path]:
    """The folders of the server in `folder`: that, and that of its socket if it is elsewhere."""
    return list({folder: None, _socket_folder(folder): None})


def free_port() -> int:
    """A TCP port of this machine that nothing listens on. Raises ServerError if there is none."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise ServerError("No TCP port is free.")


def _socket_folder(folder: Path) -> Path:
    """The folder of the unix socket of the server in `folder`.

    The kernel takes socket paths of SOCKET_PATH_LIMIT bytes at most, so a folder that lies deep
    gets a short one elsewhere, to which its link `socket` points.
    """
    if len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return folder
    link = folder / "socket"
    if not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(tempfile.mkdtemp(prefix="celers-"))
    return link.readlink()

"""Processor time: what the server spends, and what others take from the machine meanwhile.

Only where the server runs on this machine, and on Linux. Waiting for a core does not count in it,
so on a busy machine its time per task moves less than the rates do.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from loadtests.server import Server

_PROC = Path("/proc")


class Processor:
    """The machine's processor, as far as it can be watched."""

    def __init__(self, server: Server) -> None:
        """Find the server's process."""
        self._pid = _local_server(server)

    def server_s(self) -> float | None:
        """Processor seconds that the server has used since its start; None where unknown."""
        if self._pid is None:
            return None
        fields = (_PROC / str(self._pid) / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def read(self) -> Reading | None:
        """All there is to know now; None where nothing is."""
        server_s = self.server_s()
        if server_s is None:
            return None
        own = os.times()
        clients_s = own.user + own.system + own.children_user + own.children_system
        return Reading(time.monotonic(), _busy_s(), clients_s + server_s)


@dataclass(frozen=True)
class Reading:
    """Seconds since some beginning: on the clock, of all processors, of server and clients."""

    at_s: float
    busy_s: float
    ours_s: float


def others(begin: Reading | None, end: Reading | None) -> float | None:
    """How many cores were kept busy by others between two readings."""
    if begin is None or end is None:
        return None
    others_s = (end.busy_s - begin.busy_s) - (end.ours_s - begin.ours_s)
    return max(others_s / (end.at_s - begin.at_s), 0.0)


def _local_server(server: Server) -> int | None:
    """The process of the server, where it runs on this machine and its files can be read."""
    try:
        pid = int(Path(server.pid_file()).read_text())
        command = (_PROC / str(pid) / "cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if b"mysqld" in command else None


def _busy_s() -> float:
    user, nice, system, _, _, irq, softirq = map(
        int, (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:8]
    )
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")

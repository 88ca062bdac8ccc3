"""Finding and ending server processes that this process may not have started itself.

A process is known by a text of its command line besides its number, so that a number that the
system has given to another program since is never mistaken for ours.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

POLL_S = 0.02
KILL_TIMEOUT_S = 30.0
# No process, a zombie, a process that is being taken away.
ENDED = ("", "Z", "X")
PROC = Path("/proc")


def is_alive(pid: int, mark: str) -> bool:
    """Whether process `pid` runs and has `mark` in its command line; a zombie does not run."""
    return mark in _command_line(pid)


def find(mark: str) -> list[int]:
    """The numbers of all processes that have `mark` in their command line."""
    return [pid for pid in _all_pids() if pid != os.getpid() and is_alive(pid, mark)]


def end(pid: int, mark: str, grace_s: float) -> None:
    """End the process with SIGTERM, and after `grace_s` seconds with SIGKILL; with 0, at once.

    Returns when it has let go of its files and ports. Does nothing if it does not run.
    """

    def has_ended() -> bool:
        return _state(pid) in ENDED

    if not is_alive(pid, mark):
        return
    if grace_s > 0:
        _signal(pid, signal.SIGTERM)
        if wait_for(has_ended, grace_s):
            return
    _signal(pid, signal.SIGKILL)
    wait_for(has_ended, KILL_TIMEOUT_S)


def wait_for(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Wait for `condition()` at most `timeout_s` seconds; returns whether it came true."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _all_pids() -> list[int]:
    if _has_proc():
        return [int(path.name) for path in PROC.iterdir() if path.name.isdecimal()]
    return [int(word) for word in _ps("-axo", "pid=").split()]


def _command_line(pid: int) -> str:
    """The words of the process, separated by blanks; none if it has ended or is about to."""
    if not _has_proc():
        return _ps("-o", "command=", "-p", str(pid))
    with suppress(OSError):
        words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
        return b" ".join(words).decode(errors="replace")
    return ""


def _state(pid: int) -> str:
    """The letter of the state of the process; empty if there is none."""
    if not _has_proc():
        return _ps("-o", "stat=", "-p", str(pid))[:1]
    with suppress(OSError):
        return (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    return ""


def _has_proc() -> bool:
    return (PROC / "self" / "cmdline").exists()


def _ps(*arguments: str) -> str:
    return subprocess.run(["ps", *arguments], capture_output=True, text=True).stdout

"""Processor time of a run's own processes, so that what others took meanwhile can be said.

Its own are this process and its descendants, and whatever inherited the mark from one of them:
servers detach themselves, and often run under another account.
"""

from __future__ import annotations

import os
import secrets
import time

import psutil

from loadtests.processor import Reading, others

__all__ = ["Reading", "calm_down", "mark", "others", "read"]

_MARK = "PEERS_RUN"
_NOT_BUSY = {"idle", "iowait", "steal", "guest", "guest_nice"}
_ATTRIBUTES = ["pid", "ppid", "cpu_times", "environ"]
_CALM_CORES, _LOOK_S, _CALM_S = 0.1, 1.0, 30.0


def mark() -> None:
    """Mark every program that is started from here on as one of the run's own."""
    os.environ[_MARK] = secrets.token_hex(8)


def read() -> Reading:
    """The clock, and what all and what our own processes have used."""
    busy = psutil.cpu_times()._asdict()
    busy_s = sum(seconds for name, seconds in busy.items() if name not in _NOT_BUSY)
    return Reading(time.monotonic(), busy_s, _ours_s())


def calm_down() -> None:
    """Wait, half a minute at most, until others are calm: the last server's files are removed."""
    until = time.monotonic() + _CALM_S
    before = read()
    while time.monotonic() < until:
        time.sleep(_LOOK_S)
        after = read()
        if (others(before, after) or 0.0) <= _CALM_CORES:
            return
        before = after


def _ours_s() -> float:
    """Seconds of the living ones, with those of their children that have ended."""
    found = {one.info["pid"]: one.info for one in psutil.process_iter(_ATTRIBUTES)}
    ours = {pid for pid, info in found.items() if _is_marked(info["environ"])} | {os.getpid()}
    grown = True
    while grown:
        born = {pid for pid, info in found.items() if info["ppid"] in ours} - ours
        ours |= born
        grown = bool(born)
    times = [found[pid]["cpu_times"] for pid in ours if pid in found]
    spent = [
        one.user + one.system + one.children_user + one.children_system for one in times if one
    ]
    return float(sum(spent))


def _is_marked(environment: dict[str, str] | None) -> bool:
    own = os.environ.get(_MARK)
    return own is not None and environment is not None and environment.get(_MARK) == own

"""The machine that the figures are of."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil

from loadtests.peers.results import Machine

_CPU_INFO = Path("/proc/cpuinfo")


def machine() -> Machine:
    """This one."""
    return Machine(
        cores=os.cpu_count() or 1,
        cpu=_cpu(),
        ram_gib=round(psutil.virtual_memory().total / 2**30, 1),
        system=_system(),
        kernel=platform.release(),
        python=platform.python_version(),
    )


def _cpu() -> str:
    if _CPU_INFO.exists():
        for line in _CPU_INFO.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _system() -> str:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return f"{platform.system()} {platform.machine()}"
    return f"{release['PRETTY_NAME']}, {platform.machine()}"

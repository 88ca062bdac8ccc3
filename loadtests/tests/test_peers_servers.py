"""The servers of the systems that are compared end with their block, or with their owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from loadtests.peers.adapter import Missing
from loadtests.peers.install import CHECKOUT
from loadtests.peers.servers import packages
from loadtests.peers.servers.group import group
from tools.server import process

_WAIT_S = 10.0
# Both programs of the group have the folder's path in their command lines.
_OWNER = """
import os, signal, sys
from pathlib import Path
from loadtests.peers.servers.group import group
folder = Path(sys.argv[1])
with group(folder) as server:
    for _ in range(2):
        server.start(["tail", "-f", str(folder / "data" / "log")], os.environ)
    server.wait(lambda: True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def _has_ended(mark: Path) -> bool:
    return not process.find(str(mark / "data"))


def test_all_programs_of_a_group_and_its_folder_are_gone_after_the_block(tmp_path: Path) -> None:
    with group(tmp_path) as server:
        for _ in range(2):
            server.start(["tail", "-f", str(tmp_path / "data" / "log")], os.environ)
        server.wait(lambda: True)
        assert process.wait_for(lambda: len(process.find(f"tail -f {tmp_path}")) == 2, _WAIT_S)
    assert _has_ended(tmp_path)
    assert not (tmp_path / "data").exists()


def test_they_are_gone_too_when_their_owner_is_killed(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _OWNER, str(tmp_path)], cwd=CHECKOUT, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert process.wait_for(lambda: not (tmp_path / "data").exists(), _WAIT_S)
    assert process.wait_for(lambda: _has_ended(tmp_path), _WAIT_S)


def test_a_server_that_ends_at_once_is_missing_with_its_last_words(tmp_path: Path) -> None:
    with group(tmp_path) as server:
        server.start(["sh", "-c", "echo no such setting"], os.environ)
        with pytest.raises(Missing, match="no such setting"):
            server.wait(lambda: False)


def test_a_program_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with group(tmp_path) as server, pytest.raises(Missing, match="no-such-program"):
        server.start(["no-such-program"], os.environ)


def test_a_program_that_was_unpacked_before_is_used_again(tmp_path: Path) -> None:
    program = tmp_path / "packages/usr/bin/no-such-program"
    program.parent.mkdir(parents=True)
    program.touch()
    assert packages.root(tmp_path, "usr/bin/no-such-program", ["none"]) == tmp_path / "packages"


def test_the_machines_own_program_comes_first(tmp_path: Path) -> None:
    assert packages.root(tmp_path, sys.executable.lstrip("/"), ["none"]) == packages.INSTALLED

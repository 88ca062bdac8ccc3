"""Programs of this machine's distribution, unpacked into a folder: nothing is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from loadtests.peers.adapter import Missing

INSTALLED = Path("/")


def root(folder: Path, program: str, names: Sequence[str]) -> Path:
    """The folder below which `program` lies, as a path like "usr/bin/redis-server".

    It is / if it is installed. Else the packages `names` and all they need that is not installed
    are downloaded with apt, from where this machine's apt takes its packages, and unpacked below
    `folder`. What is there already is used as it is. Raises Missing.
    """
    unpacked = folder / "packages"
    for place in (INSTALLED, unpacked):
        if (place / program).exists():
            return place
    work = folder / "unpacking"
    shutil.rmtree(work, ignore_errors=True)
    try:
        _unpack(work, names)
        if not (work / "root" / program).exists():
            raise Missing(f"There is no {program} in {' and '.join(names)}.")
        (work / "root").rename(unpacked)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return unpacked


def environment(place: Path, **more: str) -> Mapping[str, str]:
    """This process's environment, with the libraries and programs below `place` first."""
    if place == INSTALLED:
        return {**os.environ, **more}
    libraries = [str(path) for path in place.glob("usr/lib/*-linux-gnu")]
    programs = [str(place / "usr/bin"), os.environ.get("PATH", os.defpath)]
    found = {"LD_LIBRARY_PATH": ":".join(libraries), "PATH": ":".join(programs)}
    return {**os.environ, **found, **more}


def _unpack(work: Path, names: Sequence[str]) -> None:
    for name in ("lists/partial", "archives/partial", "root"):
        (work / name).mkdir(parents=True)
    settings = {
        "Dir::State::lists": work / "lists",
        "Dir::Cache": work,
        "Dir::Cache::archives": work / "archives",
        "APT::Sandbox::User": "",
        "APT::Install-Recommends": "false",
        "Acquire::Languages": "none",
        "Debug::NoLocking": "true",
    }
    apt = [
        "apt-get",
        *(word for name, value in settings.items() for word in ("-o", f"{name}={value}")),
    ]
    _run([*apt, "update"])
    _run([*apt, "--yes", "--download-only", "install", *names])
    for package in sorted((work / "archives").glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(work / "root")])


def _run(words: list[str]) -> None:
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
        )
    except OSError as error:
        raise Missing(f"It is not installed, and {words[0]} cannot be run: {error}.") from error
    if done.returncode != 0:
        complaint = " ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise Missing(f"It is not installed, and {words[0]} failed: {complaint}")

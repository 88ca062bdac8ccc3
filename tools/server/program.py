"""MySQL programs that can be run here: those on PATH, or those unpacked into `.mysql/`."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.server import version
from tools.server.errors import ServerError


@dataclass(frozen=True)
class Programs:
    """How to run MySQL's programs from one place.

    `how` says in words where they come from; `mysqld` and `mysql` are the first words of a command
    line (`mysql` is empty if there is no shell), `options` are the options that mysqld needs
    because of where it lies; `passed_over` says why programs that come first in the order were not
    taken.
    """

    how: str
    version: str
    mysqld: tuple[str, ...]
    mysql: tuple[str, ...]
    options: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


def on_path() -> Programs:
    """The programs on PATH, where /usr/sbin counts even if it is not in it.

    Raises ServerError if there is no mysqld, or none that celers runs on.
    """
    path = os.environ.get("PATH", os.defpath)
    mysqld = shutil.which("mysqld", path=f"{path}{os.pathsep}/usr/sbin")
    if mysqld is None:
        raise ServerError("There is no mysqld on PATH.")
    mysql = shutil.which("mysql")
    return Programs(
        how=f"mysqld on PATH ({mysqld})",
        version=version.require(version_text((mysqld,)), mysqld),
        mysqld=(mysqld,),
        mysql=(mysql,) if mysql else (),
    )


def version_text(mysqld: tuple[str, ...]) -> str:
    """What `mysqld --version` prints. Raises ServerError if it does not run."""
    command = [*mysqld, "--no-defaults", "--version"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerError(f"{mysqld[-1]} does not run: {error}.") from error
    if done.returncode != 0:
        raise ServerError(f"{mysqld[-1]} does not run: {done.stderr.strip() or done.returncode}.")
    return done.stdout


def unpacked(root: Path, how: str) -> Programs:
    """The programs of packages unpacked below `root`, run through the loader among them.

    Raises ServerError if something is missing or does not run.
    """
    loader = _one_of(root, "usr/lib64", "lib64", "usr/lib", "lib", pattern="ld-linux-*.so.*")
    libraries = [
        str(folder)
        for pattern in ("usr/lib/*-linux-gnu", "lib/*-linux-gnu", "usr/lib/mysql/private")
        for folder in sorted(root.glob(pattern))
    ]
    run = (str(loader), "--library-path", ":".join(libraries))
    mysqld = (*run, str(root / "usr/sbin/mysqld"))
    return Programs(
        how=how,
        version=version.require(version_text(mysqld), how),
        mysqld=mysqld,
        mysql=(*run, str(root / "usr/bin/mysql")),
        options=(
            f"--basedir={root / 'usr'}",
            f"--lc-messages-dir={root / 'usr/share/mysql'}",
            f"--plugin-dir={root / 'usr/lib/mysql/plugin'}",
        ),
    )


def _one_of(root: Path, *folders: str, pattern: str) -> Path:
    for folder in folders:
        for path in sorted((root / folder).glob(pattern)):
            return path
    raise ServerError(f"There is no {pattern} below {root}.")

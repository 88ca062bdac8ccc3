"""Data folders of new servers: initialised once per installation, and copied from then on."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from tools.server import paths
from tools.server.errors import ServerError
from tools.server.lock import locked
from tools.server.program import Programs

# A server makes its own identity where it finds none.
NOT_COPIED = ("auto.cnf",)


def prepare(programs: Programs) -> Path:
    """The initialised data folder of this installation, made if it is not there yet.

    Its root@localhost has no password. Raises ServerError if mysqld cannot initialise one.
    """
    build = hashlib.sha256(" ".join(programs.mysqld).encode()).hexdigest()[:8]
    template = paths.home() / f"template-{programs.version}-{build}"
    with locked(paths.home() / "template.lock"):
        if not template.exists():
            new = paths.fresh_folder("new-template")
            _initialise(programs, new)
            new.rename(template)
    return template


def copy(programs: Programs, data: Path) -> None:
    """Make the data folder `data` of a new server. Raises ServerError."""
    new = data.with_name(data.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(prepare(programs), new, ignore=shutil.ignore_patterns(*NOT_COPIED))
    new.rename(data)


def as_root() -> list[str]:
    """The option without which mysqld does not run as root."""
    return ["--user=root"] if os.geteuid() == 0 else []


def _initialise(programs: Programs, data: Path) -> None:
    command = [
        *programs.mysqld,
        "--no-defaults",
        *programs.options,
        *as_root(),
        f"--datadir={data}",
        "--secure-file-priv=NULL",
        "--initialize-insecure",
    ]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()[-5:]
        raise ServerError(f"{programs.how} cannot initialise a data folder: {' / '.join(lines)}")

"""MySQL from Debian's or Ubuntu's packages, unpacked into `.mysql/` without touching the system.

apt works on lists of its own, with an empty record of what is installed, so that it fetches all
libraries, the C library included. Nothing is installed and no script of a package runs.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.server import archive, paths, version
from tools.server.archive import Archive
from tools.server.errors import ServerError
from tools.server.lock import locked
from tools.server.program import Programs, unpacked
from tools.server.say import say

ARCHITECTURES = ("amd64", "arm64")
# Between the server's name and its shell's there is only this word; Ubuntu adds the series to both.
SERVER_PACKAGE = re.compile(r"^mysql-server-core(?:-[0-9.]+)?$", re.MULTILINE)


def programs() -> Programs:
    """The unpacked programs, fetched first if they are not there yet or do not run.

    Safe in several processes at once and after being killed at any point. Raises ServerError.
    """
    root = folder()
    with locked(paths.home() / "server.lock"):
        if root.exists():
            try:
                return unpacked(root, _how())
            except ServerError as error:
                say(f"{root} is broken and is fetched again: {error}")
                shutil.rmtree(root)
        architecture, source = _architecture(), _source()
        try:
            _fetch(root, architecture, source)
        except ServerError as error:
            say(f"{error} Starting over.")
            _fetch(root, architecture, source)
        return unpacked(root, _how())


def folder() -> Path:
    """Where the packages are unpacked; it is there only when they are all there."""
    return paths.home() / "server"


def newest_packages(listing: str) -> list[str]:
    """The names of the packages of the newest server and its shell.

    `listing` has lines `package | version | source`. Raises ServerError if no server in it is new
    enough for celers.
    """
    rows = [[part.strip() for part in line.split("|")] for line in listing.splitlines()]
    found = max(((version.parse(row[1]), row[0]) for row in rows), default=None)
    if found is None or found[0] < version.MINIMUM:
        raise ServerError("The package archive of this machine has no MySQL that is new enough.")
    return [found[1], found[1].replace("server", "client")]


def _fetch(root: Path, architecture: str, source: Archive) -> None:
    """Unpack beside `root`, see that mysqld runs there, and only then give it its name."""
    work = paths.fresh_folder("fetching")
    try:
        _download(_apt_options(work / "apt", architecture, source))
        new = work / "server"
        new.mkdir()
        for package in sorted((work / "apt/cache/archives").glob("*.deb")):
            _run(["dpkg-deb", "-x", str(package), str(new)])
        unpacked(new, _how())
        new.rename(root)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _download(apt: list[str]) -> None:
    """Download the packages of the server, the shell and everything they need."""
    _run(["apt-get", *apt, "update"])
    names = SERVER_PACKAGE.findall(_run(["apt-cache", *apt, "pkgnames", "mysql-"]))
    packages = newest_packages(_run(["apt-cache", *apt, "madison", *names]) if names else "")
    say(f"Fetching {' and '.join(packages)} into {paths.HOME}; this is done once.")
    _run(["apt-get", *apt, "--yes", "--download-only", "install", *packages])


def _architecture() -> str:
    """The architecture of this machine. Raises ServerError if nothing can be unpacked here."""
    for program in ("dpkg", "dpkg-deb", "apt-get", "apt-cache"):
        if shutil.which(program) is None:
            raise ServerError(f"There is no {program}: this is not a Debian or Ubuntu machine.")
    architecture = _run(["dpkg", "--print-architecture"]).strip()
    if architecture not in ARCHITECTURES:
        known = " and ".join(ARCHITECTURES)
        raise ServerError(f"Unpacking MySQL works on {known}, not on {architecture}.")
    return architecture


def _source() -> Archive:
    """The archive to take MySQL from. Raises ServerError if the machine's apt knows none."""
    line = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    command = ["apt-get", "indextargets", "--no-release-info", "--format", line]
    sources = _run([*command, "Created-By: Packages"])
    return archive.choose(sources, archive.os_release(archive.OS_RELEASE.read_text()))


def _apt_options(home: Path, architecture: str, source: Archive) -> list[str]:
    """What makes apt work below `home` only; the machine's settings of proxies stay in force."""
    for name in ("lists/partial", "cache/archives/partial"):
        (home / name).mkdir(parents=True)
    (home / "status").touch()
    (home / "archive.sources").write_text(source.sources(architecture))
    settings = {
        "Dir::Etc::sourcelist": home / "archive.sources",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State": home,
        "Dir::State::lists": home / "lists",
        "Dir::State::status": home / "status",
        "Dir::Cache": home / "cache",
        "APT::Architecture": architecture,
        "APT::Sandbox::User": "",
        "APT::Default-Release": "",
        "APT::Install-Recommends": "false",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "Debug::NoLocking": "true",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _run(command: list[str]) -> str:
    """What the command prints. Raises ServerError, with the end of its complaint, if it fails."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode != 0:
        complaint = " ".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise ServerError(f"{command[0]} failed: {complaint}.")
    return done.stdout


def _how() -> str:
    return f"MySQL packages unpacked in {folder()}"

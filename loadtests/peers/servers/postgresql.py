"""A private PostgreSQL server, durable in full; what is not named here is as it ships."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg  # type: ignore[import-not-found]
from psycopg.conninfo import make_conninfo  # type: ignore[import-not-found]

from loadtests.peers.adapter import Missing
from loadtests.peers.servers import packages
from loadtests.peers.servers.group import HOST, group
from tools.server.instance import free_port

_CONFIGURATION = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "listen_addresses": HOST,
}
_REPORTED = (
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "shared_buffers",
    "max_wal_size",
    "max_connections",
    "autovacuum",
    "jit",
)
_DATABASE = "peers"
# Who runs it if this process is root's, whom PostgreSQL refuses.
_ACCOUNTS = ("postgres", "nobody")
# The kernel takes no longer paths of sockets.
_SOCKET_PATH_LIMIT = 107
# The folder of the package that needs the distribution's newest server.
_DOCUMENTS = "usr/share/doc/postgresql"


@contextmanager
def start(folder: Path) -> Iterator[str]:
    """Run a server with an empty database; yields its URL. Raises Missing.

    Clients use its unix socket, as those of MySQL do, or the loopback if the path is too long.
    """
    place, programs = _programs(folder)
    environment = packages.environment(place)
    port = free_port()
    with group(folder) as server:
        data, sockets = folder / "data" / "database", folder / "data" / "sockets"
        _make_folder(data, 0o700)
        _make_folder(sockets, 0o755)
        _initialise(programs, data, environment)
        words = [*_as_account(), str(programs / "postgres"), "-D", str(data), "-p", str(port)]
        for name, value in {**_CONFIGURATION, "unix_socket_directories": sockets}.items():
            words += ["-c", f"{name}={value}"]
        server.start(words, environment)
        url = _url(port, sockets)
        server.wait(lambda: _answers(url))
        try:
            yield url
        finally:
            _stop(programs, data, environment)


def settings(url: str) -> dict[str, str]:
    """Its version and what it says about durability and memory."""
    statement = "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name"
    with psycopg.connect(url) as connection:
        found = dict(connection.execute(statement, [["server_version", *_REPORTED]]).fetchall())
    return {"version": found.pop("server_version"), **found}


def _programs(folder: Path) -> tuple[Path, Path]:
    """Where the distribution is that has a server, and the folder of the server's programs."""
    on_path = shutil.which("postgres")
    if on_path is not None and (Path(on_path).resolve().parent / "initdb").exists():
        return packages.INSTALLED, Path(on_path).resolve().parent
    for place in (packages.INSTALLED, None):
        place = place or packages.root(folder, _DOCUMENTS, ("postgresql",))
        found = list(place.glob("usr/lib/postgresql/*/bin/initdb"))
        if found:
            return place, max(found, key=lambda path: float(path.parts[-3])).parent
    raise Missing("The package postgresql has no server in it.")


def _initialise(programs: Path, data: Path, environment: Mapping[str, str]) -> None:
    """Make the files of a server."""
    words = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"]
    _run([*words, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"], data, environment)


def _make_folder(path: Path, mode: int) -> None:
    """A folder of the account that runs the server."""
    path.mkdir(mode)
    if os.geteuid() == 0:
        shutil.chown(path, _account())


def _url(port: int, sockets: Path) -> str:
    url = f"postgresql://postgres@{HOST}:{port}/{_DATABASE}"
    # The number in the socket's name has five digits at most.
    if len(os.fsencode(sockets / ".s.PGSQL.65535")) > _SOCKET_PATH_LIMIT:
        return url
    return f"{url}?host={quote(str(sockets.absolute()))}"


def _stop(programs: Path, data: Path, environment: Mapping[str, str]) -> None:
    """End it at once, in the way that leaves no shared memory behind."""
    words = [str(programs / "pg_ctl"), "stop", "--silent", "-D", str(data), "-m", "immediate"]
    if (data / "postmaster.pid").exists():
        _run(words, data, environment)


def _run(words: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [*_as_account(), *words], cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        complaint = " ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise Missing(f"{Path(words[0]).name} failed: {complaint}")


def _as_account() -> list[str]:
    """The first words of a command that is to run under an account that PostgreSQL accepts."""
    if os.geteuid() != 0:
        return []
    account = pwd.getpwnam(_account())
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def _account() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in _ACCOUNTS:
        if name in known:
            return name
    raise Missing(f"PostgreSQL does not run as root, and there is no {' or '.join(_ACCOUNTS)}.")


def _answers(url: str) -> bool:
    """Whether it takes connections; the database is made then."""
    try:
        with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {_DATABASE}")
    except psycopg.OperationalError:
        return False
    return True

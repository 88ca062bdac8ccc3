"""The finding, starting, killing and cleaning up of servers, on real ones."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mysql.connector
import pytest

import tools.server
from pyclient.dsn import Dsn
from tools.server import (
    archive,
    choose,
    container,
    debian,
    dev,
    greeting,
    install,
    instance,
    paths,
    process,
    program,
    settings,
    version,
)
from tools.server.server import format_dsn

# What makes servers start faster and changes nothing that is looked at here.
SMALL: dict[str, settings.Setting] = {
    "loose_innodb_redo_log_capacity": "64M",
    "performance_schema_events_statements_history_long_size": 100,
    "performance_schema_max_sql_text_length": 1024,
}
GONE_TIMEOUT_S = 30.0


def query(server: tools.server.Server, *statements: str) -> list[Any]:
    """The rows of the last statement."""
    rows: list[Any] = []
    with (
        mysql.connector.connect(**Dsn.parse(server.dsn()).connect_args()) as connection,
        connection.cursor() as cursor,
    ):
        for statement in statements:
            cursor.execute(statement)
            rows = cursor.fetchall()
    return rows


# --- versions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))", (9, 7, 4)),
        ("/usr/sbin/mysqld  Ver 8.0.45-0ubuntu0.24.04.1 for Linux on aarch64", (8, 0, 45)),
        ("8.4.6", (8, 4, 6)),
        ("1:10.2.31+x", (10, 2, 31)),
    ],
)
def test_version_is_read(text: str, expected: tuple[int, int, int]) -> None:
    assert version.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mysqld  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64", "is MariaDB"),
        ("5.5.5-10.11.14-MariaDB", "is MariaDB"),
        ("8.0.28", "is MySQL 8.0.28; celers needs 8.0.29 or newer"),
        ("5.7.44-log", "is MySQL 5.7.44"),
        ("unknown", "no version number"),
    ],
)
def test_other_versions_are_refused_in_words(text: str, reason: str) -> None:
    with pytest.raises(tools.server.ServerError, match=reason):
        version.require(text, "It")


@pytest.mark.parametrize("text", ["8.0.29", "8.4.6", "9.7.4-2", "26.10.0"])
def test_newer_versions_are_taken(text: str) -> None:
    assert version.require(text, "It") == text.partition("-")[0]


def test_mariadb_on_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "mysqld"
    fake.write_text("#!/bin/sh\necho 'mysqld  Ver 10.11.14-MariaDB for Linux on x86_64'\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(tools.server.ServerError, match=r"mysqld is MariaDB; celers needs MySQL"):
        program.on_path()


@contextmanager
def listener(packet: bytes) -> Iterator[int]:
    """A port where the one connection is answered with a packet."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with server.accept()[0] as connection:
                connection.sendall(len(packet).to_bytes(3, "little") + b"\0" + packet)

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_greeting_tells_the_version() -> None:
    with listener(b"\x0a5.5.5-10.11.14-MariaDB\0rest") as port:
        assert greeting.read_version(port=port) == "5.5.5-10.11.14-MariaDB"


def test_refusal_instead_of_a_greeting_is_handed_on() -> None:
    with (
        listener(b"\xff\x10\x04Too many connections") as port,
        pytest.raises(tools.server.ServerError, match="Too many connections"),
    ):
        greeting.read_version(port=port)


# --- the package archive


def test_debian_takes_sid_from_the_machines_own_mirror() -> None:
    sources = """\
https://other.example/ bookworm main
https://mirror.example/debian-security/ bookworm-security main
https://mirror.example/debian/ bookworm-updates main
https://mirror.example/debian/ bookworm main
"""
    found = archive.choose(sources, {"ID": "debian", "VERSION_CODENAME": "bookworm"})
    assert (found.uri, found.suites) == ("https://mirror.example/debian/", ("sid",))
    assert "URIs: https://mirror.example/debian/\nSuites: sid\n" in found.sources("arm64")


@pytest.mark.parametrize(
    "system",
    [
        {"ID": "ubuntu", "VERSION_CODENAME": "noble"},
        {"ID": "mint", "ID_LIKE": "ubuntu debian", "UBUNTU_CODENAME": "noble"},
    ],
)
def test_ubuntu_takes_its_own_suite(system: dict[str, str]) -> None:
    sources = ["http://mirror.example/ubuntu/ noble main", "http://other.example/ noble main"]
    found = archive.choose("\n".join(sources), system)
    assert found.uri == "http://mirror.example/ubuntu/"
    assert found.suites == ("noble", "noble-updates")


def test_machine_without_an_archive_is_told_so() -> None:
    with pytest.raises(tools.server.ServerError, match="not among the sources of apt"):
        archive.choose("https://other.example/ nodistro main", {"ID": "debian"})


def test_newest_packages_are_taken() -> None:
    listing = """\
mysql-server-core-8.0 | 8.0.45-0ubuntu0.24.04.1 | mirror noble-updates/main
mysql-server-core-8.4 | 8.4.6-1 | mirror noble/universe
mysql-server-core-8.0 | 8.0.36-2ubuntu3 | mirror noble/main
"""
    assert debian.newest_packages(listing) == ["mysql-server-core-8.4", "mysql-client-core-8.4"]


@pytest.mark.parametrize("listing", ["", "mysql-server-core-5.7 | 5.7.44-1 | mirror x/main\n"])
def test_archive_without_new_packages_is_refused(listing: str) -> None:
    with pytest.raises(tools.server.ServerError, match="no MySQL that is new enough"):
        debian.newest_packages(listing)


# --- small parts


def test_settings_can_be_changed_and_added() -> None:
    found = settings.arguments({"sync-binlog": 0, "server_id": 7, "gtid_mode": "ON"})
    assert [word for word in found if "sync-binlog" in word] == ["--sync-binlog=0"]
    assert {"--server-id=7", "--gtid-mode=ON", "--innodb-flush-log-at-trx-commit=1"} <= {*found}


def test_dsn_is_read_back_by_the_client() -> None:
    url = format_dsn("127.0.0.1", 3307, socket="/a b/s.sock", password="p@/:?")
    server = tools.server.Server(
        url=url, host="127.0.0.1", port=3307, socket="/a b/s.sock", version="9.7.4", how="a server"
    )
    same = Dsn.parse(server.dsn())
    assert (same.user, same.password, same.socket) == ("root", "p@/:?", "/a b/s.sock")
    assert (same.host, same.port, same.database) == ("127.0.0.1", 3307, None)
    assert Dsn.parse(server.dsn(user="root")).password == "p@/:?"
    other = Dsn.parse(server.dsn("x y", "w:1", "@"))
    assert (other.user, other.password, other.database) == ("w:1", "@", "x y")
    with pytest.raises(tools.server.NotSupported, match="a server"):
        server.kill()


# --- the order


def choice(monkeypatch: pytest.MonkeyPatch, *there: str) -> tools.server.Server:
    """The server that is chosen where only those named are there."""

    def made(name: str) -> tools.server.Server:
        return tools.server.Server(
            url="mysql://root@h:1/", host="h", port=1, socket="", version="9.7.4", how=name
        )

    @contextmanager
    def way(name: str) -> Iterator[tools.server.Server]:
        if name not in there:
            raise tools.server.ServerError(f"There is no {name}.")
        yield made(name)

    monkeypatch.setattr(choose, "given", lambda: made("given") if "given" in there else None)
    monkeypatch.setattr(dev, "running", lambda: made("dev") if "dev" in there else None)
    monkeypatch.setattr(choose, "container", lambda: way("container"))
    monkeypatch.setattr(choose, "private", lambda: way("private"))
    with tools.server.acquire() as server:
        return server


@pytest.mark.parametrize(
    ("there", "printed"),
    [
        (["given", "dev", "container", "private"], "MySQL 9.7.4: given.\n"),
        (["dev", "container", "private"], "MySQL 9.7.4: dev.\n"),
        (["container", "private"], "MySQL 9.7.4: container.\n"),
        (["private"], "MySQL 9.7.4: private. Passed over: There is no container.\n"),
    ],
)
def test_first_in_the_order_is_taken_and_printed(
    there: list[str],
    printed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert choice(monkeypatch, *there).how == there[0]
    assert capsys.readouterr() == ("", printed)


def test_without_any_server_all_ways_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(tools.server.ServerError) as caught:
        choice(monkeypatch)
    for word in ("CELERS_DSN", "Docker", "on PATH", "Debian", "no container", "no private"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgres://a@b/c", "CELERS_DSN is of no use"),
        ("mysql://root@127.0.0.1:1/", "Nobody can log in with CELERS_DSN"),
    ],
)
def test_bad_dsn_in_the_environment_is_not_passed_over(
    url: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELERS_DSN", url)
    with pytest.raises(tools.server.ServerError, match=reason), tools.server.acquire():
        pass


# --- containers


class Docker:
    """Stands in for both libraries: a Docker that answers, and the one container it runs."""

    def __init__(self, port: int, failure: Exception | None = None) -> None:
        self.port = port
        self.failure = failure
        self.calls: list[tuple[str, Any]] = []

    def from_env(self, timeout: int) -> Docker:
        return self

    def ping(self) -> None:
        if self.failure:
            raise self.failure

    def MySqlContainer(self, image: str, **options: Any) -> Docker:  # noqa: N802
        self.calls.append((image, options))
        return self

    def with_command(self, words: list[str]) -> Docker:
        self.calls.append(("command", words))
        return self

    def start(self) -> Docker:
        return self

    def stop(self) -> None:
        self.calls.append(("stop", None))

    def get_container_host_ip(self) -> str:
        return "127.0.0.1"

    def get_exposed_port(self, port: int) -> int:
        assert port == 3306
        return self.port


def install_docker(docker: Docker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docker", docker)
    monkeypatch.setitem(sys.modules, "testcontainers.community.mysql", docker)


def test_container_has_the_same_settings_and_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERS_MYSQL_IMAGE", "mirror.example/mysql:9")
    with listener(b"\x0a9.4.0\0rest") as port:
        docker = Docker(port)
        install_docker(docker, monkeypatch)
        with container.container() as server:
            assert server.version == "9.4.0"
            login = Dsn.parse(server.dsn("x"))
            with pytest.raises(tools.server.NotSupported):
                server.restart()
    image, command, stop = docker.calls
    assert image[0] == "mirror.example/mysql:9"
    assert image[1]["username"] == login.user == "root"
    assert image[1]["password"] == login.password
    assert login.port == port
    assert "--innodb-flush-log-at-trx-commit=1" in command[1]
    assert stop == ("stop", None)


def test_docker_that_does_not_answer_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    install_docker(Docker(0, failure=ConnectionError("no")), monkeypatch)
    with (
        pytest.raises(tools.server.ServerError, match=r"Docker does not answer\."),
        container.container(),
    ):
        pass


def test_container_of_mariadb_is_refused_and_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    with listener(b"\x0a11.4.2-MariaDB\0rest") as port:
        docker = Docker(port)
        install_docker(docker, monkeypatch)
        with pytest.raises(tools.server.ServerError, match="MariaDB"), container.container():
            pass
    assert docker.calls[-1] == ("stop", None)


# --- real servers


@pytest.fixture(scope="module")
def programs() -> None:
    """Skips the test on a machine that can have containers at most."""
    try:
        install.programs()
    except tools.server.ServerError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def server(programs: None) -> Iterator[tools.server.PrivateServer]:
    with tools.server.private(**SMALL, event_scheduler="OFF") as found:
        yield found


def test_private_server_is_durable_and_has_its_settings(
    server: tools.server.PrivateServer,
) -> None:
    names = [
        "sync_binlog",
        "innodb_flush_log_at_trx_commit",
        "log_bin",
        "binlog_format",
        "character_set_server",
        "event_scheduler",
        "max_connections",
        "port",
    ]
    rows = query(server, "SELECT " + ", ".join(f"@@{name}" for name in names))
    assert dict(zip(names, rows[0], strict=True)) == {
        "sync_binlog": 1,
        "innodb_flush_log_at_trx_commit": 1,
        "log_bin": 1,
        "binlog_format": "ROW",
        "character_set_server": "utf8mb4",
        "event_scheduler": "OFF",
        "max_connections": 300,
        "port": server.port,
    }
    assert query(server, "SELECT VERSION()")[0][0].startswith(server.version)


def test_committed_row_survives_kill_and_clean_stop(server: tools.server.PrivateServer) -> None:
    query(
        server,
        "CREATE DATABASE kept",
        "CREATE TABLE kept.kept (n INT PRIMARY KEY)",
        "INSERT INTO kept.kept VALUES (1)",
    )
    server.kill()
    with pytest.raises(ConnectionRefusedError):
        greeting.read_version(server.socket)
    server.start()
    assert query(server, "SELECT n FROM kept.kept") == [(1,)]
    with pytest.raises(tools.server.ServerError, match="already runs"):
        server.start()
    server.restart()
    assert query(server, "SELECT n FROM kept.kept") == [(1,)]


def test_second_server_is_another_one(server: tools.server.PrivateServer) -> None:
    with tools.server.private(**SMALL) as second:
        assert query(server, "SELECT @@server_uuid") != query(second, "SELECT @@server_uuid")
        assert query(second, "SELECT @@event_scheduler") == [("ON",)]
    assert not second.folder.exists()


@pytest.mark.usefixtures("programs")
def test_server_that_does_not_start_says_why() -> None:
    with (
        pytest.raises(tools.server.ServerError, match="unknown variable 'no-such-thing=1'"),
        tools.server.private(**SMALL, no_such_thing=1),
    ):
        pass


def test_tcp_login_works_too(server: tools.server.PrivateServer) -> None:
    login = Dsn.parse(format_dsn(server.host, server.port)).connect_args()
    with mysql.connector.connect(**login) as connection:
        assert connection.is_connected()


def test_run_hands_over_the_dsn_and_hands_back_the_exit_code(
    server: tools.server.PrivateServer,
) -> None:
    code = "import os, sys; print(os.environ['CELERS_DSN']); sys.exit(7)"
    done = subprocess.run(
        [sys.executable, "-m", "tools.server", "run", "--", sys.executable, "-c", code],
        env={**os.environ, "CELERS_DSN": server.dsn("x")},
        cwd=paths.CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (7, server.dsn("x") + "\n")
    assert done.stderr == f"MySQL {server.version}: the server of CELERS_DSN.\n"


def shown_database(dsn: str, *words: str) -> str:
    """The database that a new mysql shell is in."""
    show = ["--batch", "--skip-column-names", "--execute=SELECT DATABASE()"]
    return subprocess.run(
        [sys.executable, "-m", "tools.server", "shell", "--", *show, *words],
        env={**os.environ, "CELERS_DSN": dsn},
        cwd=paths.CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.strip()


def test_the_shell_begins_in_the_schema_once_it_is_deployed(
    server: tools.server.PrivateServer,
) -> None:
    assert shown_database(server.dsn()) == "NULL"
    query(server, "CREATE DATABASE celers")
    try:
        assert shown_database(server.dsn()) == "celers"
        assert shown_database(server.dsn(), "mysql") == "mysql"
        assert shown_database(server.dsn("sys")) == "sys"
    finally:
        query(server, "DROP DATABASE celers")


# --- cleaning up

OWNER = f"""
import signal, sys
import tools.server
signal.signal(signal.SIGINT, signal.default_int_handler)
with tools.server.private(**{SMALL!r}) as server:
    print(server.folder, flush=True)
    sys.stdin.read()
"""


@contextmanager
def owner() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process that has a private server, and the folder of that."""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        cwd=paths.CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        folder = Path(child.stdout.readline().strip())
        assert process.find(instance.mark(folder))
        yield child, folder


def is_gone(folder: Path) -> bool:
    return not folder.exists() and not process.find(instance.mark(folder))


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_owner_dies(number: signal.Signals) -> None:
    with owner() as (child, folder):
        child.send_signal(number)
        child.communicate()
        assert process.wait_for(lambda: is_gone(folder), GONE_TIMEOUT_S)


@pytest.mark.usefixtures("programs")
def test_server_whose_owner_and_guard_died_is_swept_by_the_next_one() -> None:
    with owner() as (child, folder):
        (guard,) = (pid for pid in process.find(str(folder)) if process.is_alive(pid, "-guard"))
        os.kill(guard, signal.SIGKILL)
        child.kill()
        child.wait()
        assert process.find(instance.mark(folder))
        with tools.server.private(**SMALL):
            assert is_gone(folder)


@pytest.mark.usefixtures("programs")
def test_development_server_outlives_its_command_and_keeps_data_and_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / ("deep" * 30)
    home.mkdir()
    for template in paths.HOME.glob("template-*"):
        (home / template.name).symlink_to(template)
    monkeypatch.setattr(paths, "HOME", home)
    monkeypatch.setattr(settings, "SETTINGS", {**settings.SETTINGS, **SMALL})
    try:
        first = dev.up()
        assert dev.up() == first == dev.running()
        query(first, "CREATE DATABASE kept")
        assert dev.down()
        assert dev.running() is None
        assert not dev.down()
        assert dev.up().dsn() == first.dsn()
        assert query(first, "SHOW DATABASES LIKE 'kept'") == [("kept",)]
    finally:
        dev.down()
        for folder in instance.folders(home / "dev"):
            shutil.rmtree(folder)

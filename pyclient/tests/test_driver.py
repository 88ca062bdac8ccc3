"""Which driver is used, which servers and connections are refused."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any

import mysql.connector
import pytest

import pyclient
from pyclient import _connect
from pyclient._call import driver_of, socket_of
from pyclient._connect import check_server, open_connection
from pyclient.dsn import Dsn
from pyclient.errors import DriverUnsupported, ServerError, ServerUnsupported
from pyclient.tests.brought import CONNECTIONS, connector, mysqlclient, pymysql
from pyclient.tests.calls import answer, value
from pyclient.tests.conftest import Lab

WITHOUT_EXTENSION = """
import sys
sys.modules["_mysql_connector"] = None
import pyclient
from pyclient.errors import DriverUnsupported
dsn = sys.argv[1]
try:
    print(pyclient.connect(dsn).server_version)
except DriverUnsupported as error:
    print(error)
"""


def as_url(dsn: Dsn) -> str:
    """The DSN as text; the tests' account has a password only where the environment gives one."""
    return str(dsn).replace("***", dsn.password)


def test_the_c_extension_is_there(lab: Lab) -> None:
    assert mysql.connector.HAVE_CEXT
    connection = open_connection(lab.dsn)
    assert type(connection).__name__ == "CMySQLConnection"
    connection.close()


def test_without_the_c_extension_a_sentence_says_what_to_do(lab: Lab) -> None:
    said = run_without_extension(as_url(lab.dsn))
    assert "C extension" in said
    assert "CELERS_PURE_PYTHON=1" in said
    assert "use_pure=1" in said


def test_without_the_c_extension_pure_python_can_be_asked_for(lab: Lab) -> None:
    version = lab.sql("SELECT VERSION()")[0][0]
    url = as_url(lab.dsn)
    assert run_without_extension(f"{url}{'&' if '?' in url else '?'}use_pure=1") == version
    assert run_without_extension(url, CELERS_PURE_PYTHON="1") == version


def run_without_extension(url: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTENSION, url],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path), **environment},
    )
    return done.stdout.strip()


@pytest.mark.parametrize("pure", [False, True])
def test_a_session_of_ours_is_as_the_routines_want_it(lab: Lab, pure: bool) -> None:
    connection = open_connection(dataclasses.replace(lab.dsn, use_pure=pure))
    _, rows = driver_of(connection).execute(
        connection,
        b"SELECT @@autocommit, @@character_set_client, @@character_set_results, "
        b"@@collation_connection, DATABASE(), (SELECT ATTR_VALUE FROM "
        b"performance_schema.session_account_connect_attrs WHERE PROCESSLIST_ID = CONNECTION_ID() "
        b"AND ATTR_NAME = 'program_name')",
    )
    assert rows == [(1, "utf8mb4", "utf8mb4", "utf8mb4_0900_bin", lab.dsn.database, "celers")]
    connection.close()


@pytest.mark.parametrize("pure", [False, True])
def test_the_socket_of_a_connection_is_known(lab: Lab, pure: bool) -> None:
    connection = open_connection(dataclasses.replace(lab.dsn, use_pure=pure))
    descriptor = socket_of(connection)
    other = open_connection(lab.dsn)
    assert descriptor is not None
    assert descriptor != socket_of(other)
    other.close()
    connection.close()
    assert socket_of(connection) in (None, descriptor)


@pytest.mark.parametrize("pure", [False, True])
def test_tls_that_was_asked_for_is_used(lab: Lab, pure: bool) -> None:
    tcp = dataclasses.replace(lab.dsn, socket=None, use_pure=pure, ssl_mode="REQUIRED")
    connection = open_connection(tcp)
    assert cipher(connection) != ""
    connection.close()
    unsafe = open_connection(dataclasses.replace(tcp, ssl_mode="DISABLED"))
    assert cipher(unsafe) == ""
    with pytest.raises(ServerUnsupported, match="TLS"):
        _connect._check_tls(unsafe)
    unsafe.close()


def cipher(connection: Any) -> Any:
    _, rows = driver_of(connection).execute(connection, b"SHOW STATUS LIKE 'Ssl_cipher'")
    return rows[0][1]


@pytest.mark.parametrize("pure", [False, True])
def test_an_account_with_a_password_gets_in_by_tcp(lab: Lab, pure: bool) -> None:
    account = f"{lab.dsn.database}_{int(pure)}"
    lab.sql(f"CREATE USER {account}@'%' IDENTIFIED BY 'p''\\\\@w'")
    try:
        lab.sql(f"GRANT EXECUTE ON {lab.dsn.database}.* TO {account}@'%'")
        dsn = dataclasses.replace(
            lab.dsn, socket=None, user=account, password="p'\\@w", use_pure=pure
        )
        with pyclient.connect(dsn) as client:
            assert answer(client, "celers_nothing") == []
    finally:
        lab.sql(f"DROP USER {account}@'%'")


@pytest.mark.parametrize(
    "version",
    [
        "10.11.19-MariaDB",
        "5.5.5-11.4.2-MariaDB-log",
        "8.0.11-TiDB-v7.5.0",
        "8.0.30-Vitess",
        "5.7.44",
        "8.0.28",
        "what",
    ],
)
def test_servers_that_celers_does_not_run_on_are_refused(version: str) -> None:
    with pytest.raises(ServerUnsupported, match=r"celers needs MySQL 8\.0\.29 or later; this is"):
        check_server(version)


@pytest.mark.parametrize("version", ["8.0.29", "8.4.9", "9.7.4-2", "26.1.0", "8.0.36-28.1"])
def test_servers_that_celers_runs_on_are_taken(version: str) -> None:
    check_server(version)


@pytest.mark.parametrize(
    "connect",
    [
        connector(False, charset="latin1"),
        connector(True, charset="latin1"),
        connector(False, charset="utf8mb3"),
        pymysql(charset="latin1"),
        mysqlclient(charset="latin1"),
    ],
)
def test_a_connection_that_cannot_carry_every_character_is_refused(lab: Lab, connect: Any) -> None:
    connection = connect(lab)
    with pytest.raises(DriverUnsupported, match="open it with charset='utf8mb4'"):
        pyclient.on(connection)
    connection.close()


@pytest.mark.parametrize("thing", [None, 7, "mysql://root@h/x", object()])
def test_what_is_no_connection_is_refused(thing: Any) -> None:
    with pytest.raises(DriverUnsupported, match=r"mysql\.connector, PyMySQL or mysqlclient"):
        pyclient.on(thing)


@pytest.mark.parametrize("name", ["c", "pure", "c_raw", "pure_raw", "c_converter", "pymysql"])
def test_a_brought_connection_is_left_as_it_was(lab: Lab, name: str) -> None:
    connection = CONNECTIONS[name](lab)
    before = session_state(connection)
    client = pyclient.on(connection)
    assert value(client, "celers_null", None) == 1
    assert len(answer(client, "celers_two")) == 1
    with pytest.raises(ServerError):
        answer(client, "celers_raise", 1064, "x")
    assert session_state(connection) == before
    connection.close()


def session_state(connection: Any) -> list[Any]:
    cursor = connection.cursor()
    cursor.execute("SELECT @@sql_mode, @@autocommit, @@character_set_client, CONNECTION_ID()")
    rows = list(cursor.fetchall())
    cursor.close()
    return rows

"""Connections that the caller brings: the calls join his transaction, and that is all they do."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any
from urllib.parse import quote

import mysql.connector
import pytest

import pyclient
from pyclient._pool import close_quietly
from pyclient.errors import Conflict, ConnectionLost, DeadlockError, SchemaMissing
from pyclient.tests.brought import CONNECTIONS, DRIVERS
from pyclient.tests.calls import answer, value
from pyclient.tests.conftest import Lab


@pytest.fixture(autouse=True)
def _no_notes(lab: Lab) -> None:
    lab.sql("DELETE FROM note")


@pytest.fixture
def notes(lab: Lab) -> Any:
    """The notes that others see."""
    return lambda: [row[0] for row in lab.sql("SELECT id FROM note ORDER BY id")]


@pytest.fixture(params=DRIVERS)
def connection(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Any]:
    """A connection of each driver, autocommit off as they all have it."""
    connection = CONNECTIONS[request.param](lab)
    yield connection
    close_quietly(connection)  # the tests close or kill some of them


def test_calls_join_the_callers_transaction(connection: Any, notes: Any) -> None:
    client = pyclient.on(connection)
    answer(client, "celers_put", 1)
    assert notes() == []
    connection.rollback()
    answer(client, "celers_put", 2)
    connection.commit()
    assert notes() == [2]


def test_the_callers_own_statements_go_on_as_before(connection: Any, notes: Any) -> None:
    client = pyclient.on(connection)
    cursor = connection.cursor()
    cursor.execute("INSERT INTO note VALUES (%s)", (1,))
    answer(client, "celers_put", 2)
    cursor.execute("SELECT COUNT(*) FROM note")
    assert list(cursor.fetchall()) == [(2,)]
    cursor.close()
    connection.commit()
    assert notes() == [1, 2]


def test_nothing_is_tried_again(lab: Lab, connection: Any) -> None:
    client = pyclient.on(connection)
    before = lab.runs("celers_raise")
    for number, error_class in ((1213, DeadlockError), (1305, SchemaMissing)):
        with pytest.raises(error_class):
            answer(client, "celers_raise", number, "as if")
    assert lab.runs("celers_raise") - before == 2


def test_a_lost_connection_is_told(lab: Lab, connection: Any) -> None:
    client = pyclient.on(connection)
    lab.sql(f"KILL {value(client, 'celers_where')}")
    for _ in range(2):
        with pytest.raises(ConnectionLost):
            value(client, "celers_where")


def test_a_connection_killed_in_the_middle_is_told(
    lab: Lab, connection: Any, in_thread: Any
) -> None:
    client = pyclient.on(connection)
    session = value(client, "celers_where")
    lock = f"{lab.dsn.database}_brought"
    lab.sql(f"SELECT GET_LOCK('{lock}', 0)")
    result = in_thread(lambda: answer(client, "celers_wait", lock, 1))
    lab.session_in("celers_wait", "User lock")
    lab.sql(f"KILL {session}")
    with pytest.raises(ConnectionLost):
        result()
    lab.sql(f"SELECT RELEASE_LOCK('{lock}')")


def test_a_closed_connection_is_told(connection: Any) -> None:
    client = pyclient.on(connection)
    connection.close()
    with pytest.raises(ConnectionLost):
        answer(client, "celers_nothing")


def test_closing_the_client_leaves_the_connection_open(connection: Any) -> None:
    with pyclient.on(connection) as client:
        answer(client, "celers_put", 1)
    assert value(client, "celers_null", None) == 1
    connection.rollback()


def test_two_result_sets_are_read_to_their_end(connection: Any) -> None:
    client = pyclient.on(connection)
    assert answer(client, "celers_two") == [(1,)]
    assert answer(client, "celers_nothing") == []
    assert answer(client, "celers_two") == [(1,)]


def test_the_version_of_the_server_is_known(lab: Lab, connection: Any) -> None:
    assert pyclient.on(connection).server_version == lab.sql("SELECT VERSION()")[0][0]


def test_another_current_database_does_not_matter(lab: Lab, client: pyclient.Client) -> None:
    """The shop has its own schema; the calls go to the schema of the client."""
    connection = lab.connection()
    connection.cmd_query("USE information_schema")
    assert value(client.on(connection), "celers_null", None) == 1
    assert value(pyclient.on(connection, database=lab.dsn.database), "celers_null", None) == 1
    with pytest.raises(SchemaMissing):
        value(pyclient.on(connection), "celers_null", None)
    connection.close()


def test_unread_results_of_the_caller_are_told(lab: Lab) -> None:
    connection = lab.connection()
    client = pyclient.on(connection)
    cursor = connection.cursor()
    cursor.execute("SELECT 1 UNION SELECT 2")
    with pytest.raises(pyclient.CelersError, match="Unread result"):
        answer(client, "celers_nothing")
    cursor.fetchall()
    assert answer(client, "celers_nothing") == []
    connection.close()


@pytest.mark.parametrize("pure", [False, True])
def test_a_connection_from_the_drivers_pool(lab: Lab, notes: Any, pure: bool) -> None:
    pool = mysql.connector.pooling.MySQLConnectionPool(
        pool_size=1, use_pure=pure, **lab.where("unix_socket")
    )
    connection = pool.get_connection()
    answer(pyclient.on(connection), "celers_put", 1)
    connection.commit()
    connection.close()
    assert notes() == [1]


@pytest.fixture(params=["mysqlconnector", "pymysql", "mysqldb"])
def engine(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Any]:
    """An engine of SQLAlchemy over each driver."""
    sqlalchemy = pytest.importorskip("sqlalchemy")
    pytest.importorskip({"mysqldb": "MySQLdb", "pymysql": "pymysql"}.get(request.param, "mysql"))
    dsn = lab.dsn
    url = f"mysql+{request.param}://{dsn.user}:{quote(dsn.password)}@{dsn.host}:{dsn.port}/"
    url += f"{dsn.database}?charset=utf8mb4"
    engine = sqlalchemy.create_engine(url + (f"&unix_socket={dsn.socket}" if dsn.socket else ""))
    yield engine
    engine.dispose()


def test_a_connection_of_sqlalchemy(engine: Any, notes: Any) -> None:
    with engine.connect() as connection:
        client = pyclient.on(connection)
        answer(client, "celers_put", 1)
        connection.commit()
        answer(client, "celers_put", 2)
        connection.rollback()
        connection.exec_driver_sql("INSERT INTO note VALUES (3)")
        answer(client, "celers_put", 4)
        connection.commit()
    with engine.begin() as connection:
        answer(pyclient.on(connection), "celers_put", 5)
        assert answer(pyclient.on(connection), "celers_echo", "it's %s 漢", b"\0") == [
            ("it's %s 漢", b"\0")
        ]
    assert notes() == [1, 3, 4, 5]


def test_a_session_of_sqlalchemy(engine: Any, notes: Any) -> None:
    orm = pytest.importorskip("sqlalchemy.orm")
    with orm.Session(engine) as session:
        client = pyclient.on(session)
        answer(client, "celers_put", 1)
        session.commit()
        answer(client, "celers_put", 2)
        session.rollback()
    with orm.Session(engine) as session, session.begin():
        answer(pyclient.on(session), "celers_put", 3)
    assert notes() == [1, 3]


def test_a_raw_connection_of_sqlalchemy(engine: Any, notes: Any) -> None:
    connection = engine.raw_connection()
    answer(pyclient.on(connection), "celers_put", 1)
    connection.commit()
    connection.close()
    assert notes() == [1]


@pytest.fixture(scope="module", params=["django.db.backends.mysql", "mysql.connector.django"])
def django_connection(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Any]:
    """Django's connection over mysqlclient, and over mysql.connector."""
    django = pytest.importorskip("django")
    pytest.importorskip("MySQLdb")
    settings = import_module("django.conf").settings
    if not settings.configured:
        settings.configure(USE_TZ=True)
        django.setup()
    place = {"HOST": lab.dsn.socket or lab.dsn.host, "PORT": str(lab.dsn.port)}
    account = {"USER": lab.dsn.user, "PASSWORD": lab.dsn.password, "NAME": lab.dsn.database}
    handler = import_module("django.db.utils").ConnectionHandler(
        {"default": {"ENGINE": request.param, **place, **account}}
    )
    yield handler["default"]
    handler["default"].close()


def test_a_connection_of_django(django_connection: Any, notes: Any) -> None:
    client = pyclient.on(django_connection)
    answer(client, "celers_put", 1)
    assert notes() == [1]
    django_connection.set_autocommit(False)
    answer(client, "celers_put", 2)
    assert notes() == [1]
    django_connection.commit()
    django_connection.set_autocommit(True)
    assert notes() == [1, 2]
    assert answer(client, "celers_echo", "it's %s 漢", b"\0\xff") == [("it's %s 漢", b"\0\xff")]


def test_django_may_reconnect(django_connection: Any) -> None:
    client = pyclient.on(django_connection)
    first = value(client, "celers_where")
    django_connection.close()
    assert value(client, "celers_where") != first


def test_two_threads_cannot_use_one_connection(lab: Lab, in_thread: Any) -> None:
    connection = lab.connection()
    client = pyclient.on(connection)
    lock = f"{lab.dsn.database}_two"
    lab.sql(f"SELECT GET_LOCK('{lock}', 0)")
    result = in_thread(lambda: answer(client, "celers_wait", lock, 1))
    lab.session_in("celers_wait", "User lock")
    with pytest.raises(Conflict, match="two threads"):
        answer(client, "celers_nothing")
    lab.sql(f"SELECT RELEASE_LOCK('{lock}')")
    result()
    connection.close()

"""The client itself: rows, versions, the default client, the package."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

import pyclient
from pyclient import _default, _version
from pyclient.client import Client, on
from pyclient.errors import Conflict, InternalError, InvalidDsn, SchemaOutdated
from pyclient.tests.brought import CONNECTIONS, DRIVERS
from pyclient.tests.calls import answer, known_as, value
from pyclient.tests.conftest import Lab


class KindsRow(NamedTuple):
    """A row of celers_kinds."""

    yes: bool
    no_bool: bool | None
    at: datetime
    no_time: datetime | None
    document: Any
    payload: Any
    ratio: float


KINDS = ("bool", "bool?", "datetime", "datetime?", "json", "payload", "float")


class OneRow(NamedTuple):
    """The first column of celers_kinds."""

    yes: int


class WideRow(NamedTuple):
    """More columns than celers_two has."""

    one: int
    two: int


@pytest.mark.parametrize("driver", DRIVERS)
def test_values_become_what_the_header_says(lab: Lab, driver: str) -> None:
    connection = CONNECTIONS[driver](lab)
    with known_as(KindsRow, *KINDS):
        row = on(connection)._row(KindsRow, "celers_kinds", ())
    connection.close()
    assert type(row) is KindsRow
    assert row == KindsRow(
        yes=True,
        no_bool=None,
        at=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        no_time=None,
        document=[1.5, "x"],
        payload='{"a": 1.10}',
        ratio=1.5,
    )
    assert row.yes is True
    assert row.at.tzinfo is UTC
    assert type(row.ratio) is float


def test_columns_of_a_newer_schema_are_left_out(client: Client) -> None:
    with known_as(OneRow, "int"):
        assert client._rows(OneRow, "celers_kinds", ()) == [OneRow(1)]


def test_missing_columns_are_told(client: Client) -> None:
    with known_as(WideRow, "int", "int"):
        with pytest.raises(SchemaOutdated, match=r"celers_two answered with 1 columns .* knows 2"):
            client._row(WideRow, "celers_two", ())
        with pytest.raises(SchemaOutdated, match="0 columns"):
            client._rows(WideRow, "celers_nothing", ())


def test_the_number_of_rows_is_as_promised(lab: Lab, client: Client) -> None:
    lab.sql("CREATE PROCEDURE celers_many (IN p_rows INT) SELECT id FROM note WHERE id < p_rows")
    lab.sql("DELETE FROM note")
    lab.sql("INSERT INTO note VALUES (1), (2)")
    with known_as(OneRow, "int"):
        assert client._row(OneRow, "celers_many", (2,)) == OneRow(1)
        assert client._row_or_none(OneRow, "celers_many", (2,)) == OneRow(1)
        assert client._row_or_none(OneRow, "celers_many", (0,)) is None
        assert client._rows(OneRow, "celers_many", (9,)) == [OneRow(1), OneRow(2)]
        for rows in (0, 9):
            with pytest.raises(InternalError, match=r"answered with . rows instead of one"):
                client._row(OneRow, "celers_many", (rows,))
        with pytest.raises(InternalError, match="2 rows instead of one or none"):
            client._row_or_none(OneRow, "celers_many", (9,))


def test_versions_are_told(lab: Lab, client: Client) -> None:
    assert client.server_version == lab.sql("SELECT VERSION()")[0][0]
    assert client.schema_version() == lab.version


def test_the_schema_is_asked_for_its_version_once(lab: Lab) -> None:
    before = lab.runs("celers_version")
    with pyclient.connect(lab.dsn, pool_size=2) as client:
        assert lab.runs("celers_version") == before
        for _ in range(5):
            with client.transaction() as transaction:
                answer(transaction, "celers_nothing")
                answer(client, "celers_nothing")
    assert lab.runs("celers_version") == before + 1


@pytest.fixture
def other_version(lab: Lab) -> Iterator[Any]:
    """Let the schema say another version."""

    def say(text: str) -> None:
        lab.sql("DROP PROCEDURE celers_version")
        lab.sql(f"CREATE PROCEDURE celers_version () SELECT {text}")

    yield say
    say(f"'{lab.version}' AS version")


def test_a_schema_of_another_major_version_is_refused(
    lab: Lab, other_version: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_version, "installed", lambda: "1.4.0")
    other_version("'2.0.0' AS version")
    with (
        pyclient.connect(lab.dsn) as client,
        pytest.raises(SchemaOutdated, match=r"schema is celers 2\.0\.0, this client .* 1\.4\.0"),
    ):
        answer(client, "celers_nothing")
    other_version("'1.99.0' AS version")
    with pyclient.connect(lab.dsn) as client:
        assert answer(client, "celers_nothing") == []


def test_without_an_installed_package_no_version_is_refused(
    lab: Lab, other_version: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_version, "installed", lambda: _version.UNKNOWN)
    other_version("'2.0.0' AS version")
    with pyclient.connect(lab.dsn) as client:
        assert client.schema_version() == "2.0.0"


def test_an_answer_without_a_version_is_refused(lab: Lab, other_version: Any) -> None:
    other_version("1 AS something")
    with (
        pyclient.connect(lab.dsn) as client,
        pytest.raises(SchemaOutdated, match="column version"),
    ):
        answer(client, "celers_nothing")


def test_a_closed_client_says_so(lab: Lab) -> None:
    with pyclient.connect(lab.dsn) as client:
        answer(client, "celers_nothing")
    with pytest.raises(Conflict, match="closed"):
        answer(client, "celers_nothing")


def test_a_client_needs_a_database(lab: Lab) -> None:
    with pytest.raises(InvalidDsn, match="names no database"):
        pyclient.connect(dataclasses.replace(lab.dsn, database=None))


@pytest.fixture
def _no_default(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(_default, "_client", None)
    yield
    if _default._client is not None:
        _default._client.close()


@pytest.mark.usefixtures("_no_default")
def test_the_default_client_comes_from_the_environment(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CELERS_DSN", raising=False)
    with pytest.raises(InvalidDsn, match="CELERS_DSN"):
        pyclient.default_client()
    url = str(lab.dsn).replace("***", lab.dsn.password)
    monkeypatch.setenv("CELERS_DSN", url)
    client = pyclient.default_client()
    assert value(client, "celers_null", None) == 1
    assert pyclient.default_client() is client


@pytest.mark.usefixtures("_no_default")
def test_configure_replaces_the_default_client(lab: Lab) -> None:
    pyclient.configure(lab.dsn, pool_size=1)
    first = pyclient.default_client()
    assert value(first, "celers_null", None) == 1
    pyclient.configure(lab.dsn, pool_size=1)
    assert pyclient.default_client() is not first
    with pytest.raises(Conflict, match="closed"):
        answer(first, "celers_nothing")
    assert value(pyclient.default_client(), "celers_null", None) == 1


@pytest.mark.usefixtures("_no_default")
def test_the_functions_of_the_module_use_the_default_client(lab: Lab) -> None:
    """celers_enqueue is not in the lab's schema: the server's answer tells where the call went."""
    pyclient.configure(lab.dsn, retry=pyclient.RetryPolicy(deploy_window_s=0))
    with pytest.raises(pyclient.CelersError, match=rf"{lab.dsn.database}\.celers_enqueue"):
        pyclient.call_enqueue("mail", "send", {"to": "a@b.c"})


def test_the_package_shows_its_names_and_loads_them_late() -> None:
    code = (
        "import sys, pyclient\n"
        "assert 'mysql' not in sys.modules\n"
        "names = dir(pyclient)\n"
        "assert {'connect', 'call_enqueue', 'RawJson', '__version__'} <= set(names)\n"
        "for name in pyclient.__all__:\n"
        "    getattr(pyclient, name)\n"
        "from pyclient import call_enqueue\n"
        "try:\n"
        "    pyclient.nonsense\n"
        "except AttributeError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert (done.stdout, done.stderr) == (
        "module 'pyclient' has no attribute 'nonsense'\n",
        "",
    )


def test_the_installed_version_is_told() -> None:
    assert pyclient.__version__ == _version.installed()
    assert pyclient.__version__[0].isdigit()

"""Every error number becomes one class, told by the server itself and through every driver."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Iterator

import mysql.connector
import pytest

import pyclient
from pyclient import errors
from pyclient._errors_generated import BY_NUMBER
from pyclient._retry import RetryPolicy
from pyclient.tests.brought import CONNECTIONS, DRIVERS
from pyclient.tests.calls import answer, value
from pyclient.tests.conftest import Lab

LOST_BY_THE_CLIENT = [2001, 2002, 2003, 2004, 2005, 2006, 2011, 2012, 2013, 2027, 2055]
LOST = [1053, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 4031, 1290, 1836, 3100, 3101]
CLASSES = {
    **dict.fromkeys(LOST, errors.ConnectionLost),
    1213: errors.DeadlockError,
    1205: errors.LockTimeout,
    3572: errors.LockTimeout,
    1046: errors.SchemaMissing,
    1049: errors.SchemaMissing,
    1146: errors.SchemaMissing,
    1305: errors.SchemaMissing,
    **dict.fromkeys(
        [1044, 1045, 1142, 1143, 1227, 1370, 1698, 1820, 1862, 3118, 3955], errors.AccessDenied
    ),
    **dict.fromkeys([1040, 1203, 1226], errors.Unavailable),
    1153: errors.InvalidArgument,
    1064: errors.ServerError,
    1317: errors.ServerError,
    1644: errors.ServerError,
    3140: errors.ServerError,
    50999: errors.CelersError,
}


@pytest.fixture(params=DRIVERS, scope="module")
def brought(request: pytest.FixtureRequest, lab: Lab) -> Iterator[pyclient.Client]:
    """A client on a brought connection of each driver."""
    connection = CONNECTIONS[request.param](lab)
    yield pyclient.on(connection)
    connection.close()


@pytest.mark.parametrize(("number", "error_class"), CLASSES.items())
def test_every_number_has_its_class(
    brought: pyclient.Client, number: int, error_class: type[errors.CelersError]
) -> None:
    with pytest.raises(error_class) as caught:
        answer(brought, "celers_raise", number, "SOME_NAME: what happened")
    assert type(caught.value) is error_class
    assert caught.value.number == number
    assert "what happened" in str(caught.value)
    assert caught.value.is_own == (number == 50999)
    assert caught.value.__cause__ is not None
    assert value(brought, "celers_null", None) == 1


@pytest.mark.parametrize("number", LOST_BY_THE_CLIENT)
def test_what_only_a_driver_reports_has_its_class(number: int) -> None:
    error = errors.from_server(number, "HY000", "gone")
    assert type(error) is errors.ConnectionLost
    assert error.number == number


@pytest.mark.parametrize(("number", "error_class"), BY_NUMBER.items())
def test_every_error_of_the_catalogue_has_its_class(
    brought: pyclient.Client, number: int, error_class: type[errors.CelersError]
) -> None:
    text = f"{error_class.name}: it says why (queue (mail))"
    with pytest.raises(error_class) as caught:
        answer(brought, "celers_raise", number, text)
    error = caught.value
    assert type(error) is error_class
    assert (error.number, error.name, error.detail) == (number, error_class.name, "queue (mail)")
    assert error.kind in {
        "invalid",
        "not_found",
        "conflict",
        "limited",
        "unavailable",
        "internal",
    }
    assert error.sqlstate in ("45000", None)
    assert error.is_own
    assert str(error) == text


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("LEASE_LOST: gone", None),
        ("LEASE_LOST: gone (x)", "x"),
        ("LEASE_LOST: gone (cut of", "cut of"),
        ("LEASE_LOST: gone (two\nlines)", "two\nlines"),
        ("no name at all (x)", None),
    ],
)
def test_the_detail_is_what_the_routine_added(text: str, detail: str | None) -> None:
    assert errors.from_server(50000, "45000", text).detail == detail


def test_a_number_of_ours_in_another_state_is_not_ours() -> None:
    assert type(errors.from_server(50000, "HY000", "x")) is errors.ServerError


def test_an_error_after_a_result_set_is_seen(client: pyclient.Client) -> None:
    with pytest.raises(errors.CelersError, match="late"):
        answer(client, "celers_late_raise")
    assert value(client, "celers_null", None) == 1


@pytest.mark.parametrize("driver", DRIVERS)
def test_an_error_after_a_result_set_is_seen_on_a_brought_connection(lab: Lab, driver: str) -> None:
    connection = CONNECTIONS[driver](lab)
    client = pyclient.on(connection)
    with pytest.raises(errors.CelersError, match="late"):
        answer(client, "celers_late_raise")
    assert value(client, "celers_null", None) == 1
    connection.close()


def test_what_is_larger_than_the_server_takes_is_told(lab: Lab, client: pyclient.Client) -> None:
    limit = int(lab.sql("SELECT @@max_allowed_packet")[0][0])
    with pytest.raises(errors.InvalidArgument, match="max_allowed_packet"):
        answer(client, "celers_null", b"x" * (limit // 2))
    assert value(client, "celers_null", "x") == 0


def test_a_missing_routine_is_a_missing_schema(lab: Lab) -> None:
    with (
        pyclient.connect(lab.dsn, retry=RetryPolicy(deploy_window_s=0)) as client,
        pytest.raises(errors.SchemaMissing, match="celers migrate") as caught,
    ):
        answer(client, "celers_no_such_thing")
    assert (caught.value.number, caught.value.sqlstate) == (1305, "42000")
    assert isinstance(caught.value.__cause__, mysql.connector.Error)


def test_a_missing_database_is_a_missing_schema(lab: Lab) -> None:
    with (
        pyclient.connect(dataclasses.replace(lab.dsn, database="cli_none")) as client,
        pytest.raises(errors.SchemaMissing, match="cli_none"),
    ):
        answer(client, "celers_nothing")


def test_accounts_are_refused_by_name(lab: Lab) -> None:
    account = f"{lab.dsn.database}@'%'"
    lab.sql(f"CREATE USER {account} IDENTIFIED BY 'right'")
    try:
        wrong = dataclasses.replace(lab.dsn, user=str(lab.dsn.database), password="wrong")
        for dsn in (wrong, dataclasses.replace(wrong, password="right")):
            with (
                pyclient.connect(dsn, retry=RetryPolicy(deploy_window_s=0)) as client,
                pytest.raises(errors.AccessDenied) as caught,
            ):
                answer(client, "celers_nothing")
            assert caught.value.number in (1044, 1045)
            assert "right" not in str(caught.value)
        lab.sql(f"GRANT EXECUTE ON PROCEDURE {lab.dsn.database}.celers_nothing TO {account}")
        allowed = dataclasses.replace(wrong, password="right")
        with pyclient.connect(allowed, retry=RetryPolicy(deploy_window_s=0)) as client:
            assert answer(client, "celers_nothing") == []
            with pytest.raises(errors.AccessDenied) as caught:
                answer(client, "celers_where")
        assert caught.value.number == 1370
    finally:
        lab.sql(f"DROP USER {account}")


def test_a_server_that_is_not_there_is_told_at_once(lab: Lab) -> None:
    for dsn in ("mysql://root@127.0.0.1:1/x", "mysql://root@h/x?socket=/nonexistent/sock"):
        with pyclient.connect(dsn) as client, pytest.raises(errors.ConnectionLost) as caught:
            answer(client, "celers_nothing")
        assert caught.value.number in (2002, 2003)


def test_errors_survive_pickling() -> None:
    error = errors.from_server(50000, "45000", "INTERNAL: x (y)")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (str(copy), copy.number, copy.name, copy.detail, copy.sqlstate) == (
        "INTERNAL: x (y)",
        50000,
        "INTERNAL",
        "y",
        "45000",
    )


def test_generated_classes_are_found_in_errors() -> None:
    for error_class in BY_NUMBER.values():
        assert getattr(errors, error_class.__name__) is error_class
    with pytest.raises(AttributeError):
        _ = errors.NoSuchError  # type: ignore[attr-defined]

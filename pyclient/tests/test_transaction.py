"""transaction(): all or nothing, on one connection, never repeated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import pyclient
from pyclient.errors import (
    Conflict,
    ConnectionLost,
    DeadlockError,
    InvalidArgument,
    PoolTimeout,
    SchemaMissing,
    ServerError,
    TransactionAborted,
)
from pyclient.tests.calls import answer, value
from pyclient.tests.conftest import Lab


@pytest.fixture(autouse=True)
def _no_notes(lab: Lab) -> None:
    lab.sql("DELETE FROM note")


@pytest.fixture
def notes(lab: Lab) -> Any:
    """The notes that others see."""
    return lambda: [row[0] for row in lab.sql("SELECT id FROM note ORDER BY id")]


def test_what_a_block_did_is_kept_together(client: pyclient.Client, notes: Any) -> None:
    with client.transaction() as transaction:
        answer(transaction, "celers_put", 1)
        assert notes() == []
        answer(transaction, "celers_put", 2)
    assert notes() == [1, 2]


def test_an_exception_leaves_nothing(client: pyclient.Client, notes: Any) -> None:
    connection = value(client, "celers_where")

    def work() -> None:
        with client.transaction() as transaction:
            answer(transaction, "celers_put", 1)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        work()
    assert notes() == []
    assert value(client, "celers_where") == connection


def test_a_block_is_one_connection_and_gives_it_back(lab: Lab, client: pyclient.Client) -> None:
    with client.transaction() as transaction:
        first = value(transaction, "celers_where")
        assert value(transaction, "celers_where") == first
        assert transaction.server_version == client.server_version
        assert transaction.schema_version() == lab.version
    assert value(client, "celers_where") == first


def test_an_error_of_ours_does_not_break_the_transaction(
    client: pyclient.Client, notes: Any
) -> None:
    with client.transaction() as transaction:
        answer(transaction, "celers_put", 1)
        with pytest.raises(InvalidArgument):
            answer(transaction, "celers_raise", 50001, "OPTIONS_INVALID: x")
        answer(transaction, "celers_put", 2)
    assert notes() == [1, 2]


def test_transactions_do_not_nest(client: pyclient.Client, notes: Any) -> None:
    with client.transaction() as transaction:
        with pytest.raises(Conflict, match="open already"), transaction.transaction():
            pass
        answer(transaction, "celers_put", 1)
    assert notes() == [1]


def test_the_client_of_a_block_ends_with_it(client: pyclient.Client) -> None:
    with client.transaction() as transaction:
        pass
    with pytest.raises(Conflict, match="over"):
        answer(transaction, "celers_put", 1)


def test_a_block_keeps_its_connection_to_itself(lab: Lab) -> None:
    with (
        pyclient.connect(lab.dsn, pool_size=1, pool_wait_s=0.01) as client,
        client.transaction(),
        pytest.raises(PoolTimeout, match="transactions"),
    ):
        answer(client, "celers_nothing")


def test_nothing_is_repeated_inside(lab: Lab, client: pyclient.Client, notes: Any) -> None:
    def work() -> None:
        with client.transaction() as transaction:
            answer(transaction, "celers_put", 1)
            answer(transaction, "celers_never")

    with pytest.raises(SchemaMissing):
        work()
    assert notes() == []
    before = lab.runs("celers_raise")
    with pytest.raises(DeadlockError), client.transaction() as transaction:
        answer(transaction, "celers_raise", 1213, "as if")
    assert lab.runs("celers_raise") - before == 1


def test_a_broken_transaction_takes_no_more_calls(client: pyclient.Client, notes: Any) -> None:
    """After a deadlock the server has rolled back, and later calls would commit one by one."""

    def work() -> None:
        with client.transaction() as transaction:
            answer(transaction, "celers_put", 1)
            with pytest.raises(DeadlockError):
                answer(transaction, "celers_raise", 1213, "as if")
            answer(transaction, "celers_put", 2)

    with pytest.raises(TransactionAborted) as aborted:
        work()
    assert isinstance(aborted.value.__cause__, DeadlockError)
    assert notes() == []


def test_a_broken_transaction_does_not_end_in_silence(client: pyclient.Client, notes: Any) -> None:
    def work() -> None:
        with client.transaction() as transaction:
            answer(transaction, "celers_put", 1)
            with pytest.raises(ServerError):
                answer(transaction, "celers_raise", 1064, "as if")

    with pytest.raises(TransactionAborted, match="as if"):
        work()
    assert notes() == []
    assert value(client, "celers_null", None) == 1


def test_a_killed_connection_ends_the_block(lab: Lab, client: pyclient.Client, notes: Any) -> None:
    def work() -> None:
        with client.transaction() as transaction:
            answer(transaction, "celers_put", 1)
            lab.sql(f"KILL {value(transaction, 'celers_where')}")
            answer(transaction, "celers_put", 2)

    with pytest.raises(ConnectionLost):
        work()
    assert notes() == []
    assert value(client, "celers_null", None) == 1


def test_a_connection_killed_before_the_commit_is_told(
    lab: Lab, client: pyclient.Client, notes: Any
) -> None:
    def work() -> None:
        with client.transaction() as transaction:
            answer(transaction, "celers_put", 1)
            lab.sql(f"KILL {value(transaction, 'celers_where')}")

    with pytest.raises(ConnectionLost, match="COMMIT, which may have been carried out") as caught:
        work()
    assert caught.value.number in (2006, 2013, 2055, 4031)
    assert notes() == []
    assert value(client, "celers_null", None) == 1


def test_a_killed_query_inside_rolls_back(
    lab: Lab, client: pyclient.Client, notes: Any, in_thread: Any
) -> None:
    lock = f"{lab.dsn.database}_tx"
    lab.sql(f"SELECT GET_LOCK('{lock}', 0)")

    def work() -> None:
        with client.transaction() as transaction:
            answer(transaction, "celers_wait", lock, 1)
            answer(transaction, "celers_put", 2)

    result = in_thread(work)
    lab.sql(f"KILL QUERY {lab.session_in('celers_wait', 'User lock')}")
    lab.sql(f"SELECT RELEASE_LOCK('{lock}')")
    with pytest.raises(ServerError) as caught:
        result()
    assert caught.value.number == 1317
    assert notes() == []


def test_beginning_is_tried_again(lab: Lab, client: pyclient.Client, notes: Any) -> None:
    lab.sql(f"KILL {value(client, 'celers_where')}")
    with client.transaction() as transaction:
        answer(transaction, "celers_put", 1)
    assert notes() == [1]


def test_two_threads_cannot_use_one_transaction(
    lab: Lab, client: pyclient.Client, in_thread: Any
) -> None:
    lock = f"{lab.dsn.database}_threads"
    lab.sql(f"SELECT GET_LOCK('{lock}', 0)")
    with client.transaction() as transaction:
        result = in_thread(lambda: answer(transaction, "celers_wait", lock, 3))
        lab.session_in("celers_wait", "User lock")
        with pytest.raises(Conflict, match="two threads"):
            answer(transaction, "celers_put", 4)
        lab.sql(f"SELECT RELEASE_LOCK('{lock}')")
        assert len(result()) == 1


def test_an_interrupt_inside_a_call_drops_the_connection(
    lab: Lab, client: pyclient.Client, notes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = value(client, "celers_where")

    def interrupted(self: Any, connection: Any, statement: bytes) -> Any:
        raise KeyboardInterrupt

    def work() -> None:
        with client.transaction() as transaction:
            answer(transaction, "celers_put", 1)
            with monkeypatch.context() as patch:
                patch.setattr("pyclient._call.Driver.execute", interrupted)
                answer(transaction, "celers_put", 2)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert value(client, "celers_where") != first
    assert notes() == []


@pytest.fixture
def brought(lab: Lab) -> Iterator[Any]:
    connection = lab.connection(autocommit=True)
    yield connection
    connection.close()


def test_a_brought_connection_has_no_transactions_of_ours(
    client: pyclient.Client, brought: Any
) -> None:
    with pytest.raises(Conflict, match="yours"), client.on(brought).transaction():
        pass

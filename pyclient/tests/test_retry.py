"""What passes by itself is tried again with the same arguments, as often as the policy says."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import pyclient
from pyclient._retry import RetryPolicy
from pyclient.errors import (
    AccessDenied,
    ConnectionLost,
    DeadlockError,
    InvalidArgument,
    LockTimeout,
    SchemaMissing,
    ServerError,
    from_server,
)
from pyclient.tests.calls import answer, value
from pyclient.tests.conftest import Lab


@pytest.fixture
def accounts(lab: Lab) -> Iterator[Any]:
    """Two rows to fight over, and a session that holds the second, too heavy to be the victim."""
    lab.sql("DELETE FROM account")
    lab.sql("INSERT INTO account VALUES (1, 10), (2, 10)")
    rival = lab.connection(autocommit=True)
    rival.cmd_query("START TRANSACTION")
    for number in range(20):
        rival.cmd_query(f"INSERT INTO ballast VALUES ({number})")
    rival.cmd_query("UPDATE account SET amount = amount WHERE id = 2")
    yield rival
    rival.close()


def test_a_deadlocked_call_is_sent_again(
    lab: Lab, client: pyclient.Client, accounts: Any, in_thread: Any
) -> None:
    before = lab.runs("celers_move")
    result = in_thread(lambda: value(client, "celers_move", 1, 2, 50))
    wait_for_lock(lab, 1)
    accounts.cmd_query("UPDATE account SET amount = amount WHERE id = 1")
    wait_for_lock(lab, 1)
    accounts.cmd_query("ROLLBACK")
    assert result() == 11
    assert lab.sql("SELECT id, amount FROM account") == [(1, 9), (2, 11)]
    assert lab.runs("celers_move") - before == 2


def test_a_deadlock_is_told_when_the_attempts_are_used_up(
    lab: Lab, accounts: Any, in_thread: Any
) -> None:
    before = lab.runs("celers_move")
    with pyclient.connect(lab.dsn, retry=RetryPolicy(max_attempts=1)) as client:
        result = in_thread(lambda: value(client, "celers_move", 1, 2, 50))
        wait_for_lock(lab, 1)
        accounts.cmd_query("UPDATE account SET amount = amount WHERE id = 1")
        with pytest.raises(DeadlockError) as caught:
            result()
    assert caught.value.number == 1213
    assert lab.runs("celers_move") - before == 1


def test_a_lock_that_is_never_given_is_told_after_the_attempts(
    lab: Lab, client: pyclient.Client, accounts: Any
) -> None:
    before = lab.runs("celers_move")
    with (
        pyclient.connect(lab.dsn, retry=RetryPolicy(max_attempts=2)) as client,
        pytest.raises(LockTimeout) as caught,
    ):
        answer(client, "celers_move", 1, 2, 1)
    assert caught.value.number == 1205
    assert lab.runs("celers_move") - before == 2
    assert lab.sql("SELECT amount FROM account WHERE id = 1") == [(10,)]


def wait_for_lock(lab: Lab, sessions: int) -> None:
    waiting = "SELECT COUNT(*) FROM performance_schema.data_lock_waits"
    lab.until(lambda: lab.sql(waiting)[0][0] == sessions, "a session waiting for a row")


@pytest.mark.parametrize("pure", [0, 1])
def test_a_call_whose_connection_is_killed_is_sent_again(
    lab: Lab, in_thread: Any, monkeypatch: pytest.MonkeyPatch, pure: int
) -> None:
    monkeypatch.setenv("CELERS_PURE_PYTHON", str(pure))
    number = 100 + pure
    lab.sql(f"SELECT GET_LOCK('{lab.dsn.database}', 0)")
    with pyclient.connect(lab.dsn, pool_size=1) as client:
        first = value(client, "celers_where")
        result = in_thread(lambda: value(client, "celers_wait", lab.dsn.database, number))
        assert lab.session_in("celers_wait", "User lock") == first
        lab.sql(f"KILL {first}")
        waiting = (
            "SELECT id FROM information_schema.processlist WHERE state = 'User lock' "
            f"AND db = '{lab.dsn.database}' AND id <> {first}"
        )
        again = lab.until(lambda: lab.sql(waiting), "the call again")
        lab.sql(f"SELECT RELEASE_LOCK('{lab.dsn.database}')")
        assert result() == again[0][0]
    assert lab.sql(f"SELECT COUNT(*) FROM note WHERE id = {number}") == [(1,)]


def test_an_idle_connection_that_was_killed_is_replaced(lab: Lab, client: pyclient.Client) -> None:
    first = value(client, "celers_where")
    lab.sql(f"KILL {first}")
    assert value(client, "celers_where") != first


def test_every_idle_connection_may_be_dead(lab: Lab) -> None:
    """After a failover the second try must not meet the next dead connection of the pool."""
    two_tries = RetryPolicy(deadline_s=0)
    with pyclient.connect(lab.dsn, pool_size=8, retry=two_tries) as client:
        ready = threading.Barrier(8)

        def where(_: int) -> int:
            with client.transaction() as transaction:
                ready.wait(20)
                return int(value(transaction, "celers_where"))

        with ThreadPoolExecutor(8) as threads:
            ids = set(threads.map(where, range(8)))
        assert len(ids) == 8
        for identity in ids:
            lab.sql(f"KILL {identity}")
        assert value(client, "celers_where") not in ids


def test_a_killed_query_is_not_sent_again_and_leaves_no_transaction(
    lab: Lab, client: pyclient.Client, in_thread: Any
) -> None:
    lab.sql("DELETE FROM account")
    lab.sql("INSERT INTO account VALUES (1, 10), (2, 10)")
    rival = lab.connection(autocommit=False)
    rival.cmd_query("UPDATE account SET amount = amount WHERE id = 2")
    session = value(client, "celers_where")
    result = in_thread(lambda: value(client, "celers_move", 1, 2, 50))
    wait_for_lock(lab, 1)
    lab.sql(f"KILL QUERY {session}")
    with pytest.raises(ServerError) as caught:
        result()
    assert caught.value.number == 1317
    rival.close()
    open_ones = (
        "SELECT COUNT(*) FROM information_schema.innodb_trx JOIN information_schema.processlist "
        f"ON trx_mysql_thread_id = id WHERE db = '{lab.dsn.database}'"
    )
    lab.until(lambda: lab.sql(open_ones)[0][0] == 0, "no open transaction")
    assert lab.sql("SELECT amount FROM account WHERE id = 1") == [(10,)]


def test_callers_do_not_notice_that_a_routine_is_replaced(lab: Lab) -> None:
    raised = (
        "SELECT SUM_ERROR_RAISED FROM performance_schema.events_errors_summary_global_by_error "
        "WHERE ERROR_NUMBER = 1305"
    )
    before = lab.sql(raised)[0][0]
    stop = threading.Event()
    lab.sql("CREATE PROCEDURE celers_replaced () SELECT 1 AS one")
    with pyclient.connect(lab.dsn, pool_size=4) as client:

        def call(_: int) -> int:
            made = 0
            while not stop.is_set():
                assert value(client, "celers_replaced") == 1
                made += 1
            return made

        with ThreadPoolExecutor(4) as threads:
            counts = threads.map(call, range(4))
            for _ in range(100):
                lab.sql("DROP PROCEDURE celers_replaced")
                lab.sql("CREATE PROCEDURE celers_replaced () SELECT 1 AS one")
            stop.set()
            assert all(count > 0 for count in counts)
    assert lab.sql(raised)[0][0] > before
    lab.sql("DROP PROCEDURE celers_replaced")


def test_a_routine_that_never_comes_is_told_after_the_window(lab: Lab) -> None:
    with pyclient.connect(lab.dsn, retry=RetryPolicy(deploy_window_s=0.1)) as client:
        value(client, "celers_where")
        began = time.monotonic()
        with pytest.raises(SchemaMissing):
            answer(client, "celers_never")
        assert 0.1 <= time.monotonic() - began < 2


@pytest.mark.parametrize("number", [1290, 1836, 3100, 3101, 1053])
def test_a_server_that_is_no_primary_any_more_is_left(lab: Lab, number: int) -> None:
    policy = RetryPolicy(deadline_s=0.05)
    with pyclient.connect(lab.dsn, pool_size=1, retry=policy) as client:
        first = value(client, "celers_where")
        before = lab.runs("celers_raise")
        with pytest.raises(ConnectionLost) as caught:
            answer(client, "celers_raise", number, "not here")
        assert caught.value.number == number
        assert lab.runs("celers_raise") - before >= 2
        assert value(client, "celers_where") != first


def test_our_own_errors_are_final(lab: Lab, client: pyclient.Client) -> None:
    first = value(client, "celers_where")
    before = lab.runs("celers_raise")
    with pytest.raises(InvalidArgument):
        answer(client, "celers_raise", 50001, "OPTIONS_INVALID: x")
    assert lab.runs("celers_raise") - before == 1
    assert value(client, "celers_where") == first


class SilentProxy:
    """Passes bytes on in both ways until it is told to swallow the answers.

    A connection whose answer was swallowed stays mute: TCP loses ends, not middles.
    """

    def __init__(self, lab: Lab) -> None:
        self.is_silent = threading.Event()
        self.has_swallowed = threading.Event()
        self.connections = 0
        self._lab = lab
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection((self._lab.dsn.host, self._lab.dsn.port))
            self._sockets += [near, far]
            threading.Thread(target=self._pass_on, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(far, near, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        is_mute = False
        try:
            while data := source.recv(65536):
                is_mute = is_mute or (is_answer and self.is_silent.is_set())
                if is_mute:
                    self.has_swallowed.set()
                else:
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            target.close()

    def close(self) -> None:
        self._listener.close()
        for one in self._sockets:
            one.close()


@pytest.mark.parametrize("pure", [0, 1])
def test_a_server_that_does_not_answer_is_given_up_after_the_read_timeout(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, pure: int
) -> None:
    monkeypatch.setenv("CELERS_PURE_PYTHON", str(pure))
    proxy = SilentProxy(lab)
    url = f"mysql://{lab.dsn.user}:{lab.dsn.password}@127.0.0.1:{proxy.port}/{lab.dsn.database}"
    url += "?read_timeout=1&connect_timeout=1&ssl_mode=DISABLED"
    with pyclient.connect(url, retry=RetryPolicy(deadline_s=0.5)) as client:
        assert value(client, "celers_null", None) == 1
        proxy.is_silent.set()
        before = lab.runs("celers_put")
        with pytest.raises(ConnectionLost):
            answer(client, "celers_put", 200 + pure)
        lab.until(lambda: lab.runs("celers_put") - before >= 1, "the call")
        assert proxy.connections == 2
        proxy.is_silent.clear()
        assert value(client, "celers_null", None) == 1
    proxy.close()


@pytest.mark.parametrize("pure", [0, 1])
def test_an_answer_that_is_cut_off_is_asked_for_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, pure: int, in_thread: Any
) -> None:
    """The call was carried out, its answer is lost, and the same call again is the answer."""
    monkeypatch.setenv("CELERS_PURE_PYTHON", str(pure))
    proxy = SilentProxy(lab)
    url = f"mysql://{lab.dsn.user}:{lab.dsn.password}@127.0.0.1:{proxy.port}/{lab.dsn.database}"
    with pyclient.connect(url + "?ssl_mode=DISABLED") as client:
        first = value(client, "celers_where")
        proxy.is_silent.set()
        before = lab.runs("celers_echo")
        result = in_thread(lambda: answer(client, "celers_echo", "x", None))
        assert proxy.has_swallowed.wait(20)
        proxy.is_silent.clear()
        lab.sql(f"KILL {first}")
        assert result() == [("x", None)]
    assert lab.runs("celers_echo") - before == 2
    proxy.close()


class TestPolicy:
    """The figures of the policy, without a server."""

    def test_deadlocks_and_lock_timeouts_have_attempts(self) -> None:
        policy = RetryPolicy(max_attempts=3, deadline_s=10)
        for error in (DeadlockError(), LockTimeout()):
            pauses = [policy.pause_s(error, attempt, 0.1) for attempt in (1, 2, 3)]
            assert pauses[0] is not None
            assert 0 <= pauses[0] <= 0.01
            assert pauses[1] is not None
            assert pauses[2] is None
            assert policy.pause_s(error, 1, 10) is None

    def test_a_lost_connection_is_tried_once_more_and_then_until_the_deadline(self) -> None:
        policy, lost = RetryPolicy(deadline_s=10), ConnectionLost()
        first = policy.pause_s(lost, 1, 60)
        assert first is not None
        assert 0.1 <= first <= 0.3
        assert policy.pause_s(lost, 2, 10) is None
        for attempt in range(2, 2000):
            pause = policy.pause_s(lost, attempt, 9.9)
            assert pause is not None
            assert 0.05 <= pause <= 1

    def test_a_routine_is_waited_for_within_the_window(self) -> None:
        policy = RetryPolicy()
        for number in (1305, 1370):
            error = from_server(number, "42000", "x")
            assert policy.pause_s(error, 50, 1.9) is not None
            assert policy.pause_s(error, 1, 2.0) is None

    def test_everything_else_is_final(self) -> None:
        for error in (from_server(number, None, "x") for number in (1045, 1049, 1064, 50001)):
            assert RetryPolicy().pause_s(error, 1, 0) is None
        assert RetryPolicy().pause_s(AccessDenied(), 1, 0) is None

    def test_pauses_differ(self) -> None:
        random.seed(1)
        pauses = {RetryPolicy().pause_s(DeadlockError(), 2, 0) for _ in range(10)}
        assert len(pauses) == 10

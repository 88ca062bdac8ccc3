"""The breaker opens when the database is gone, and closes when it is back."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import mysql.connector
import pytest

import pyclient
from pyclient import errors
from pyclient._retry import RetryPolicy
from pyclient.breaker import BreakerStats, CircuitBreaker, CircuitOpen, State
from pyclient.dsn import Dsn
from pyclient.errors import ConnectionLost, InvalidArgument, Unavailable, from_server
from tools.server import PrivateServer, private


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    """The thresholds of every day: 5 failures, 60 s, 2 successes, one probe."""
    return CircuitBreaker(clock=clock)


def fail(breaker: CircuitBreaker, error: BaseException | None = None) -> None:
    error = error or ConnectionLost("gone")

    def function() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        breaker.call(function)
    assert caught.value is error


def opened(breaker: CircuitBreaker) -> None:
    for _ in range(5):
        fail(breaker)
    assert breaker.state == "open"


def refused(breaker: CircuitBreaker) -> CircuitOpen:
    called = []
    with pytest.raises(CircuitOpen) as caught:
        breaker.call(lambda: called.append(1))
    assert called == []
    return caught.value


def test_it_opens_after_failures_in_a_row(breaker: CircuitBreaker) -> None:
    for _ in range(4):
        fail(breaker)
    assert breaker.call(lambda: "ok") == "ok"
    for _ in range(4):
        fail(breaker)
    assert breaker.state == "closed"
    fail(breaker)
    assert breaker.state == "open"


def test_an_open_one_says_when_to_come_back(breaker: CircuitBreaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += 20.04
    error = refused(breaker)
    assert error.retry_in_s == pytest.approx(39.96)
    assert str(error) == "the database was unavailable: the next try is in 40 s"
    assert isinstance(error, Unavailable)
    assert error.kind == "unavailable"
    assert RetryPolicy().pause_s(error, 1, 0.0) is None
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.retry_in_s) == (str(error), error.retry_in_s)


def test_it_closes_after_successes(breaker: CircuitBreaker, clock: Clock) -> None:
    opened(breaker)
    clock.now += 59.9
    refused(breaker)
    clock.now += 0.1
    assert breaker.state == "half_open"
    breaker.call(lambda: None)
    assert breaker.state == "half_open"
    breaker.call(lambda: None)
    assert breaker.state == "closed"
    assert breaker.stats()["failure_count"] == 0


def test_a_failure_opens_a_half_open_one_for_the_whole_time(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    opened(breaker)
    clock.now += 60
    breaker.call(lambda: None)
    fail(breaker)
    assert breaker.state == "open"
    assert refused(breaker).retry_in_s == 60
    clock.now += 60
    breaker.call(lambda: None)
    assert breaker.state == "half_open"  # the success before the failure does not count


@pytest.mark.parametrize("limit", [1, 3])
def test_a_half_open_one_lets_few_through_at_once(clock: Clock, limit: int) -> None:
    breaker = CircuitBreaker(1, 60, 100, limit, clock=clock)
    fail(breaker)
    clock.now += 60
    callers = 16
    inside, most, passed = 0, 0, 0
    lock = threading.Lock()
    start = threading.Barrier(callers)
    full = threading.Event()

    def probe() -> None:
        nonlocal inside, most, passed
        with lock:
            inside += 1
            passed += 1
            most = max(most, inside)
        assert full.wait(30)
        with lock:
            inside -= 1

    def try_it() -> bool:
        start.wait()
        try:
            breaker.call(probe)
        except CircuitOpen as error:
            assert error.retry_in_s == 1
            if breaker.stats()["rejected_count"] == callers - limit:
                full.set()
            return False
        return True

    with ThreadPoolExecutor(callers) as pool:
        results = [future.result() for future in [pool.submit(try_it) for _ in range(callers)]]
    assert (most, passed, results.count(True)) == (limit, limit, limit)
    breaker.call(lambda: None)  # the places are free again


def test_a_probe_that_never_comes_back_does_not_block_for_ever(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    opened(breaker)
    clock.now += 60

    def hang() -> None:
        refused(breaker)
        clock.now += 60
        breaker.call(lambda: None)
        breaker.call(lambda: None)
        assert breaker.state == "closed"
        raise ConnectionLost("at last")

    with pytest.raises(ConnectionLost):
        breaker.call(hang)
    assert breaker.state == "closed"
    assert breaker.stats()["failure_count"] == 0


def test_a_late_answer_to_a_call_from_before_changes_nothing(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    def slow() -> None:
        opened(breaker)

    breaker.call(slow)
    assert breaker.state == "open"

    def slow_failure() -> None:
        breaker.reset()
        opened(breaker)
        clock.now += 60
        breaker.call(lambda: None)
        raise ConnectionLost("late")

    breaker.reset()
    with pytest.raises(ConnectionLost):
        breaker.call(slow_failure)
    assert breaker.state == "half_open"


DATABASE_FAILURES = [
    ConnectionLost("no answer"),
    *(from_server(number, "HY000", "x") for number in (1040, 1203, 1226, 1053, 2003, 2013, 1290)),
]
ANSWERS = [
    from_server(50100, "45000", "LEASE_LOST: gone"),
    from_server(50120, "45000", "REQUEST_BUSY: wait"),
    from_server(50002, "45000", "PAUSED: no"),
    from_server(1213, "40001", "deadlock"),
    from_server(1205, "HY000", "lock wait"),
    from_server(1045, "28000", "denied"),
    from_server(1305, "42000", "no such routine"),
    from_server(1153, "08S01", "too large"),
]
OF_NO_SIGNIFICANCE = [
    InvalidArgument("not JSON"),
    errors.PoolTimeout("all in use"),
    errors.Conflict("the client is closed"),
    from_server(2014, "HY000", "commands out of sync"),
    from_server(0, None, "what?"),
    ValueError("a fault of the caller"),
    KeyboardInterrupt(),
]


@pytest.mark.parametrize("error", DATABASE_FAILURES, ids=repr)
def test_what_says_that_the_database_is_away_counts(
    breaker: CircuitBreaker, error: Exception
) -> None:
    fail(breaker, error)
    assert breaker.stats()["failure_count"] == 1


@pytest.mark.parametrize("error", ANSWERS, ids=repr)
def test_an_error_that_the_database_answers_with_shows_that_it_lives(
    breaker: CircuitBreaker, clock: Clock, error: Exception
) -> None:
    fail(breaker)
    fail(breaker, error)
    assert breaker.stats()["failure_count"] == 0
    opened(breaker)
    clock.now += 60
    for _ in range(2):
        fail(breaker, error)
    assert breaker.state == "closed"


@pytest.mark.parametrize("error", OF_NO_SIGNIFICANCE, ids=repr)
def test_what_says_nothing_about_the_database_changes_nothing(
    breaker: CircuitBreaker, clock: Clock, error: BaseException
) -> None:
    fail(breaker)
    fail(breaker, error)
    assert breaker.stats()["failure_count"] == 1
    breaker.reset()
    opened(breaker)
    clock.now += 60
    for _ in range(3):  # and gives back its place as a probe
        fail(breaker, error)
    assert breaker.state == "half_open"


def test_the_statistics_tell_what_happened(breaker: CircuitBreaker, clock: Clock) -> None:
    before = datetime.now(UTC)
    fresh = breaker.stats()
    assert fresh["last_state_change"] <= before
    assert fresh == BreakerStats(
        state=State.CLOSED,
        failure_count=0,
        success_count=0,
        last_failure_time=None,
        last_state_change=fresh["last_state_change"],
        rejected_count=0,
    )
    opened(breaker)
    refused(breaker)
    refused(breaker)
    found = breaker.stats()
    assert (found["state"], found["failure_count"], found["rejected_count"]) == ("open", 5, 2)
    assert found["last_failure_time"] is not None
    assert before <= found["last_failure_time"] <= found["last_state_change"]
    clock.now += 60
    breaker.call(lambda: None)
    assert breaker.stats()["success_count"] == 1
    breaker.reset()
    assert breaker.stats() == fresh | {"last_state_change": breaker.stats()["last_state_change"]}
    assert breaker.stats()["last_state_change"] >= found["last_state_change"]


@pytest.mark.parametrize(
    "settings",
    [
        {"failure_threshold": 0},
        {"timeout_s": 0},
        {"timeout_s": float("nan")},
        {"success_threshold": 0},
        {"probe_limit": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        CircuitBreaker(**settings)


def test_many_threads_count_every_failure() -> None:
    breaker = CircuitBreaker(failure_threshold=8 * 200 + 1)
    start = threading.Barrier(8)

    def failures() -> None:
        start.wait()
        for _ in range(200):
            fail(breaker)

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(failures) for _ in range(8)]:
            future.result()
    assert breaker.stats()["failure_count"] == 8 * 200
    fail(breaker)
    assert breaker.state == "open"


def test_a_forked_child_does_not_wait_for_a_thread_of_its_parent(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    opened(breaker)
    clock.now += 60

    def probe() -> None:
        with breaker._lock:
            child = os.fork()
            if child == 0:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.alarm(20)  # rather than hang
                os._exit(0 if breaker.call(lambda: 7) == 7 else 1)
        assert os.waitpid(child, 0)[1] == 0

    breaker.call(probe)


@pytest.fixture(scope="module")
def own_server() -> Iterator[PrivateServer]:
    """A server of one's own, with the one routine that is called here."""
    with private(innodb_buffer_pool_size="64M") as server:
        dsn = Dsn.parse(server.url)
        arguments = dsn.connect_args() | {"database": None}
        connection = mysql.connector.connect(**arguments)
        for statement in (
            "CREATE DATABASE breaker",
            f"CREATE PROCEDURE breaker.celers_version() SELECT '{pyclient.__version__}' AS version",
        ):
            connection.cmd_query(statement)
        connection.close()
        yield server


def test_a_client_stops_asking_a_server_that_is_gone(
    own_server: PrivateServer, breaker: CircuitBreaker, clock: Clock
) -> None:
    calls: list[Callable[[pyclient.Client], object]] = [
        lambda client: client.schema_version(),
        lambda client: client.transaction().__enter__(),
    ]
    policy = RetryPolicy(deadline_s=0.5)
    with pyclient.connect(own_server.dsn("breaker"), breaker=breaker, retry=policy) as client:
        assert client.schema_version() == pyclient.__version__
        own_server.kill()
        try:
            for number in range(5):
                with pytest.raises(ConnectionLost):
                    calls[number % 2](client)
                assert breaker.stats()["failure_count"] == number + 1  # not once per retry
            for call in calls:
                with pytest.raises(CircuitOpen, match="in 60 s"):
                    call(client)
            clock.now += 60
            with pytest.raises(ConnectionLost):
                client.schema_version()
            assert breaker.state == "open"
        finally:
            own_server.start()
        with pytest.raises(CircuitOpen):
            client.schema_version()
        clock.now += 60
        assert client.schema_version() == pyclient.__version__
        with client.transaction() as tx:
            assert tx.schema_version() == pyclient.__version__
        assert breaker.state == "closed"


def test_one_breaker_may_stand_before_several_clients(breaker: CircuitBreaker) -> None:
    nowhere = Dsn.parse("mysql://root@127.0.0.1:1/none")
    with pyclient.connect(nowhere, breaker=breaker) as one:
        for _ in range(5):
            with pytest.raises(ConnectionLost):
                one.schema_version()
    with pyclient.connect(nowhere, breaker=breaker) as two, pytest.raises(CircuitOpen):
        _ = two.server_version

"""The pool: last in first out, patient, bounded, and safe to inherit."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import pyclient
from pyclient._call import socket_of
from pyclient._connect import open_connection
from pyclient._pool import Pool
from pyclient.errors import Conflict, ConnectionLost, PoolTimeout
from pyclient.tests.calls import answer, value
from pyclient.tests.conftest import Lab
from pyclient.tests.test_driver import as_url

MakePool = Callable[..., Pool]


@pytest.fixture
def make_pool(lab: Lab) -> Iterator[MakePool]:
    """Pools of connections to the lab, closed at the end."""
    pools: list[Pool] = []

    def make(size: int = 2, wait_s: float = 0.0, max_idle_s: float = 60.0) -> Pool:
        pool = Pool(
            lambda: open_connection(lab.dsn),
            socket_of,
            size=size,
            wait_s=wait_s,
            max_idle_s=max_idle_s,
        )
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        pool.close()


def test_the_connection_used_last_is_used_next(make_pool: MakePool) -> None:
    pool = make_pool()
    first, second = pool.acquire(), pool.acquire()
    assert first is not second
    pool.release(first)
    pool.release(second)
    assert pool.acquire() is second
    assert pool.acquire() is first


def test_an_exhausted_pool_says_so_after_the_wait(make_pool: MakePool) -> None:
    pool = make_pool(size=1, wait_s=0.05)
    pool.acquire()
    with pytest.raises(PoolTimeout, match=r"all 1 connections were in use for 0\.05 s"):
        pool.acquire()


def test_a_waiter_gets_what_is_given_back(make_pool: MakePool, in_thread: Any) -> None:
    pool = make_pool(size=1, wait_s=20)
    for give_back in (pool.release, pool.discard):
        taken = pool.acquire()
        result = in_thread(pool.acquire)
        give_back(taken)
        got = result()
        assert (got is taken) == (give_back == pool.release)
        pool.release(got)


def test_a_failed_opening_gives_its_place_back(lab: Lab) -> None:
    nowhere = dataclasses.replace(lab.dsn, socket="/nonexistent/socket")
    pool = Pool(lambda: open_connection(nowhere), socket_of, size=1, wait_s=0, max_idle_s=60)
    for _ in range(3):
        with pytest.raises(ConnectionLost):
            pool.acquire()


def test_a_connection_idle_for_too_long_is_replaced(make_pool: MakePool, lab: Lab) -> None:
    pool = make_pool(max_idle_s=-1)
    old: Any = pool.acquire()
    old_id = old.connection_id
    pool.release(old)
    assert pool.acquire() is not old
    seen = f"SELECT COUNT(*) FROM information_schema.processlist WHERE id = {old_id}"
    lab.until(lambda: lab.sql(seen)[0][0] == 0, "the old connection end")


def test_a_closed_pool_opens_nothing_more(make_pool: MakePool, lab: Lab) -> None:
    pool = make_pool()
    busy: Any = pool.acquire()
    idle: Any = pool.acquire()
    ids = f"({busy.connection_id}, {idle.connection_id})"
    pool.release(idle)
    pool.close()
    with pytest.raises(Conflict, match="closed"):
        pool.acquire()
    pool.release(busy)
    seen = f"SELECT COUNT(*) FROM information_schema.processlist WHERE id IN {ids}"
    lab.until(lambda: lab.sql(seen)[0][0] == 0, "both connections end")


def test_where_one_connection_broke_the_idle_ones_go_too(make_pool: MakePool) -> None:
    pool = make_pool(size=2)
    broken, idle = pool.acquire(), pool.acquire()
    pool.release(idle)
    pool.discard(broken)
    pool.discard_idle()
    assert pool.acquire() is not idle
    assert pool.acquire() is not broken


def test_a_closed_pool_wakes_its_waiters(make_pool: MakePool, in_thread: Any) -> None:
    pool = make_pool(size=1, wait_s=60)
    pool.acquire()
    result = in_thread(pool.acquire)
    pool.close()
    with pytest.raises(Conflict, match="closed"):
        result()


def test_a_pool_of_nothing_is_refused(make_pool: MakePool) -> None:
    with pytest.raises(ValueError, match="0 connections"):
        make_pool(size=0)


def test_many_threads_share_few_connections(lab: Lab) -> None:
    with pyclient.connect(lab.dsn, pool_size=3, pool_wait_s=60) as client:

        def work(number: int) -> set[int]:
            for i in range(100):
                text = f"{number}-{i}"
                assert answer(client, "celers_echo", text, None) == [(text, None)]
            return {value(client, "celers_where")}

        with ThreadPoolExecutor(16) as threads:
            ids = set().union(*threads.map(work, range(16)))
    assert 1 <= len(ids) <= 3


def test_connections_are_reused_without_a_word(lab: Lab, client: pyclient.Client) -> None:
    assert answer(client, "celers_nothing") == []
    before, questions = commands(client)
    for _ in range(10):
        answer(client, "celers_nothing")
    after, questions_after = commands(client)
    assert after == before
    assert questions_after - questions == 11 * 1


def commands(client: pyclient.Client) -> tuple[dict[str, int], int]:
    """What the client's session was asked so far: everything but queries, and queries."""
    rows = client._session.run(
        b"SHOW SESSION STATUS WHERE Variable_name IN ('Com_admin_commands', 'Com_set_option', "
        b"'Com_select', 'Com_change_db', 'Com_commit', 'Com_rollback', 'Questions')"
    )[1]
    status = {name: int(count) for name, count in rows}
    return status, status.pop("Questions")


@pytest.mark.parametrize("threads", [1, 8])
def test_a_fork_in_the_middle_of_calls(client: pyclient.Client, threads: int) -> None:
    stop = threading.Event()

    def call() -> None:
        while not stop.is_set():
            answer(client, "celers_nothing")

    busy = [threading.Thread(target=call) for _ in range(threads)]
    for thread in busy:
        thread.start()
    try:
        for _ in range(5):
            child = os.fork()
            if child == 0:
                os._exit(0 if value(client, "celers_null", None) == 1 else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        stop.set()
        for thread in busy:
            thread.join()
    assert value(client, "celers_null", None) == 1


FORK = """
import os, sys
import pyclient
from pyclient import _session
from pyclient.tests.calls import value

if sys.argv[2] == "unknown":
    _session.socket_of = lambda connection: None

def where(client):
    return value(client, "celers_where")

client = pyclient.connect(sys.argv[1], pool_size=3)
kept = pyclient.connect(sys.argv[1], pool_size=1)
mine, kept_id = where(client), where(kept)
reader, writer = os.pipe()
for round in range(3):
    if os.fork() == 0:
        if round:
            theirs = {where(client) for _ in range(3)}
            os.write(writer, b"y" if len(theirs) == 1 and mine not in theirs else b"n")
        if round == 2:
            client.close()
        sys.exit()  # the whole of Python's farewell, with every connection's
    assert os.wait()[1] == 0
with client.transaction() as transaction:
    inside = where(transaction)
    if os.fork() == 0:
        try:
            where(transaction)
        except pyclient.CelersError as error:
            os.write(writer, b"y" if type(error).__name__ == "ConnectionLost" else b"n")
        sys.exit()
    assert os.wait()[1] == 0
    assert where(transaction) == inside
os.close(writer)
assert os.read(reader, 10) == b"yyy", "the children's calls"
assert where(client) == mine, "the parent's connection was replaced"
assert where(kept) == kept_id
print("ok")
"""


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize("transport", ["socket", "tls"])
@pytest.mark.parametrize("descriptor", ["known", "unknown"])
def test_a_forked_child_leaves_the_parents_connections_alone(
    lab: Lab, pure: bool, transport: str, descriptor: str
) -> None:
    dsn = dataclasses.replace(lab.dsn, use_pure=pure)
    url = as_url(dsn) + ("&" if dsn.socket else "?") + f"use_pure={int(pure)}"
    if transport == "tls":
        url = as_url(dataclasses.replace(dsn, socket=None))
        url += f"?ssl_mode=REQUIRED&use_pure={int(pure)}"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORK, url, descriptor],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
    )
    assert (done.stdout, done.stderr) == ("ok\n", "")


def test_a_child_does_not_keep_the_parents_session_alive(lab: Lab) -> None:
    """A parent that dies is seen by the server even while its child lives on."""
    reader, writer = os.pipe()
    hold, release = os.pipe()
    parent = os.fork()
    if parent == 0:
        client = pyclient.connect(lab.dsn)
        os.write(writer, str(value(client, "celers_where")).encode())
        if os.fork() == 0:
            os.close(release)
            os.read(hold, 1)  # until the test lets go
            os._exit(0)
        os._exit(0)
    os.close(hold)
    os.waitpid(parent, 0)
    session = int(os.read(reader, 20))
    seen = f"SELECT COUNT(*) FROM information_schema.processlist WHERE id = {session}"
    lab.until(lambda: lab.sql(seen)[0][0] == 0, "the dead parent's session end")
    for descriptor in (reader, writer, release):
        os.close(descriptor)

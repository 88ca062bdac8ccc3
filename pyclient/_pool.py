"""A small pool of connections: last in first out, no round trips of its own.

No connection is pinged at checkout (a broken one shows at its call, which is repeated on a new
one) nor reset at return (our routines leave nothing behind in a session).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Protocol

from pyclient.errors import Conflict, PoolTimeout


class Connection(Protocol):
    """What the pool asks of a connection."""

    def close(self) -> None:
        """End it; may write to the server."""


class Pool:
    """Up to ``size`` connections, shared by threads; safe to inherit by fork."""

    def __init__(
        self,
        opener: Callable[[], Connection],
        socket_of: Callable[[Any], int | None],
        *,
        size: int,
        wait_s: float,
        max_idle_s: float,
    ) -> None:
        """Nothing is opened yet.

        Args:
            opener: makes a connection.
            socket_of: the file descriptor of a connection, None where it is not known.
            size: connections at most, idle or in use.
            wait_s: seconds that acquire() waits for a connection while all are in use.
            max_idle_s: seconds after which an idle connection is closed instead of handed out;
                less than the server's wait_timeout and any proxy's.
        """
        if size < 1:
            raise ValueError(f"a pool of {size} connections is of no use")
        self._opener, self._socket_of = opener, socket_of
        self._size, self._wait_s, self._max_idle_s = size, wait_s, max_idle_s
        self._is_closed = False
        self._start_empty()
        _pools.add(self)

    def _start_empty(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._idle: list[tuple[Connection, float]] = []
        self._taken = 0  # places in use: by idle connections, busy ones, and those being opened
        self._sockets: dict[Connection, tuple[int, int] | None] = {}  # descriptor, inode

    def acquire(self) -> Connection:
        """A connection for the caller alone, until release() or discard().

        Raises:
            PoolTimeout: all connections stayed in use for wait_s seconds.
            Conflict: the pool is closed.
            CelersError: a connection could not be opened.
        """
        expired: list[Connection] = []
        with self._changed:
            connection = self._idle_or_place(expired)
        for old in expired:
            close_quietly(old)
        return self._open() if connection is None else connection

    def _idle_or_place(self, expired: list[Connection]) -> Connection | None:
        """An idle connection, or None: a place for a new one was taken."""
        give_up_at: float | None = None
        while True:
            if self._is_closed:
                raise Conflict("the client is closed")
            now = time.monotonic()
            while self._idle:
                connection, idle_since = self._idle.pop()
                if now - idle_since <= self._max_idle_s:
                    return connection
                expired.append(connection)
                self._forget(connection)
            if self._taken < self._size:
                self._taken += 1
                return None
            give_up_at = now + self._wait_s if give_up_at is None else give_up_at
            if now >= give_up_at:
                raise PoolTimeout(
                    f"all {self._size} connections were in use for {self._wait_s:g} s: "
                    "raise pool_size, or end transactions sooner"
                )
            self._changed.wait(give_up_at - now)

    def _open(self) -> Connection:
        try:
            connection = self._opener()
        except BaseException:
            with self._changed:
                self._taken -= 1
                self._changed.notify()
            raise
        with self._changed:
            self._sockets[connection] = _identity(self._socket_of(connection))
        return connection

    def release(self, connection: Connection) -> None:
        """Take back a connection that is as good as new."""
        with self._changed:
            if self.owns(connection) and not self._is_closed:
                self._idle.append((connection, time.monotonic()))
                self._changed.notify()
                return
        self.discard(connection)

    def discard(self, connection: Connection) -> None:
        """Close a connection that nobody should use again, and free its place."""
        with self._changed:
            is_ours = self.owns(connection)
            if is_ours:
                self._forget(connection)
        if is_ours:
            close_quietly(connection)

    def owns(self, connection: Connection) -> bool:
        """Whether this process opened the connection, not one that it was forked from."""
        return connection in self._sockets

    def discard_idle(self) -> None:
        """Close what is idle: where one connection broke, the others are likely to be broken."""
        with self._changed:
            idle, self._idle = [connection for connection, _ in self._idle], []
            for connection in idle:
                self._forget(connection)
        for connection in idle:
            close_quietly(connection)

    def _forget(self, connection: Connection) -> None:
        del self._sockets[connection]
        self._taken -= 1
        self._changed.notify()

    def close(self) -> None:
        """Close what is idle now, and the rest when it comes back; acquire() fails from now on."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self.discard_idle()

    def leave_to_parent(self) -> None:
        """In a forked child: let go of the inherited connections without a word to the server."""
        inherited = self._sockets
        self._start_empty()
        for connection, identity in inherited.items():
            if identity is not None and identity == _identity(identity[0]):
                _replace_by_null(identity[0])
                close_quietly(connection)
            else:  # closing it would end the parent's session: it must outlive this process
                ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))


def close_quietly(connection: Connection) -> None:
    """Close a connection; one that is broken already is closed all the same."""
    with contextlib.suppress(Exception):  # nothing is lost with it, and nobody could act on it
        connection.close()


def _identity(descriptor: int | None) -> tuple[int, int] | None:
    """The descriptor with the inode behind it: the number alone may be given to another file."""
    if descriptor is None:
        return None
    try:
        return descriptor, os.fstat(descriptor).st_ino
    except OSError:
        return None


def _replace_by_null(descriptor: int) -> None:
    """What the driver still writes goes to the null device."""
    null = os.open(os.devnull, os.O_RDWR)
    try:
        os.dup2(null, descriptor, inheritable=False)
    finally:
        os.close(null)


_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


def _after_fork() -> None:
    for pool in list(_pools):
        pool.leave_to_parent()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_after_fork)

"""A proxy between a deployment and the server that kills the deployment at one of its questions."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import socket
import threading
from collections.abc import Iterator
from types import TracebackType

from pyclient.dsn import Dsn
from pyclient.migrate.session import Refused, Session

_QUERY = 0x03


class KillingProxy:
    """Takes one connection; kills ``victim`` at question number ``at`` (from 1).

    ``way``: ``after`` the server has got the question, with the answer never read; or ``amid`` its
    answer, at the first word of which the server's session is killed too.
    """

    def __init__(self, server: Dsn, at: int = 0, way: str = "after") -> None:
        self.server, self.at, self.way = server, at, way
        self.questions: list[str] = []
        self._victim: int | None = None
        self._known = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.dsn = dataclasses.replace(
            server, host="127.0.0.1", port=port, socket=None, ssl_mode="DISABLED"
        )
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._failure: BaseException | None = None
        self._amid: threading.Event | None = None
        self._session = 0

    @property
    def victim(self) -> int | None:
        """The process to be killed."""
        return self._victim

    @victim.setter
    def victim(self, pid: int | None) -> None:
        self._victim = pid
        self._known.set()

    def __enter__(self) -> KillingProxy:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()
        self._thread.join(30)
        if self._failure is not None and error is None:
            raise self._failure

    def _serve(self) -> None:
        try:
            client, _ = self._listener.accept()
            with client, self._connect() as upstream:
                answers = threading.Thread(target=self._back, args=(upstream, client), daemon=True)
                answers.start()
                self._forward(client, upstream)
                with contextlib.suppress(OSError):
                    upstream.shutdown(socket.SHUT_RDWR)
                answers.join(30)
        except BaseException as error:
            self._failure = error

    def _connect(self) -> socket.socket:
        if self.server.socket is None:
            return socket.create_connection((self.server.host, self.server.port))
        upstream = socket.socket(socket.AF_UNIX)
        upstream.connect(self.server.socket)
        return upstream

    def _forward(self, client: socket.socket, upstream: socket.socket) -> None:
        """Pass packets on, and count the questions: commands begin a new sequence."""
        for packet in _packets(client):
            if packet[3] == 0 and packet[4] == _QUERY:
                self.questions.append(packet[5:].decode())
                if len(self.questions) == self.at:
                    self._end(packet, upstream)
                    return
            upstream.sendall(packet)

    def _end(self, packet: bytes, upstream: socket.socket) -> None:
        """Ask the last question, and kill."""
        if self.way == "amid":
            self._amid = threading.Event()
        upstream.sendall(packet)
        if self._amid is not None:
            assert self._amid.wait(30), "the server never answered"
        self._kill()
        if self._amid is not None:
            self._kill_session()

    def _back(self, upstream: socket.socket, client: socket.socket) -> None:
        """Pass answers back until one side ends."""
        with contextlib.suppress(OSError):
            greeting = upstream.recv(65536)
            self._session = _session_of(greeting)
            client.sendall(greeting)
            while data := upstream.recv(65536):
                if self._amid is not None:
                    self._amid.set()
                    continue
                client.sendall(data)

    def _kill(self) -> None:
        assert self._known.wait(30), "nobody said whom to kill"
        assert self._victim is not None
        os.kill(self._victim, signal.SIGKILL)

    def _kill_session(self) -> None:
        with Session(self.server) as session, contextlib.suppress(Refused):
            session.run(f"KILL CONNECTION {self._session}")


def _packets(source: socket.socket) -> Iterator[bytes]:
    """Whole packets: three bytes of length, the sequence number, the content."""
    pending = b""
    while True:
        while len(pending) >= 4:
            end = 4 + int.from_bytes(pending[:3], "little")
            if len(pending) < end:
                break
            yield pending[:end]
            pending = pending[end:]
        try:
            data = source.recv(65536)
        except ConnectionResetError:
            return
        if not data:
            return
        pending += data


def _session_of(greeting: bytes) -> int:
    """The connection's number: it follows the version, which ends with a NUL."""
    start = greeting.index(b"\0", 5) + 1
    return int.from_bytes(greeting[start : start + 4], "little")

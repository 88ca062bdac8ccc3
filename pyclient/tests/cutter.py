"""A TCP proxy that cuts connections before, during and after calls, by a seeded dice."""

from __future__ import annotations

import random
import select
import socket
import threading
from collections import Counter
from contextlib import suppress

WAYS = ("before", "during", "after")


class Cutter:
    """Stands between clients and a MySQL server.

    before: what the client says never reaches the server. during: it does, and the connection
    breaks at once. after: the server has answered, and the answer never reaches the client.

    Attributes:
        port: where it listens, on 127.0.0.1.
        share: of the calls that are cut, 0..1.
        calls: how many it has seen.
        cuts: how many it cut, by the way.
        withholds: answers do not reach clients, and connections stay.
        withheld: set when an answer was withheld.
    """

    def __init__(self, host: str, port: int, *, share: float = 0.0, seed: int = 0) -> None:
        self.share = share
        self.calls = 0
        self.cuts: Counter[str] = Counter()
        self.withholds = False
        self.withheld = threading.Event()
        self._server = (host, port)
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """Carry what one connection says, until either end is gone or the dice ends it."""
        with client, suppress(OSError), socket.create_connection(self._server) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            goes_on = True
            while goes_on:
                readable, _, _ = select.select([client, server], [], [])
                carry = self._carry_answer if server in readable else self._carry_question
                goes_on = carry(client, server)

    def _carry_answer(self, client: socket.socket, server: socket.socket) -> bool:
        answer = server.recv(1 << 16)
        if self.withholds and answer:
            self.withheld.set()
        else:
            client.sendall(answer)
        return bool(answer)

    def _carry_question(self, client: socket.socket, server: socket.socket) -> bool:
        question = client.recv(1 << 16)
        way = self._throw() if question else "before"
        if way == "before":
            return False
        server.sendall(question)
        if way == "after":
            server.recv(1)
        return way is None

    def _throw(self) -> str | None:
        with self._lock:
            self.calls += 1
            if self._random.random() >= self.share:
                return None
            way = self._random.choice(WAYS)
            self.cuts[way] += 1
            return way

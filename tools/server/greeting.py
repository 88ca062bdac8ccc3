"""What a MySQL server says before any login: that it is ready, and its version."""

import socket

from tools.server.errors import ServerError

TIMEOUT_S = 5.0
ERROR_PACKET = 0xFF


def read_version(path: str = "", host: str = "127.0.0.1", port: int = 0) -> str:
    """The version text of the server at the unix socket `path`, or else at `host` and `port`.

    Raises OSError if nobody answers within TIMEOUT_S, ServerError if the server refuses to talk.
    """
    connection = socket.socket(socket.AF_UNIX) if path else socket.socket()
    with connection:
        connection.settimeout(TIMEOUT_S)
        connection.connect(path or (host, port))
        packet = _packet(connection)
    if packet[0] == ERROR_PACKET:
        raise ServerError(f"The server refuses connections: {packet[3:].decode(errors='replace')}.")
    return packet[1 : packet.index(0, 1)].decode(errors="replace")


def _packet(connection: socket.socket) -> bytes:
    length = int.from_bytes(_exactly(connection, 4)[:3], "little")
    return _exactly(connection, length)


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise ConnectionError("The server closed the connection.")
        data += more
    return data

"""A real MySQL server for tests, demonstrations and development.

    # The first server there is; the order is in choose.py.
    with tools.server.acquire() as server:
        connect(server.dsn())

    # One's own, to be killed at will.
    with tools.server.private(event_scheduler="OFF") as server:
        server.kill()
        server.start()

On the command line: `python -m tools.server --help`.
"""

from tools.server.choose import acquire
from tools.server.errors import NotSupported, ServerError
from tools.server.instance import PrivateServer
from tools.server.server import Server
from tools.server.throwaway import private

__all__ = ["NotSupported", "PrivateServer", "Server", "ServerError", "acquire", "private"]

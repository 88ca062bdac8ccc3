"""A running MySQL server, as the users of this package see it."""

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from tools.server.errors import NotSupported


def format_dsn(
    host: str, port: int, socket: str = "", user: str = "root", password: str = ""
) -> str:
    """The DSN `mysql://user:password@host:port/?socket=path`, without its empty parts."""
    secret = f":{quote(password, safe='')}" if password else ""
    query = f"?socket={quote(socket, safe='/')}" if socket else ""
    return f"mysql://{quote(user, safe='')}{secret}@{host}:{port}/{query}"


@dataclass(kw_only=True)
class Server:
    """A MySQL server.

    Attributes:
        url: the DSN of its administrator, without a database if it is one of ours.
        host, port: where it listens.
        socket: the path of its unix socket, empty if there is none.
        version: `major.minor.patch`.
        how: in words, what server it is.
        passed_over: sentences that say why those before it in the order were not taken.
    """

    url: str
    host: str
    port: int
    socket: str
    version: str
    how: str
    passed_over: tuple[str, ...] = ()

    def dsn(self, database: str | None = None, user: str | None = None, password: str = "") -> str:
        """The DSN for a database and a user; None keeps what the administrator's DSN says."""
        parts = urlsplit(self.url)
        if database is not None:
            parts = parts._replace(path="/" + quote(database, safe=""))
        if user is not None and (password or user != unquote(parts.username or "")):
            secret = f":{quote(password, safe='')}" if password else ""
            address = parts.netloc.rpartition("@")[2]
            parts = parts._replace(netloc=f"{quote(user, safe='')}{secret}@{address}")
        return parts.geturl()

    def start(self) -> None:
        """Start the stopped server on the same data, port and socket. Raises ServerError."""
        raise self._not_ours()

    def stop(self) -> None:
        """Shut the server down cleanly. Raises NotSupported if it is not a private one."""
        raise self._not_ours()

    def kill(self) -> None:
        """End the server with SIGKILL, as a crash would.

        Raises NotSupported if it is not a private one.
        """
        raise self._not_ours()

    def restart(self) -> None:
        """Stop the server cleanly if it runs, and start it. Raises ServerError."""
        self.stop()
        self.start()

    def _not_ours(self) -> NotSupported:
        return NotSupported(
            f"This server cannot be started, stopped or killed from here: {self.how}."
        )

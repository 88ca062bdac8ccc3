"""Where the server is: one URL, read once, and never shown with its password."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pyclient.errors import InvalidDsn

SSL_MODES = ("DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY")
_HOST, _PORT = "127.0.0.1", 3306
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_FORM = "mysql://user:password@host:3306/database?socket=/path"
_ADVICE = "special characters in the user's name and the password are percent-encoded"


@dataclass(frozen=True, slots=True, repr=False)
class Dsn:
    """The parts of a DSN.

    Options of the query part, all optional:
        socket: path of a unix socket; host and port then mean nothing.
        ssl_mode: one of SSL_MODES. Without it: TLS is off on a unix socket, and on a loopback
            address for an account without a password (with one, MySQL's default authentication
            asks for TLS); elsewhere TLS is used where the server has it. With ssl_ca and no
            ssl_mode the certificate is verified, and a server without TLS refused.
        ssl_ca, ssl_cert, ssl_key: paths of PEM files.
        connect_timeout, read_timeout, write_timeout: whole seconds. The read timeout must exceed
            the server's innodb_lock_wait_timeout, and the 2 s that celers_dequeue_wait may wait.
        use_pure: 1 = the driver's Python implementation, for machines where its C extension
            does not load (2 to 4 times the time per call); CELERS_PURE_PYTHON=1 does the same.
    """

    user: str
    password: str = field(default="", repr=False)
    host: str = _HOST
    port: int = _PORT
    database: str | None = None
    socket: str | None = None
    ssl_mode: str | None = None
    ssl_ca: str | None = None
    ssl_cert: str | None = None
    ssl_key: str | None = None
    connect_timeout: int = 10
    read_timeout: int = 60
    write_timeout: int = 60
    use_pure: bool = False

    @classmethod
    def parse(cls, text: str) -> Dsn:
        """Read ``mysql://user:password@host:port/database?option=value``.

        Raises:
            InvalidDsn: the text is not of that form; its message never quotes the text.
        """
        parts = _split(text)
        user = unquote(parts.username or "")
        if not user:
            raise InvalidDsn(f"the DSN names no user; it looks like {_FORM}")
        database = unquote(parts.path[1:])
        if "/" in parts.path[1:]:
            raise InvalidDsn(f"the DSN's path is not one database name; {_ADVICE}")
        return cls(
            user=user,
            password=unquote(parts.password or ""),
            host=parts.hostname or _HOST,
            port=_port(parts),
            database=database or None,
            **_options(parts.query),
        )

    @property
    def is_pure(self) -> bool:
        """Whether the driver's Python implementation is wanted, here or by CELERS_PURE_PYTHON."""
        return self.use_pure or os.environ.get("CELERS_PURE_PYTHON") == "1"

    @property
    def must_use_tls(self) -> bool:
        """Whether a connection without TLS is not good enough."""
        if self.socket or self.ssl_mode in ("DISABLED", "PREFERRED"):
            return False
        return self.ssl_mode is not None or any((self.ssl_ca, self.ssl_cert, self.ssl_key))

    def connect_args(self) -> dict[str, Any]:
        """The keyword arguments for mysql.connector.connect().

        With use_pure=False the driver raises ImportError where its C extension is missing,
        instead of becoming slower in silence.
        """
        args: dict[str, Any] = {
            "user": self.user,
            "password": self.password,
            "use_pure": self.is_pure,
            "autocommit": True,
            "charset": "utf8mb4",
            "collation": "utf8mb4_0900_bin",
            "connection_timeout": self.connect_timeout,
            "read_timeout": self.read_timeout,
            "write_timeout": self.write_timeout,
            "get_warnings": False,
            "allow_local_infile": False,
        }
        if self.database:
            args["database"] = self.database
        if self.socket:
            return args | {"unix_socket": self.socket}
        return args | {"host": self.host, "port": self.port} | self._ssl_args()

    def _ssl_args(self) -> dict[str, Any]:
        files = {"ssl_ca": self.ssl_ca, "ssl_cert": self.ssl_cert, "ssl_key": self.ssl_key}
        args: dict[str, Any] = {name: path for name, path in files.items() if path}
        is_asked_for = self.ssl_mode is not None or bool(args)
        if self.ssl_mode == "DISABLED" or (not is_asked_for and self._is_safe_without_tls()):
            return {"ssl_disabled": True}
        if not is_asked_for:
            return {}
        args["ssl_disabled"] = False
        args["ssl_verify_cert"] = self.ssl_mode in ("VERIFY_CA", "VERIFY_IDENTITY") or (
            self.ssl_mode is None and self.ssl_ca is not None
        )
        args["ssl_verify_identity"] = self.ssl_mode == "VERIFY_IDENTITY"
        return args

    def _is_safe_without_tls(self) -> bool:
        return self.host in _LOOPBACK and not self.password

    def __str__(self) -> str:
        secret = ":***" if self.password else ""
        place = f"{self.host}:{self.port}" if self.socket is None else ""
        query = "" if self.socket is None else f"?socket={self.socket}"
        return f"mysql://{self.user}{secret}@{place}/{self.database or ''}{query}"

    def __repr__(self) -> str:
        return f"Dsn({str(self)!r})"


def from_environment(dsn: str | Dsn | None) -> Dsn:
    """The DSN given, or the one in the environment variable CELERS_DSN.

    Raises:
        InvalidDsn: there is none, or it cannot be read.
    """
    if isinstance(dsn, Dsn):
        return dsn
    text = os.environ.get("CELERS_DSN") if dsn is None else dsn
    if not text:
        raise InvalidDsn(f"no DSN: pass one, or set CELERS_DSN to one like {_FORM}")
    return Dsn.parse(text)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise InvalidDsn(f"the DSN is not a URL; it looks like {_FORM}, and {_ADVICE}") from None
    if parts.scheme.partition("+")[0] != "mysql" or not parts.netloc:
        raise InvalidDsn(f"the DSN does not look like {_FORM}")
    if parts.fragment:
        raise InvalidDsn(f"the DSN holds a '#': {_ADVICE}")
    return parts


def _port(parts: SplitResult) -> int:
    try:
        return _PORT if parts.port is None else parts.port
    except ValueError:
        fault = f"the DSN's port is not a number up to 65535; {_ADVICE}"
    raise InvalidDsn(fault)


def _options(query: str) -> dict[str, Any]:
    try:
        given = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise InvalidDsn(f"the DSN's options are not name=value pairs; {_ADVICE}") from None
    found: dict[str, Any] = {}
    for alias, value in given:
        name = {"unix_socket": "socket"}.get(alias, alias)
        reader = _READERS.get(name)
        if reader is None:
            near = difflib.get_close_matches(name, _READERS, 1)
            guess = f"; did you mean {near[0]}?" if near else ""
            raise InvalidDsn(f"unknown DSN option; known are {', '.join(_READERS)}{guess}")
        if name in found:
            raise InvalidDsn(f"the DSN option {name} is given twice")
        found[name] = reader(name, value)
    return found


def _path(name: str, value: str) -> str:
    if not value:
        raise InvalidDsn(f"the DSN option {name} is empty")
    return value


def _seconds(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 86_400):
        raise InvalidDsn(f"the DSN option {name} is not a number of seconds from 1 to 86400")
    return int(value)


def _ssl_mode(name: str, value: str) -> str:
    mode = value.upper()
    if mode not in SSL_MODES:
        raise InvalidDsn(f"the DSN option {name} is not one of {', '.join(SSL_MODES)}")
    return mode


def _switch(name: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise InvalidDsn(f"the DSN option {name} is neither 0 nor 1")
    return value == "1"


_READERS = {
    "socket": _path,
    "ssl_mode": _ssl_mode,
    "ssl_ca": _path,
    "ssl_cert": _path,
    "ssl_key": _path,
    "connect_timeout": _seconds,
    "read_timeout": _seconds,
    "write_timeout": _seconds,
    "use_pure": _switch,
}

"""One connection of the deployer: statements go to the server whole, which finds their ends itself.

``cmd_query`` is used, never a cursor: the driver's cursors rewrite a text that holds DELIMITER.
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any

from pyclient._call import driver_of, translated
from pyclient._connect import check_server, open_connection
from pyclient.dsn import Dsn, from_environment
from pyclient.errors import ConnectionLost, InvalidDsn
from pyclient.migrate.errors import DeployBusy, DeployFailed, ServerUnsupported

OLDEST = (8, 0, 29)
SQL_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
)
COLLATION = "utf8mb4_0900_bin"
# Names, sql_mode and collation are baked into routines; no statement waits for open transactions
# for longer than a second, because every caller who comes later waits behind it.
FIXED = (
    f"SET NAMES utf8mb4 COLLATE {COLLATION}",
    f"SET SESSION sql_mode = '{SQL_MODE}'",
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION autocommit = 1",
    "SET SESSION completion_type = 'NO_CHAIN'",
    "SET SESSION lock_wait_timeout = 1",
    "SET SESSION innodb_lock_wait_timeout = 5",
    "SET SESSION foreign_key_checks = 1",
    "SET SESSION default_storage_engine = InnoDB",
    "SET SESSION group_concat_max_len = 4194304",
)
WAIT_S = 60
_NEVER_S = 86_400
_BUSY = frozenset({1205, 1213})

Row = tuple[Any, ...]


class Refused(Exception):
    """The server refused ``statement``; those before it in the packet were carried out."""

    def __init__(self, errno: int, message: str, statement: str, *, first: bool) -> None:
        super().__init__(f"{errno}: {message}")
        self.errno = errno
        self.message = message
        self.statement = statement
        self.first = first


def quote(value: object) -> str:
    """A value as SQL text, for a session whose sql_mode is the one fixed here."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def name(*parts: str) -> str:
    """A quoted name: `db`.`routine`."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def ended(statement: str) -> str:
    """A statement with its semicolon, where no comment at its end can swallow that."""
    last = statement.rpartition("\n")[2]
    return statement + ("\n;" if "--" in last or "#" in last else ";")


def check_version(version: str) -> None:
    """Refuse, in one sentence, a server that celers cannot be deployed on."""
    check_server(version)
    match = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if match is None or tuple(int(part) for part in match.groups()) < OLDEST:
        oldest = ".".join(str(part) for part in OLDEST)
        raise ServerUnsupported(f"celers needs MySQL {oldest} or later; this is MySQL {version}")


class Session:
    """A connection to the server, at first without a database."""

    def __init__(self, dsn: str | Dsn | None) -> None:
        parsed = from_environment(dsn)
        if not parsed.database:
            raise InvalidDsn("the DSN names no database: mysql://user@host:3306/celers")
        self.schema: str = parsed.database
        self.where = f"{self.schema} @ {parsed.socket or f'{parsed.host}:{parsed.port}'}"
        # A change of a large table takes as long as it takes: no answer is too late.
        self._connection = open_connection(
            dataclasses.replace(
                parsed, database=None, read_timeout=_NEVER_S, write_timeout=_NEVER_S
            )
        )
        self._driver = driver_of(self._connection)
        self.version = str(self._connection.server_info)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection, and with it every named lock."""
        self._connection.close()

    def prepare(self) -> None:
        """Refuse an unsupported server, then fix what the session bakes into routines."""
        check_version(self.version)
        self.run(*FIXED)
        if self.value("SELECT @@default_collation_for_utf8mb4") != "utf8mb4_0900_ai_ci":
            self.run("SET SESSION default_collation_for_utf8mb4 = utf8mb4_0900_ai_ci")

    def use(self) -> None:
        """Enter the database."""
        self.run("USE " + name(self.schema))

    def run(self, *statements: str) -> list[list[Row]]:
        """Send one packet; return the rows of each answer; raise Refused at the first error.

        No line break after a semicolon: the server counts lines from there, so that the line it
        names in an error is a line of that statement's own text.
        """
        packet = "".join(ended(statement) for statement in statements)
        answers: list[list[Row]] = []
        try:
            for rows in _answers(self._connection, packet.encode()):
                answers.append(rows)
        except self._driver.errors as error:
            known = translated(error)
            if isinstance(known, ConnectionLost) or known.number is None:
                raise known from error
            message = str(getattr(error, "msg", error))
            statement = statements[min(len(answers), len(statements) - 1)]
            raise Refused(known.number, message, statement, first=not answers) from error
        return answers

    def rows(self, sql: str) -> list[Row]:
        """The rows of one SELECT."""
        return self.run(sql)[0]

    def value(self, sql: str) -> Any:
        """The first column of the first row, or None."""
        rows = self.rows(sql)
        return rows[0][0] if rows else None

    def change(
        self,
        packet: Sequence[str],
        what: str,
        say: Callable[[str], None],
        again: Sequence[str] = (),
    ) -> None:
        """Send one packet of DDL; while open transactions hold ``what``, try again for a minute.

        ``again`` is what to send then, where that is not the same.
        """
        until = time.monotonic() + WAIT_S
        told = False
        while True:
            try:
                self.run(*packet)
                return
            except Refused as error:
                if error.errno not in _BUSY:
                    raise
                if time.monotonic() > until:
                    raise DeployBusy(
                        f"{what} is held by an open transaction: run again when it has ended"
                    ) from error
                if not told:
                    say(f"waiting for the open transactions that use {what}")
                    told = True
                if error.first:
                    time.sleep(0.05)
            packet = again or packet

    def lock(self, say: Callable[[str], None]) -> None:
        """Take the named lock of this schema's deployments, waiting for up to a minute."""
        lock = quote(lock_name(self.schema))
        if self.value(f"SELECT GET_LOCK({lock}, 0)") == 1:
            return
        holder = self.value(f"SELECT IS_USED_LOCK({lock})")
        say(f"waiting for the deployment that connection {holder} is doing on {self.schema}")
        if self.value(f"SELECT GET_LOCK({lock}, {WAIT_S})") != 1:
            raise DeployBusy(
                f"another deployment of {self.schema} is still running after {WAIT_S} s "
                f"(connection {holder})"
            )

    def failed(self, what: str, error: Refused) -> DeployFailed:
        """The error of one statement as one line."""
        message = " ".join(error.message.split())
        return DeployFailed(f"{what}: the server answered {error.errno}: {message}")


def lock_name(schema: str) -> str:
    """The named lock of a schema's deployments, within MySQL's 64 characters."""
    lock = f"celers:migrate:{schema}"
    if len(lock) <= 64:
        return lock
    return lock[:47] + ":" + sha256(schema.encode()).hexdigest()[:16]


def _answers(connection: Any, packet: bytes) -> Iterator[list[Row]]:
    """The rows of each statement's answer; the driver's error comes in the place of its answer."""
    if hasattr(connection, "next_result"):  # the C extension
        yield from _c_answers(connection, packet)
        return
    for answer in connection.cmd_query_iter(packet):
        yield connection.get_rows()[0] if "columns" in answer else []


def _c_answers(connection: Any, packet: bytes) -> Iterator[list[Row]]:
    connection.cmd_query(packet)
    while True:
        yield connection.get_rows()[0] if connection.result_set_available else []
        if not connection.next_result():
            return
        if connection.result_set_available:
            connection.fetch_eof_columns()

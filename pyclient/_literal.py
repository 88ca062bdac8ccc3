"""Python values as SQL literals, and the CALL that carries them.

The literals depend on nothing of the session: not on its character set, not on sql_mode
(NO_BACKSLASH_ESCAPES, ANSI_QUOTES), not on the driver. Text that is plain ASCII stands between
quotes; text with a backslash, a NUL or anything beyond ASCII goes as hexadecimal digits with the
introducer _utf8mb4, bytes as hexadecimal digits. No driver ever looks for ``%`` in the statement.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from pyclient.errors import InvalidArgument


def call_statement(routine: str, args: Sequence[object], prefix: bytes = b"CALL ") -> bytes:
    """The statement ``CALL routine(args)``; prefix may carry a schema, see call_prefix()."""
    return b"%b%b(%b)" % (prefix, routine.encode(), b",".join([literal(value) for value in args]))


def call_prefix(database: str | None) -> bytes:
    """How each CALL begins: qualified where a database is given."""
    if database is None:
        return b"CALL "
    return b"CALL `%b`." % database.replace("`", "``").encode()


def literal(value: object) -> bytes:
    """One value as an SQL literal.

    Raises:
        InvalidArgument: the type has no literal, or the value none (NaN, a naive datetime).
    """
    writer = _WRITERS.get(type(value)) or _writer_of_subclass(value)
    return writer(value)


def datetime_text(value: datetime.datetime) -> str:
    """An aware datetime as UTC text, ``YYYY-MM-DD HH:MM:SS.ffffff``.

    Raises:
        InvalidArgument: the datetime is naive: nobody can know which instant it means.
    """
    if value.tzinfo is None:
        raise InvalidArgument(
            "a naive datetime names no instant: give it a time zone, "
            "as in datetime.now(timezone.utc)"
        )
    utc = value.astimezone(datetime.UTC).replace(tzinfo=None)
    return utc.isoformat(sep=" ", timespec="microseconds")


def _text(value: str) -> bytes:
    if value.isascii() and "\\" not in value and "\0" not in value:
        if "'" in value:
            value = value.replace("'", "''")
        return f"_utf8mb4'{value}'".encode()
    try:
        return b"_utf8mb4 x'%b'" % value.encode().hex().encode()
    except UnicodeEncodeError as error:
        raise InvalidArgument(
            f"the text holds half of a surrogate pair at position {error.start}: "
            "it is not valid Unicode"
        ) from error


def _bytes(value: Any) -> bytes:
    return b"x'%b'" % bytes(value).hex().encode()


def _float(value: float) -> bytes:
    if not math.isfinite(value):
        raise InvalidArgument(f"{value} is not a number that MySQL knows")
    return repr(float(value)).encode()


def _decimal(value: Decimal) -> bytes:
    if not value.is_finite():
        raise InvalidArgument(f"{value} is not a number that MySQL knows")
    return format(value, "f").encode()


def _writer_of_subclass(value: object) -> Callable[[Any], bytes]:
    for base in type(value).__mro__[1:]:
        if base in _WRITERS:
            return _WRITERS[base]
    raise InvalidArgument(f"a value of type {type(value).__name__} cannot be sent to MySQL")


_WRITERS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda value: b"NULL",
    bool: lambda value: b"1" if value else b"0",
    str: _text,
    int: lambda value: b"%d" % value,
    float: _float,
    Decimal: _decimal,
    bytes: _bytes,
    bytearray: _bytes,
    memoryview: _bytes,
    datetime.datetime: lambda value: _text(datetime_text(value)),
    UUID: lambda value: _text(str(value)),
}

"""JSON and MessagePack: values to text or bytes, and back. Nothing here runs what it reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeVar

from pyclient._encode import encode_payload
from pyclient._extra import required
from pyclient.codec.errors import DecodeError
from pyclient.errors import InvalidArgument

T = TypeVar("T")

NAMES = ("json", "msgpack")
_LEVELS_SEARCHED = 20
_HINTS = {
    "datetime": "send isoformat(), or serialize with msgpack",
    "date": "send isoformat()",
    "UUID": "send str()",
    "Decimal": "send str()",
    "bytes": "serialize with msgpack, or make it the only argument",
    "set": "send a list",
}


def write_json(value: Any, what: str) -> str:
    """JSON text for a JSON value or a RawJson; nothing is converted silently.

    Args:
        value: what is written.
        what: how an error calls it.

    Raises:
        InvalidArgument: it is not JSON; the text says which part of it.
    """
    return _written(value, what, "JSON", _dump_json)


def write_msgpack(value: Any, what: str) -> bytes:
    """MessagePack for JSON values, bytes and aware datetimes, which come back in UTC.

    Raises:
        InvalidArgument: another type, or a naive datetime; the text says which part of it.
        ExtraMissing: msgpack is not installed.
    """
    required("msgpack", "msgpack")
    return _written(value, what, "MessagePack", _dump_msgpack)


def read_json(payload: str | bytes) -> Any:
    """The value of JSON text, which is UTF-8.

    Raises:
        DecodeError: it is not JSON; NaN and infinity are not either.
    """
    text = read_text(payload)
    try:
        return _JSON.decode(text)
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"the payload is not JSON: {error}") from error


def read_msgpack(payload: str | bytes) -> Any:
    """The value of one MessagePack object, timestamps as aware datetimes in UTC.

    Raises:
        DecodeError: it is not one.
        ExtraMissing: msgpack is not installed.
    """
    library = required("msgpack", "msgpack")
    data = read_bytes(payload)
    try:
        try:
            return library.unpackb(data, timestamp=3, strict_map_key=False)
        except TypeError:  # a map's key is an array
            return library.unpackb(
                data, timestamp=3, strict_map_key=False, object_pairs_hook=_with_tuples_as_keys
            )
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise DecodeError(f"the payload is not MessagePack: {reason:.100}") from error
    except library.UnpackException as error:
        raise DecodeError(f"the payload is not MessagePack: {type(error).__name__}") from error


def read_text(payload: str | bytes) -> str:
    """The text of UTF-8 bytes.

    Raises:
        DecodeError: they are not UTF-8.
    """
    try:
        return payload if isinstance(payload, str) else bytes(payload).decode()
    except UnicodeDecodeError as error:
        raise DecodeError(f"the payload is not UTF-8: {error}") from error


def read_bytes(payload: str | bytes) -> bytes:
    """The bytes themselves, or those of the text in UTF-8."""
    return to_bytes(payload) if isinstance(payload, str) else bytes(payload)


def to_bytes(text: str) -> bytes:
    """Text in UTF-8.

    Raises:
        InvalidArgument: it holds half a surrogate pair.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"the text cannot be written as UTF-8: {error.reason}") from error


def _written(value: Any, what: str, form: str, dump: Callable[[Any], T]) -> T:
    try:
        return dump(value)
    except _UNWRITABLE as error:
        path, reason = _culprit(value, what, dump, error)
        raise InvalidArgument(f"{path} cannot be written as {form}: {reason}") from error


def _dump_json(value: Any) -> str:
    text = encode_payload(value)
    assert isinstance(text, str)
    return text


def _dump_msgpack(value: Any) -> bytes:
    packed: bytes = required("msgpack", "msgpack").packb(value, datetime=True)
    return packed


def _culprit(
    value: Any, what: str, dump: Callable[[Any], object], error: Exception
) -> tuple[str, str]:
    """Where the innermost part is that cannot be written by itself, and why it cannot."""
    path = what
    for _ in range(_LEVELS_SEARCHED):  # a value may contain itself
        found = _unwritable_child(value, dump)
        if found is None:
            break
        key, value, error = found
        path += f"[{key!r:.40}]"
    return path, _reason(value, error)


def _unwritable_child(
    value: Any, dump: Callable[[Any], object]
) -> tuple[object, Any, Exception] | None:
    children: Iterable[tuple[object, Any]] = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list | tuple):
        children = enumerate(value)
    for key, child in children:
        try:
            dump([child])  # by itself a child that is bytes or RawJson would pass as a payload
        except _UNWRITABLE as error:
            return key, child, error
    return None


def _reason(value: Any, error: Exception) -> str:
    cause = error.__cause__ if isinstance(error, InvalidArgument) else error
    if not isinstance(cause, TypeError) or isinstance(value, dict):
        return f"{cause or error!s:.100}"
    name = type(value).__name__
    hint = _HINTS.get(name)
    return f"it is a {name}" + (f", {hint}" if hint else "")


def _with_tuples_as_keys(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    return {_hashable(key): value for key, value in pairs}


def _hashable(key: Any) -> Any:
    return tuple(map(_hashable, key)) if isinstance(key, list) else key


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_UNWRITABLE = (InvalidArgument, TypeError, ValueError, OverflowError, RecursionError)
_JSON = json.JSONDecoder(parse_constant=_refuse_constant)
#: How a payload is read, by its media type; the later names of MessagePack are what others send.
READERS: dict[str, Callable[[str | bytes], Any]] = {
    "application/json": read_json,
    "application/msgpack": read_msgpack,
    "application/vnd.msgpack": read_msgpack,
    "application/x-msgpack": read_msgpack,
    "application/octet-stream": read_bytes,
    "text/plain": read_text,
}

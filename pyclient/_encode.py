"""From the arguments of a generated call to the values that are sent."""

from __future__ import annotations

import datetime
import json
import os
import re
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn
from uuid import UUID

from pyclient._literal import datetime_text
from pyclient.errors import InvalidArgument
from pyclient.types import Payload, RawJson


def encode_payload(value: Payload) -> str | bytes:
    """The arguments of a task: JSON text for a JSON value or RawJson, bytes for bytes.

    Raises:
        InvalidArgument: the value is not JSON (NaN and infinity are not either).
    """
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, RawJson):
        return value.text
    return _dumps(_STRICT, value)


def encode_json(value: Any) -> str | None:
    """Any JSON value as JSON text; None stays None (SQL NULL).

    UUIDs, aware datetimes (as UTC text) and timedeltas (as seconds) may stand in it.

    Raises:
        InvalidArgument: the value is not JSON.
    """
    if value is None:
        return None
    return value.text if isinstance(value, RawJson) else _lenient(value)


def encode_items(items: Iterable[Mapping[str, Any]]) -> str:
    """A batch as the text of a JSON array of objects; a RawJson stands in it verbatim.

    Raises:
        InvalidArgument: an item is not a mapping, or holds something that is not JSON.
    """
    return _lenient([_member(item) for item in items])


def encode_tasks(tasks: Iterable[Mapping[str, Any]]) -> str:
    """A batch of tasks as JSON text: as encode_items, each with a task_id so that it is repeatable.

    Raises:
        InvalidArgument: a task is not a mapping, holds something that is not JSON, or its task_id
            is no UUID.
    """
    return _lenient([_with_id(_member(task)) for task in tasks])


def encode_options(options: Mapping[str, Any]) -> str | None:
    """The options of a call as JSON text without those that are None; None where none is left.

    UUIDs become text, aware datetimes UTC text, timedeltas seconds.

    Raises:
        InvalidArgument: a naive datetime, or something that is not JSON.
    """
    given = {key: value for key, value in options.items() if value is not None}
    return _lenient(given) if given else None


def encode_uuid(value: UUID | str | None) -> str | None:
    """A UUID as its canonical text; None stays None.

    Raises:
        InvalidArgument: the text is not a UUID.
    """
    if value is None or (isinstance(value, str) and _CANONICAL_UUID(value)):
        return value
    try:
        return str(value if isinstance(value, UUID) else UUID(value))
    except (ValueError, AttributeError, TypeError) as error:
        raise InvalidArgument(f"{value!r:.60} is not a UUID") from error


def encode_datetime(value: datetime.datetime | None) -> str | None:
    """An aware datetime as UTC text ``YYYY-MM-DD HH:MM:SS.ffffff``; None stays None.

    Raises:
        InvalidArgument: the datetime is naive.
    """
    return None if value is None else datetime_text(value)


def new_uuid() -> str:
    """A new UUIDv7 as text (RFC 9562): strictly greater than any that this process made before.

    It holds the time in milliseconds, a counter of 42 bits that starts anywhere in its lower half
    each millisecond, and 32 random bits. A clock that steps back does not make ids step back.
    """
    return _uuids.next()


class _UuidSource:
    """The state behind new_uuid(); a forked child starts with a fresh one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._time_ms = 0
        self._counter = 0

    def next(self) -> str:
        random = int.from_bytes(os.urandom(10), "big")
        now_ms = time.time_ns() // 1_000_000
        with self._lock:
            if now_ms > self._time_ms:
                self._time_ms, self._counter = now_ms, random >> 39  # 41 bits
            elif self._counter == _COUNTER_MAX:
                self._time_ms, self._counter = self._time_ms + 1, random >> 39
            else:
                self._counter += 1
            time_ms, counter = self._time_ms, self._counter
        value = time_ms << 80 | 0x7 << 76 | (counter >> 30) << 64 | 0b10 << 62
        digits = f"{value | (counter & 0x3FFFFFFF) << 32 | random & 0xFFFFFFFF:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_COUNTER_MAX = (1 << 42) - 1
_uuids = _UuidSource()


def _start_afresh() -> None:
    global _uuids
    _uuids = _UuidSource()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_start_afresh)


class _HoldsRawJson(Exception):
    """The value cannot be encoded in one go."""


def _member(item: object) -> dict[str, Any]:
    if isinstance(item, dict):
        return item
    if not isinstance(item, Mapping):
        raise InvalidArgument(f"a batch holds mappings, not {type(item).__name__}")
    return dict(item)


def _with_id(task: dict[str, Any]) -> dict[str, Any]:
    return {**task, "task_id": encode_uuid(task.get("task_id")) or new_uuid()}


def _lenient(value: object) -> str:
    try:
        return _dumps(_LENIENT, value)
    except _HoldsRawJson:
        return _with_raw_json(value)


def _with_raw_json(value: object) -> str:
    """Encode with marks that nobody can guess in place of each RawJson, then put its text there."""
    mark = os.urandom(16).hex()
    texts: list[str] = []

    def plain(inner: object) -> Any:
        if not isinstance(inner, RawJson):
            return _plain(inner)
        texts.append(_checked(inner.text))
        return f"{mark}{len(texts) - 1}"

    encoder = json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=plain
    )
    marked = _dumps(encoder, value)
    return re.sub(f'"{mark}([0-9]+)"', lambda found: texts[int(found[1])], marked)


def _checked(text: str) -> str:
    """Text that is not one whole value could smuggle members or items into a batch."""
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidArgument(f"the text of a RawJson is not JSON: {error}") from error
    return text


def _dumps(encoder: json.JSONEncoder, value: object) -> str:
    try:
        return encoder.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgument(f"the value cannot be written as JSON: {error}") from error


def _plain(value: object) -> Any:
    if isinstance(value, RawJson):
        raise _HoldsRawJson
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime.datetime):
        return datetime_text(value)
    if isinstance(value, datetime.timedelta):
        seconds = value.total_seconds()
        return int(seconds) if seconds.is_integer() else seconds
    raise TypeError(f"an object of type {type(value).__name__} is not JSON")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_STRICT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_LENIENT = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain
)

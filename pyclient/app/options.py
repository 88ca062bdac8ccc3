"""From what a declaration or using() says to the words of celers_enqueue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias
from uuid import UUID, uuid5

from pyclient.app.durations import Duration, delay_s, seconds
from pyclient.errors import InvalidArgument

#: A retry policy as in celers_enqueue, or False = no retry.
Policy: TypeAlias = Mapping[str, Any] | Literal[False]

#: Never to change: the ids of keyed tasks are made in it.
KEY_NAMESPACE = UUID("74112eda-da43-44e7-b5e6-799c4bebc333")


def keyed_id(task_name: str, key: str) -> str:
    """The id of the task with this idempotency key: UUIDv5 of ``task_name NUL key``.

    Any language can make it. Unlike other ids it is not ordered by time.

    Raises:
        InvalidArgument: the text holds half a surrogate pair.
    """
    try:
        return str(uuid5(KEY_NAMESPACE, f"{task_name}\0{key}"))
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"the key {key!r:.60} is no Unicode text: {error}") from error


def words(
    *,
    priority: int | None = None,
    max_retries: int | None = None,
    retry: Policy | None = None,
    timeout: Duration | None = None,
    expires: Duration | None = None,
    headers: Mapping[str, Any] | None = None,
    delay: Duration | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """What was given, in the words of celers_enqueue. The server looks at the ranges.

    Raises:
        InvalidArgument: two of them contradict each other, or one cannot be right.
    """
    if delay is not None and at is not None:
        raise InvalidArgument("give delay or at, not both")
    if at is not None and at.utcoffset() is None:
        raise InvalidArgument(f"at={at!r} has no time zone: give an aware datetime")
    if retry is False:
        if max_retries:
            raise InvalidArgument(f"retry=False and max_retries={max_retries} contradict")
        max_retries = 0
    elif retry is not None and not isinstance(retry, Mapping):
        raise InvalidArgument(f"here retry is a policy or False, not {retry!r:.60}")
    timeout_s = seconds("timeout", timeout)
    if isinstance(timeout_s, float):
        raise InvalidArgument(f"timeout is a whole number of seconds, not {timeout_s}")
    given = {
        "priority": priority,
        "max_retries": max_retries,
        "retry": dict(retry) if retry else None,
        "timeout_s": timeout_s,
        "expires_s": seconds("expires", expires),
        "headers": None if headers is None else dict(headers),
        "delay_s": seconds("delay", delay),
        "due_at": at,
    }
    return {name: value for name, value in given.items() if value is not None}


class Declared(NamedTuple):
    """What a declaration says.

    Attributes:
        words: of celers_enqueue.
        retry_delays_s: before the first retry, the second and so on; None = by the retry policy.
        hard_timeout_s: None = never.
    """

    words: dict[str, Any]
    retry_delays_s: tuple[float, ...] | None
    hard_timeout_s: float | None


def declared(
    *,
    retry: Policy | Sequence[float] | None,
    max_retries: int | None,
    timeout: Duration | None,
    hard_timeout: Duration | None,
    **others: Any,
) -> Declared:
    """Read the options of a declaration.

    Raises:
        InvalidArgument: as words(); a list of delays holds something else; or hard_timeout is not
            longer than timeout.
    """
    delays_s = None
    if isinstance(retry, Sequence):
        if not retry or isinstance(retry, str | bytes):
            raise InvalidArgument(f"delays in retry are a list of seconds, not {retry!r:.60}")
        delays_s = tuple(delay_s("each of the delays in retry", value) for value in retry)
        max_retries = len(delays_s) if max_retries is None else max_retries
        retry = None
    given = words(retry=retry, max_retries=max_retries, timeout=timeout, **others)
    hard_timeout_s = seconds("hard_timeout", hard_timeout)
    if hard_timeout_s is not None and not hard_timeout_s > given.get("timeout_s", 0):
        raise InvalidArgument("hard_timeout is above 0 and longer than timeout")
    return Declared(given, delays_s, hard_timeout_s)

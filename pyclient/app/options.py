"""From what a declaration or using() says to the words of celers_enqueue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID, uuid5

from pyclient.errors import InvalidArgument

#: A number of seconds, or a timedelta.
Duration: TypeAlias = float | timedelta
#: A retry policy as in celers_enqueue, seconds before each retry, or False = no retry.
Retrying: TypeAlias = Mapping[str, Any] | Sequence[float] | bool

_LONGEST_DELAY_S = 315_360_000
#: Never to change: the ids of keyed tasks are made in it.
KEY_NAMESPACE = UUID("74112eda-da43-44e7-b5e6-799c4bebc333")


def keyed_id(task_name: str, key: str) -> str:
    """The id of the task with this idempotency key: UUIDv5 of ``task_name NUL key``.

    Any language can make it. Unlike other ids it is not ordered by time.
    """
    return str(uuid5(KEY_NAMESPACE, f"{task_name}\0{key}"))


def seconds(value: Duration) -> float:
    """A duration as a number, an int where it is whole."""
    number = float(value.total_seconds() if isinstance(value, timedelta) else value)
    return int(number) if number.is_integer() else number


def due(delay: Duration | None, at: datetime | None) -> dict[str, Any]:
    """When a task is due.

    Raises:
        InvalidArgument: both are given, or the datetime is naive.
    """
    if delay is not None and at is not None:
        raise InvalidArgument("give delay or at, not both")
    if at is not None and at.utcoffset() is None:
        raise InvalidArgument(f"at={at!r} has no time zone: give an aware datetime")
    return _given(delay_s=None if delay is None else seconds(delay), due_at=at)


def words(
    *,
    priority: int | None,
    max_retries: int | None,
    timeout: Duration | None,
    expires: Duration | None,
    headers: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What was given, in the words of celers_enqueue."""
    return _given(
        priority=priority,
        max_retries=max_retries,
        timeout_s=None if timeout is None else seconds(timeout),
        expires_s=None if expires is None else seconds(expires),
        headers=None if headers is None else dict(headers),
    )


class RetryPlan(NamedTuple):
    """What ``retry=`` stands for.

    Attributes:
        words: of celers_enqueue.
        delays_s: seconds before the first retry, the second and so on; None = the server's policy.
    """

    words: dict[str, Any]
    delays_s: tuple[float, ...] | None = None


def retry_plan(retry: Retrying | None) -> RetryPlan:
    """Read ``retry=``.

    Raises:
        InvalidArgument: it is none of a policy, False, or a list of delays.
    """
    if retry is None:
        return RetryPlan({})
    if retry is False:
        return RetryPlan({"max_retries": 0})
    if isinstance(retry, Mapping):
        return RetryPlan({"retry": dict(retry)})
    if isinstance(retry, Sequence) and not isinstance(retry, str | bytes) and retry:
        delays_s = tuple(map(_delay_s, retry))
        return RetryPlan({"max_retries": len(delays_s)}, delays_s)
    raise InvalidArgument(f"retry is a policy, a list of seconds or False, not {retry!r}")


def _delay_s(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= _LONGEST_DELAY_S:  # type: ignore[operator]
        raise InvalidArgument(f"a delay before a retry is 0..{_LONGEST_DELAY_S} s, not {value!r}")
    return value  # type: ignore[return-value]


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}

"""Looking at what was enqueued and has not been run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypedDict, Unpack

from pyclient.app import App, Task
from pyclient.client import Client
from pyclient.codec import Codec, DecodeError
from pyclient.errors import SetupError

#: Seconds, a timedelta, or a window of these, both ends included.
Delay: TypeAlias = float | timedelta | tuple[float | timedelta, float | timedelta]
#: An aware datetime, or a window, both ends included.
At: TypeAlias = datetime | tuple[datetime, datetime]

_PAGE = 1000
_SHOWN = 20
_TOLERANCE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Enqueued:
    """A task that waits.

    Attributes:
        task_id: its id.
        task_name: its name.
        queue: where it waits.
        payload: its arguments, decoded; as they were sent where the codec cannot.
        named: its arguments by name, where the app knows the task or they were given so.
        priority: higher is served first.
        headers: that it was enqueued with.
        created_at: when it was enqueued (UTC).
        due_at: when it is or was due (UTC).
    """

    task_id: str
    task_name: str
    queue: str
    payload: Any
    named: Mapping[str, Any] | None
    priority: int
    headers: Mapping[str, Any]
    created_at: datetime
    due_at: datetime

    @property
    def delay(self) -> timedelta:
        """From when it was enqueued until it is due."""
        return self.due_at - self.created_at

    def __str__(self) -> str:
        payload = repr(self.named if self.named is not None else self.payload)
        delay_s = self.delay.total_seconds()
        due = f", due {delay_s:g} s later at {self.due_at:%Y-%m-%d %H:%M:%S}Z" if delay_s else ""
        return f"{self.task_name} {payload:.300} in queue {self.queue}{due}"


class Described(TypedDict, total=False):
    """A description of tasks; what is left out may be anything.

    Attributes:
        task: the task, or its name.
        args: the exact positional arguments.
        payload: what the arguments contain. A mapping is compared by name with the arguments of
            the task, however they were given, and may leave some out, at every depth; a function
            is asked with the decoded payload; anything else must be equal to it.
        queue: where it waits.
        delay: from when it was enqueued until it is due, to the second; or a window.
        at: when it is due, to the second; or a window.
    """

    task: Task[..., Any] | str
    args: Sequence[Any]
    payload: Any
    queue: str
    delay: Delay
    at: At


def enqueued(where: App | Client, **described: Unpack[Described]) -> list[Enqueued]:
    """The tasks that wait, ready or scheduled, and are as described; the oldest first.

    Args:
        where: the app or client whose schema is looked at.
        described: see Described.
    """
    wanted = _Wanted(**described)
    found = (one for one in _waiting(where, wanted.queue, wanted.name) if wanted.fits(one))
    return sorted(found, key=lambda one: (one.created_at, one.task_id))


def assert_enqueued(
    where: App | Client, *, count: int | None = None, **described: Unpack[Described]
) -> list[Enqueued]:
    """See that tasks as described wait; they are returned. The failure says what waits instead.

    Args:
        where: the app or client whose schema is looked at.
        count: exactly how many; None = one or more.
        described: see Described.

    Raises:
        AssertionError: there are none, or not as many.
    """
    __tracebackhide__ = True
    found = enqueued(where, **described)
    if len(found) == count or (count is None and found):
        return found
    number = len(found) or "nothing"
    wanted = f"{_Wanted(**described)}" + ("" if count is None else f", {count} times")
    raise AssertionError(f"{number} enqueued of: {wanted}\n{_listed(enqueued(where))}")


def refute_enqueued(where: App | Client, **described: Unpack[Described]) -> None:
    """See that no task as described waits.

    Args:
        where: the app or client whose schema is looked at.
        described: see Described.

    Raises:
        AssertionError: there is one.
    """
    __tracebackhide__ = True
    found = enqueued(where, **described)
    if found:
        raise AssertionError(f"{len(found)} enqueued of: {_Wanted(**described)}\n{_listed(found)}")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A description of tasks."""

    task: Task[..., Any] | str | None = None
    args: Sequence[Any] | None = None
    payload: Any = None
    queue: str | None = None
    delay: Delay | None = None
    at: At | None = None

    @property
    def name(self) -> str | None:
        return self.task.name if isinstance(self.task, Task) else self.task

    def fits(self, one: Enqueued) -> bool:
        return (
            (self.args is None or one.payload == list(self.args))
            and self._fits_payload(one)
            and (self.delay is None or _is_within(one.delay, self.delay, _as_timedelta))
            and (self.at is None or _is_within(one.due_at, self.at, lambda at: at))
        )

    def _fits_payload(self, one: Enqueued) -> bool:
        if self.payload is None:
            return True
        if callable(self.payload):
            return bool(self.payload(one.payload))
        if isinstance(self.payload, Mapping) and one.named is not None:
            return _contains(one.named, self.payload)
        return _contains(one.payload, self.payload)

    def __str__(self) -> str:
        said = {
            "args": self.args,
            "payload": self.payload,
            "queue": self.queue,
            "delay": self.delay,
            "at": self.at,
        }
        words = [f"{key}={value!r}" for key, value in said.items() if value is not None]
        return " ".join([self.name or "any task", *words])


def _is_within(value: Any, wanted: Any, read: Callable[[Any], Any]) -> bool:
    """Whether a value lies in a window, or near enough to a single one."""
    if isinstance(wanted, tuple):
        first, last = map(read, wanted)
        return bool(first <= value <= last)
    return bool(abs(value - read(wanted)) <= _TOLERANCE)


def _as_timedelta(delay: float | timedelta) -> timedelta:
    return delay if isinstance(delay, timedelta) else timedelta(seconds=delay)


def _contains(whole: Any, part: Any) -> bool:
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(
            key in whole and _contains(whole[key], value) for key, value in part.items()
        )
    return bool(whole == part)


def _listed(found: list[Enqueued]) -> str:
    if not found:
        return "nothing waits"
    lines = [f"  {one}" for one in found[:_SHOWN]]
    more = [f"  and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return "\n".join(["these wait:", *lines, *more])


def _waiting(where: App | Client, queue: str | None, name: str | None) -> Iterator[Enqueued]:
    client = where if isinstance(where, Client) else where.client
    app = None if isinstance(where, Client) else where
    after: str | None = None
    while page := client.call_list_tasks(queue, "pending", _PAGE, after_id=after, task_name=name):
        for row in page:
            yield _read(client, app, row.task_id)
        after = page[-1].task_id


def _read(client: Client, app: App | None, task_id: str) -> Enqueued:
    row = client.call_get_task(task_id)
    payload: Any = row.payload if row.payload_binary is None else row.payload_binary
    codec = Codec() if app is None else app.codec
    with suppress(DecodeError, SetupError):  # then what was sent is shown as it is
        payload = codec.decode(payload, row.content_type)
    return Enqueued(
        task_id=row.task_id,
        task_name=row.task_name,
        queue=row.queue,
        payload=payload,
        named=_named(app, row.task_name, payload),
        priority=row.priority,
        headers=row.headers or {},
        created_at=row.created_at,
        due_at=row.due_at,
    )


def _named(app: App | None, name: str, payload: Any) -> Mapping[str, Any] | None:
    if isinstance(payload, Mapping):
        return payload
    task = None if app is None else app.tasks.get(name)
    if task is None:
        return None
    args, kwargs = task.arguments(payload)
    try:
        return inspect.signature(task.function).bind(*args, **kwargs).arguments
    except TypeError:  # sent by name, or by an older version of the function
        return None

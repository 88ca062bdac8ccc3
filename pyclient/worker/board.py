"""Memory that a child shares with its supervisor: what it holds, so that its death can be told.

A child that is killed says nothing any more. What it had in hand stands here: the supervisor hands
in how those attempts ended, at once and with the reason, instead of leaving it to their leases.
"""

from __future__ import annotations

import ctypes
import time
from enum import IntEnum
from multiprocessing.sharedctypes import RawArray, RawValue
from typing import NamedTuple

from pyclient.worker.job import Job


class Phase(IntEnum):
    """How far a task has come in its child."""

    FREE = 0
    HELD = 1  # claimed, not begun
    RUNNING = 2
    DONE = 3  # returned None, not acknowledged yet
    ENDED = 4  # ended otherwise, which only the child knows


class Why(IntEnum):
    """Why a running task is to be ended by force when its time is up."""

    TIMEOUT = 1
    CANCELLED = 2
    LEASE_LOST = 3


class _Head(ctypes.Structure):
    _fields_ = (
        ("is_ready", ctypes.c_int),
        ("beat_at", ctypes.c_double),
        ("ended_count", ctypes.c_longlong),
        ("request_id", ctypes.c_char * 36),
        ("is_asking", ctypes.c_int),  # written last
    )


#: As numbers: to look one up in its class takes longer than to write it here.
_FREE, _HELD, _RUNNING, _DONE, _ENDED = map(int, Phase)


class _Name(ctypes.Structure):
    _fields_ = (("task_id", ctypes.c_char * 36), ("receipt", ctypes.c_char * 36))


class Entry(NamedTuple):
    """One task that a child holds.

    Attributes:
        task_id, receipt: what the server asks for.
        phase: how far it has come.
        begun_at: time.monotonic() of its start.
        why: for what reason it is to be ended by force, if it is.
    """

    task_id: str
    receipt: str
    phase: Phase
    begun_at: float
    why: Why

    @property
    def key(self) -> tuple[str, str]:
        """What tells this claim of the task from a later one."""
        return self.task_id, self.receipt


class Board:
    """What one child holds. The child writes, the supervisor reads."""

    def __init__(self, size: int) -> None:
        """An empty one with room for so many tasks; the process gets it as an argument."""
        self._head = RawValue(_Head)
        self._names = RawArray(_Name, size)
        self._begun_at = RawArray(ctypes.c_double, size)
        self._force_at = RawArray(ctypes.c_double, size)  # 0 before a place goes to another task
        self._why = RawArray(ctypes.c_ubyte, size)
        self._phases = RawArray(ctypes.c_ubyte, size)  # a place is only read when it is whole
        self._free = list(range(size))
        self._taken: dict[Job, int] = {}

    @property
    def is_ready(self) -> bool:
        """Whether the child has imported the app and reached the server."""
        return bool(self._head.is_ready)

    def ready(self) -> None:
        """The child works."""
        self._head.is_ready = 1

    @property
    def beat_at(self) -> float:
        """time.monotonic() when the child last prolonged its leases, or found none to prolong."""
        return float(self._head.beat_at)

    def beat(self) -> None:
        """The leases are prolonged."""
        self._head.beat_at = time.monotonic()

    @property
    def ended_count(self) -> int:
        """Tasks that ended here so far."""
        return int(self._head.ended_count)

    def asks(self, request_id: str) -> None:
        """The child claims with this request id. Were it to die now, nobody knew what it got."""
        self._head.request_id = request_id.encode()
        self._head.is_asking = 1

    def has_answer(self) -> None:
        """What it got stands here."""
        self._head.is_asking = 0

    @property
    def open_request(self) -> str | None:
        """The id of a claim whose answer the child did not read."""
        return self._head.request_id.decode() if self._head.is_asking else None

    def hold(self, job: Job) -> None:
        """A task was claimed. One that finds no room is left to its lease when the child dies."""
        if not self._free:
            return
        index = self._free.pop()
        self._force_at[index] = 0.0
        name = self._names[index]
        name.task_id, name.receipt = job.task_id.encode(), job.receipt.encode()
        self._phases[index] = _HELD
        self._taken[job] = index

    def begin(self, job: Job, limit_s: float | None) -> None:
        """It runs, and is ended by force after so many seconds; None = never."""
        index = self._taken.get(job)
        if index is not None:
            self._begun_at[index] = now = time.monotonic()
            self._phases[index] = _RUNNING
            if limit_s is not None:
                self._why[index] = Why.TIMEOUT
                self._force_at[index] = now + limit_s

    def force(self, job: Job, why: Why, after_s: float) -> None:
        """It was asked to end: end it by force after so many seconds."""
        index = self._taken.get(job)
        if index is not None and self._phases[index] == _RUNNING:
            self._why[index] = why
            self._force_at[index] = time.monotonic() + after_s

    def end(self, job: Job, *, is_done: bool) -> None:
        """It has ended; is_done = it returned None, so that anybody may acknowledge it."""
        self._head.ended_count += 1
        index = self._taken.get(job)
        if index is not None:
            self._phases[index] = _DONE if is_done else _ENDED

    def drop(self, job: Job) -> None:
        """The server knows how it ended, or it is somebody else's."""
        index = self._taken.pop(job, None)
        if index is not None:
            self._phases[index] = _FREE
            self._free.append(index)

    def entries(self) -> list[Entry]:
        """What the child holds, or held when it died."""
        return [self._entry(index) for index, phase in enumerate(self._phases) if phase != _FREE]

    def running(self) -> int:
        """Tasks that run in the child."""
        return self._phases[:].count(_RUNNING)

    def overdue(self) -> list[Entry]:
        """Tasks that are to be ended by force now."""
        now = time.monotonic()
        found = enumerate(self._force_at[:])
        entries = [self._overdue(index, at) for index, at in found if 0 < at <= now]
        return [entry for entry in entries if entry is not None]

    def _overdue(self, index: int, force_at: float) -> Entry | None:
        entry = self._entry(index)
        # the time is that of one task alone: if it still stands there, all was read of that task
        is_whole = self._force_at[index] == force_at
        return entry if is_whole and entry.phase == Phase.RUNNING else None

    def _entry(self, index: int) -> Entry:
        name = self._names[index]
        return Entry(
            task_id=name.task_id.decode(),
            receipt=name.receipt.decode(),
            phase=Phase(self._phases[index]),
            begun_at=self._begun_at[index],
            why=Why(self._why[index] or Why.TIMEOUT),
        )

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


class _Place(ctypes.Structure):
    _fields_ = (
        ("task_id", ctypes.c_char * 36),
        ("receipt", ctypes.c_char * 36),
        ("turn", ctypes.c_longlong),  # grows before and after the place goes to another task
        ("begun_at", ctypes.c_double),
        ("force_at", ctypes.c_double),
        ("why", ctypes.c_int),
        ("phase", ctypes.c_int),  # written last: a place is only read when it is whole
    )


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
        self._places = RawArray(_Place, size)
        self._free = list(range(size))
        self._taken: dict[tuple[str, str], int] = {}

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
        place = self._places[index]
        place.turn += 1
        place.task_id, place.receipt = job.task_id.encode(), job.receipt.encode()
        place.force_at = 0.0
        place.phase = Phase.HELD
        place.turn += 1
        self._taken[job.key] = index

    def begin(self, job: Job, limit_s: float | None) -> None:
        """It runs, and is ended by force after so many seconds; None = never."""
        index = self._taken.get(job.key)
        if index is not None:
            place = self._places[index]
            place.begun_at = now = time.monotonic()
            if limit_s is not None:
                place.why, place.force_at = Why.TIMEOUT, now + limit_s
            place.phase = Phase.RUNNING

    def force(self, job: Job, why: Why, after_s: float) -> None:
        """It was asked to end: end it by force after so many seconds."""
        index = self._taken.get(job.key)
        if index is not None and self._places[index].phase == Phase.RUNNING:
            self._places[index].why = why
            self._places[index].force_at = time.monotonic() + after_s

    def end(self, job: Job, *, is_done: bool) -> None:
        """It has ended; is_done = it returned None, so that anybody may acknowledge it."""
        self._head.ended_count += 1
        index = self._taken.get(job.key)
        if index is not None:
            self._places[index].phase = Phase.DONE if is_done else Phase.ENDED

    def drop(self, job: Job) -> None:
        """The server knows how it ended, or it is somebody else's."""
        index = self._taken.pop(job.key, None)
        if index is not None:
            self._places[index].phase = Phase.FREE
            self._free.append(index)

    def entries(self) -> list[Entry]:
        """What the child holds, or held when it died."""
        return [_entry(place) for place in self._places if place.phase != Phase.FREE]

    def running(self) -> int:
        """Tasks that run in the child."""
        return sum(place.phase == Phase.RUNNING for place in self._places)

    def overdue(self) -> list[Entry]:
        """Tasks that are to be ended by force now."""
        now = time.monotonic()
        found = (_overdue(place, now) for place in self._places if 0 < place.force_at <= now)
        return [entry for entry in found if entry is not None]


def _overdue(place: _Place, now: float) -> Entry | None:
    turn = place.turn
    entry = _entry(place)
    is_overdue = 0 < place.force_at <= now and place.phase == Phase.RUNNING
    # the same turn before and after: all of it was read of one task
    return entry if is_overdue and place.turn == turn else None


def _entry(place: _Place) -> Entry:
    return Entry(
        task_id=place.task_id.decode(),
        receipt=place.receipt.decode(),
        phase=Phase(place.phase),
        begun_at=place.begun_at,
        why=Why(place.why or Why.TIMEOUT),
    )

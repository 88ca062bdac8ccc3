"""New ids: version 7, in order, whoever asks and whatever the clock does."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122, UUID

import pytest

from pyclient import _encode
from pyclient._encode import new_uuid


def test_an_id_is_a_uuid_of_version_7_of_now() -> None:
    before = time.time_ns() // 1_000_000
    made = UUID(new_uuid())
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_ids_grow_strictly() -> None:
    made = [new_uuid() for _ in range(100_000)]
    assert all(made[i] < made[i + 1] for i in range(len(made) - 1))


def test_ids_grow_strictly_in_every_thread() -> None:
    def many(_: int) -> list[str]:
        return [new_uuid() for _ in range(20_000)]

    with ThreadPoolExecutor(8) as threads:
        lists = list(threads.map(many, range(8)))
    assert all(made == sorted(made) for made in lists)
    assert len({made for part in lists for made in part}) == 160_000


def test_a_clock_that_steps_back_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    first = new_uuid()
    monkeypatch.setattr("pyclient._encode.time.time_ns", lambda: now - 3_600_000_000_000)
    made = [first, *[new_uuid() for _ in range(100)]]
    assert made == sorted(set(made))


def test_a_full_counter_borrows_a_millisecond() -> None:
    source = _encode._UuidSource()
    source.next()
    source._time_ms += 1_000_000
    source._counter = _encode._COUNTER_MAX - 1
    made = [source.next() for _ in range(3)]
    assert made == sorted(set(made))
    assert int(made[2].replace("-", ""), 16) >> 80 == source._time_ms


def test_a_forked_child_makes_other_ids() -> None:
    last = new_uuid()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        made = [new_uuid() for _ in range(1000)]
        os.write(writer, b"".join(UUID(one).bytes for one in made))
        os._exit(0)
    os.close(writer)
    mine = {new_uuid() for _ in range(1000)}
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    theirs = [str(UUID(bytes=data[i : i + 16])) for i in range(0, len(data), 16)]
    assert len(theirs) == 1000
    assert theirs == sorted(set(theirs))
    assert not mine & set(theirs)
    assert last not in theirs

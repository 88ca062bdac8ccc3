"""Which source of a setting decides, and that one knows which it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyclient.config import Settings, load, read
from pyclient.config.section import paths

KEY = ("workers", "lease_s")


def test_without_anything_there_are_the_defaults() -> None:
    loaded = read()
    assert loaded.settings == Settings()
    assert loaded.file is None
    assert {loaded.origin(path) for path in paths(Settings)} == {"default"}


def test_each_source_decides_over_those_below(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [(read().settings.workers.lease_s, read().origin(KEY))]
    (place / "celers.toml").write_text("[workers]\nlease_s = 61\n")
    seen.append((read().settings.workers.lease_s, read().origin(KEY)))
    (place / ".env").write_text("CELERS_WORKERS__LEASE_S=62\n")
    seen.append((read().settings.workers.lease_s, read().origin(KEY)))
    monkeypatch.setenv("CELERS_WORKERS__LEASE_S", "63")
    seen.append((read().settings.workers.lease_s, read().origin(KEY)))
    flags = {"workers__lease_s": 64, "workers__burst": None}
    seen.append((load(flags=flags).workers.lease_s, read(flags=flags).origin(KEY)))
    assert seen == [
        (60, "default"),
        (61, "celers.toml:2"),
        (62, ".env CELERS_WORKERS__LEASE_S"),
        (63, "env CELERS_WORKERS__LEASE_S"),
        (64, "flag"),
    ]


def test_keys_of_one_section_may_come_from_different_sources(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "celers.toml").write_text("[workers]\nlease_s = 61\nprefetch = 7\n")
    monkeypatch.setenv("CELERS_WORKERS__PREFETCH", "8")
    workers = load(flags={"workers__burst": True}).workers
    assert (workers.lease_s, workers.prefetch, workers.burst) == (61, 8, True)


def test_queues_replace_those_of_a_source_below(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "celers.toml").write_text("[workers]\nqueues = ['a', 'b']\n")
    monkeypatch.setenv("CELERS_WORKERS__QUEUES", "c, a")
    assert list(load().workers.queues) == ["c", "a"]

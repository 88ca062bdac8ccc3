"""Samples made by hand, for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pyclient.worker.autoscale import QueueSample, Sample

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def sample(
    size: int = 4, utilization: float = 0.5, memory_mb: float | None = None, **queue: Any
) -> Sample:
    """One queue; by default nothing waits, nothing ended, and a worker has 300 MB."""
    memory_mb = 300.0 * size if memory_mb is None else memory_mb
    return Sample(NOON, size, utilization, memory_mb, (QueueSample("default", **queue),))


def loaded(size: int = 4) -> Sample:
    """Two signals up: pressure and utilization."""
    return sample(size, 1.0, ready=10 * size)


def idle(size: int = 4) -> Sample:
    """Two signals down: pressure and utilization."""
    return sample(size, 0.0)


def content(size: int = 4) -> Sample:
    """No signal at all."""
    return sample(size, 0.6, ready=size // 2)

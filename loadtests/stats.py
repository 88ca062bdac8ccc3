"""Percentiles, rates and ratios."""

from __future__ import annotations

import statistics
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NS_PER_MS = 1e6


@dataclass(frozen=True)
class Latency:
    """Percentiles of durations in milliseconds, from single samples and not from buckets."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    samples: int


def latency(parts: Iterable[array[int]]) -> Latency | None:
    """The percentiles of durations given in nanoseconds; None without any."""
    ordered = sorted(duration for part in parts for duration in part)
    if not ordered:
        return None
    return Latency(
        percentile(ordered, 0.50) / _NS_PER_MS,
        percentile(ordered, 0.95) / _NS_PER_MS,
        percentile(ordered, 0.99) / _NS_PER_MS,
        len(ordered),
    )


def percentile(ordered: Sequence[int], share: float) -> int:
    """The smallest sample that so great a share of all does not exceed (nearest rank)."""
    rank = -(-len(ordered) * share // 1)  # rounded up
    return ordered[max(int(rank), 1) - 1]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    """The median of the ratios of runs that stood beside each other; None without a pair."""
    pairs = [a / b for a, b in zip(ours, theirs, strict=False) if b]
    return statistics.median(pairs) if pairs else None


def median(values: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return statistics.median(values) if values else None

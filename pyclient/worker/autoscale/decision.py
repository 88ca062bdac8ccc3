"""What an autoscaler decided, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from pyclient.worker.autoscale.metrics import Metrics
from pyclient.worker.autoscale.signals import Signal, rounded

Action = Literal["up", "down", "hold"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Attributes:
        at: when, aware, UTC.
        action: up, down or hold.
        from_size, to_size: workers before and after; the same on hold.
        reason: one sentence: which signals, and what they were held by.
        metrics: of the sample; None = there was no sample.
        signals: metrics beyond their thresholds, in the order of Metrics.
    """

    at: datetime
    action: Action
    from_size: int
    to_size: int
    reason: str
    metrics: Metrics | None = None
    signals: tuple[Signal, ...] = ()

    def __str__(self) -> str:
        is_hold = self.action == "hold"
        where = f"at {self.from_size}" if is_hold else f"{self.from_size} to {self.to_size}"
        return f"{self.action} {where}: {self.reason}"

    def as_dict(self) -> dict[str, Any]:
        """As JSON: at, action, from, to, reason, metrics, signals; numbers to four places."""
        metrics = None if self.metrics is None else asdict(self.metrics)
        return {
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "action": self.action,
            "from": self.from_size,
            "to": self.to_size,
            "reason": self.reason,
            "metrics": metrics and {key: rounded(value) for key, value in metrics.items()},
            "signals": [signal.as_dict() for signal in self.signals],
        }

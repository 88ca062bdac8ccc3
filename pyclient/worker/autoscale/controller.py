"""Decides from one sample after the other how many workers there should be.

No clock, no I/O, no chance: the same samples at the same times give the same decisions.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from pyclient.worker.autoscale.adaptation import Adaptation
from pyclient.worker.autoscale.config import AutoscalerConfig, ScalingTriggers
from pyclient.worker.autoscale.decision import Action, Decision
from pyclient.worker.autoscale.metrics import Sample, measure
from pyclient.worker.autoscale.signals import Signal, find_signals

_SIGNALS_NEEDED = 2


@dataclass(frozen=True, slots=True)
class _Wish:
    """What one sample asks for by itself, and the words for it."""

    action: Action
    size: int
    why: str


class Controller:
    """Remembers from sample to sample what was asked for, and when the pool changed."""

    def __init__(self, config: AutoscalerConfig) -> None:
        """Nothing has been seen yet: no cooldown runs, no signal counts."""
        self._config = config
        self._adaptation = Adaptation(config)
        self._asked: Action = "hold"
        self._asked_count = 0
        self._up_at_s = self._changed_at_s = -math.inf
        self._busy: deque[tuple[float, float]] = deque()

    @property
    def triggers(self) -> ScalingTriggers:
        """The thresholds in force."""
        return self._adaptation.triggers

    def decide(self, sample: Sample, now_s: float) -> Decision:
        """The decision on a sample.

        Args:
            sample: what was seen.
            now_s: seconds on any clock that never goes back.
        """
        metrics = measure(sample)
        self._adaptation.observe(metrics, now_s)
        signals = find_signals(metrics, self.triggers, self._config.target_sla)
        self._note_busy(sample, now_s)
        limited = self._within_limits(sample.size)
        if limited is None:
            wish = self._wish(sample, signals)
            self._count(wish.action)
            held_by = self._held_by(wish.action, now_s)
        else:
            wish, held_by = limited, None
        if wish.action == "hold" or held_by:
            why = f"{wish.why}, but {held_by}" if held_by else wish.why
            size = sample.size
            return Decision(sample.taken_at, "hold", size, size, why, metrics, signals)
        self._note_change(wish.action, now_s)
        return Decision(
            sample.taken_at, wish.action, sample.size, wish.size, wish.why, metrics, signals
        )

    def hold(self, size: int, at: datetime, reason: str) -> Decision:
        """The decision where there is no sample: what was asked for before counts no more."""
        self._count("hold")
        return Decision(at, "hold", size, size, reason)

    def _within_limits(self, size: int) -> _Wish | None:
        """A size that was never allowed is mended at once; None = it is allowed."""
        low, high = self._config.min_workers, self._config.max_workers
        if size < low:
            return _Wish("up", low, f"min_workers is {low}")
        if size > high:
            return _Wish("down", high, f"max_workers is {high}")
        return None

    def _wish(self, sample: Sample, signals: tuple[Signal, ...]) -> _Wish:
        ups = [signal for signal in signals if signal.direction == "up"]
        downs = [signal for signal in signals if signal.direction == "down"]
        if len(ups) >= _SIGNALS_NEEDED and any(signal.is_demand for signal in ups):
            return self._wish_up(sample, ups)
        if any(signal.is_demand for signal in ups) or len(downs) < _SIGNALS_NEEDED:
            return _Wish("hold", sample.size, _too_few(ups, downs))
        return self._wish_down(sample, downs)

    def _wish_up(self, sample: Sample, ups: list[Signal]) -> _Wish:
        most = self._config.max_workers
        if sample.size == most:
            return _Wish("hold", most, f"{_listed(ups)}, but max_workers is {most}")
        size = min(sample.size + self._config.scale_up_count, most)
        return _Wish("up", size, _listed(ups))

    def _wish_down(self, sample: Sample, downs: list[Signal]) -> _Wish:
        """At most so far that what was busy lately would not have been beyond the target."""
        least, why = self._config.min_workers, _listed(downs)
        if sample.size == least:
            return _Wish("hold", least, f"{why}, but min_workers is {least}")
        busiest = max(busy for _, busy in self._busy)
        target = self._config.target_sla.target_worker_utilization
        needed = math.ceil(busiest / target)
        size = max(sample.size - self._config.scale_down_count, least, needed)
        if size >= sample.size:
            held_by = (
                f"up to {busiest:.1f} workers were busy within "
                f"{self._config.scale_down_cooldown_seconds:g} s, which takes {needed} at "
                f"{target:.0%}"
            )
            return _Wish("hold", sample.size, f"{why}, but {held_by}")
        return _Wish("down", size, why)

    def _count(self, action: Action) -> None:
        """How many samples in a row asked for this."""
        self._asked_count = self._asked_count + 1 if action == self._asked else 1
        self._asked = action

    def _held_by(self, action: Action, now_s: float) -> str | None:
        """What keeps a wish from being obeyed now."""
        if action == "hold":
            return None
        config, needed = self._config, self._config.consecutive_signals_required
        if self._asked_count < needed:
            return f"only {self._asked_count} of {needed} samples in a row asked for it"
        if action == "up":
            cooldown_s, since_s = config.scale_up_cooldown_seconds, now_s - self._up_at_s
        else:
            cooldown_s, since_s = config.scale_down_cooldown_seconds, now_s - self._changed_at_s
        if since_s < cooldown_s:
            return f"the cooldown of {cooldown_s:g} s goes on for {cooldown_s - since_s:.0f} s"
        return None

    def _note_busy(self, sample: Sample, now_s: float) -> None:
        """Remember how many workers were busy, for as long as a pool has to wait to shrink."""
        self._busy.append((now_s, sample.size * sample.utilization))
        while now_s - self._busy[0][0] > self._config.scale_down_cooldown_seconds:
            self._busy.popleft()

    def _note_change(self, action: Action, now_s: float) -> None:
        self._changed_at_s = now_s
        if action == "up":
            self._up_at_s = now_s
        self._asked, self._asked_count = "hold", 0


def _listed(signals: list[Signal]) -> str:
    return " and ".join(str(signal) for signal in signals)


def _too_few(ups: list[Signal], downs: list[Signal]) -> str:
    if len(ups) >= _SIGNALS_NEEDED:
        return f"{_listed(ups)}, but no work waits or fills the slots"
    if ups or downs:
        return f"{_listed(ups or downs)}, but one signal is not enough"
    return "no metric is beyond its threshold"

"""How many users there are at which time, as plain functions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

#: Share of the peak by the hour of a working day: quiet nights, two humps, a dip at noon.
_DAY = (
    *((0, 0.10), (5, 0.05), (7, 0.25), (9, 0.80), (11, 1.00), (13, 0.70)),
    *((15, 0.95), (17, 0.80), (20, 0.40), (22, 0.20), (24, 0.10)),
)
_SPIKE_BASE, _SPIKE_BEGIN, _SPIKE_END = 0.2, 0.4, 0.6

#: What a step of the ramp must bring at least, as a share of the best rate so far.
RISE = 0.05
_GROWTH = 1.5


def steady(share: float) -> float:
    """All the time at the peak."""
    return 1.0


def spike(share: float) -> float:
    """A fifth of the peak; the peak at once for the third fifth of the time; a fifth again."""
    return 1.0 if _SPIKE_BEGIN <= share < _SPIKE_END else _SPIKE_BASE


def day(share: float) -> float:
    """A working day, compressed."""
    hour = min(max(share, 0.0), 1.0) * 24
    after = min(bisect_right(_DAY, hour, key=lambda point: point[0]), len(_DAY) - 1)
    (left, low), (right, high) = _DAY[after - 1], _DAY[after]
    return low + (high - low) * (hour - left) / (right - left)


#: The shapes that follow the clock: share of the time gone by -> share of the peak.
CURVES: dict[str, Callable[[float], float]] = {"steady": steady, "spike": spike, "day": day}
SATURATION = "saturation"
NAMES = (*CURVES, SATURATION)


def users_at(name: str, elapsed_s: float, whole_s: float, peak: int) -> int | None:
    """How many users a shape that follows the clock has now, at least one; None = it is over."""
    if elapsed_s >= whole_s:
        return None
    return max(1, round(CURVES[name](elapsed_s / whole_s) * peak))


@dataclass
class Ramp:
    """Users in steps, each half as many again, until a step does not bring more calls.

    Attributes:
        users: of the step that runs.
        peak: users at most.
        steps: of the steps that are over, users and calls per second.
        is_over: whether there is no further step.
        is_saturated: whether that is because the rate stopped rising.
    """

    users: int
    peak: int
    steps: list[tuple[int, float]] = field(default_factory=list)
    is_over: bool = False
    is_saturated: bool = False

    def note(self, rate: float) -> None:
        """End the step with its rate, and go on to the next, if there is one."""
        best = max((before for _, before in self.steps), default=0.0)
        self.steps.append((self.users, rate))
        self.is_saturated = rate <= best * (1 + RISE)
        self.is_over = self.is_saturated or self.users >= self.peak
        if not self.is_over:
            self.users = min(self.peak, max(self.users + 1, int(self.users * _GROWTH)))

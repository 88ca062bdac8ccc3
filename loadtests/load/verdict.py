"""Pass or fail: the share of failed calls, the ledger, and p99 under load beside p99 idle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

#: Fewer samples than this have no percentile that says anything.
MIN_SAMPLES = 20
#: Of fewer calls than this p99 is the hiccups of the run, and its bound so many times as wide.
FEW, WIDER = 500, 5
#: Waits by design: its time is that of the next task, not the server's.
WAITING = ("celers_dequeue_wait",)


@dataclass(frozen=True)
class Bounds:
    """How many times its idle p99 a routine's p99 may be; 0 = any.

    Attributes:
        default: for every routine without one of its own.
        own: by routine.
    """

    default: float
    own: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Bounds:
        """Read ``20``, or ``20,celers_step=10,…``.

        Raises:
            ValueError: it is of another form.
        """
        first, *others = text.split(",")
        pairs = [item.partition("=") for item in others]
        try:
            default = float(first)
            own = {name.strip(): float(ratio) for name, _, ratio in pairs}
        except ValueError:
            raise ValueError(f"{text} is not of the form 20,celers_step=10") from None
        if not all(0 <= ratio < float("inf") for ratio in (default, *own.values())):
            raise ValueError(f"{text} holds a ratio that is negative or no number")
        return cls(default, own)

    def of(self, name: str) -> float:
        """The bound of a routine."""
        return 0.0 if name in WAITING else self.own.get(name, self.default)


@dataclass(frozen=True)
class Sample:
    """Calls of one routine in one phase; times in milliseconds."""

    calls: int
    failed: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Line:
    """A routine: under load, idle, and the bound that is wanted for it; 0 = none."""

    name: str
    load: Sample
    idle: Sample
    wanted: float

    @property
    def bound(self) -> float:
        """The ratio that is allowed: the wanted one, or wider where it was called seldom."""
        return self.wanted * (WIDER if self.load.calls < FEW else 1)

    @property
    def ratio(self) -> float | None:
        """p99 under load to p99 idle; None where there are too few calls of either."""
        if min(self.idle.calls, self.load.calls) < MIN_SAMPLES:
            return None
        return self.load.p99_ms / self.idle.p99_ms

    @property
    def is_met(self) -> bool | None:
        """Whether the bound is kept; None where nothing is judged."""
        if self.ratio is None or not self.bound:
            return None
        return self.ratio <= self.bound


@dataclass(frozen=True)
class Verdict:
    """What a run comes to.

    Attributes:
        lines: every routine that was called.
        faults: what is wrong with the ledger.
        broken: what stopped users, or the audit itself.
        budget: the share of calls that may fail.
        bounds_apply: False where the shape ends in overload on purpose.
        is_complete: whether the run came to its end.
    """

    lines: Sequence[Line]
    faults: Sequence[str]
    broken: Sequence[str]
    budget: float
    bounds_apply: bool
    is_complete: bool

    @property
    def calls(self) -> int:
        """Calls under load and before it."""
        return sum(line.load.calls + line.idle.calls for line in self.lines)

    @property
    def failed(self) -> int:
        """How many of them failed."""
        return sum(line.load.failed + line.idle.failed for line in self.lines)

    @property
    def is_passed(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.wrong())

    def wrong(self) -> Iterator[str]:
        """What is wrong, a sentence each."""
        yield from self.broken
        for fault in self.faults:
            yield f"ledger: {fault}"
        if not any(line.load.calls for line in self.lines):
            yield "nothing was called under load"
        elif self.failed > self.budget * self.calls:
            share = f"{self.failed:,} of {self.calls:,} calls failed"
            yield f"errors: {share}, budget {self.budget:.2%}"
        if self.bounds_apply:
            yield from self._slow()

    def _slow(self) -> Iterator[str]:
        for line in self.lines:
            if line.is_met is False:
                yield (
                    f"p99: {line.name} took {line.load.p99_ms:.2f} ms under load, "
                    f"{line.ratio:.1f} times the {line.idle.p99_ms:.2f} ms idle; "
                    f"bound {line.bound:g}"
                )
        bounded = [line for line in self.lines if line.bound]
        if self.is_complete and bounded and all(line.ratio is None for line in bounded):
            yield f"p99: no routine was called {MIN_SAMPLES} times both idle and under load"


def three_digits(time_ms: float) -> float:
    """A time as it is kept for percentiles."""
    return float(f"{time_ms:.3g}")


def text(verdict: Verdict) -> str:
    """The verdict for a terminal: a table of routines, then what is wrong, then one word."""
    head = ("routine", "calls", "failed", "p50 ms", "p99 ms", "idle p99", "ratio", "bound", "")
    rows = [head, *[_cells(line, verdict.bounds_apply) for line in verdict.lines]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    table = [
        "  ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    word = "PASS" if verdict.is_passed else "FAIL"
    end = word if verdict.is_complete else f"{word}, as far as it went: INTERRUPTED"
    return "\n".join([*table, "", *verdict.wrong(), end])


def _cells(line: Line, bounds_apply: bool) -> tuple[str, ...]:
    met = line.is_met if bounds_apply else None
    return (
        line.name,
        f"{line.load.calls:,}",
        f"{line.load.failed + line.idle.failed:,}",
        f"{line.load.p50_ms:.2f}" if line.load.calls else "",
        f"{line.load.p99_ms:.2f}" if line.load.calls else "",
        f"{line.idle.p99_ms:.2f}" if line.idle.calls else "",
        f"{line.ratio:.1f}" if line.ratio is not None else "",
        f"{line.bound:g}" if line.bound and bounds_apply else "",
        {None: "", True: "ok", False: "MISSED"}[met],
    )

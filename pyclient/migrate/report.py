"""What a deployment says while it runs, and what it hands back at the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pyclient.migrate.session import ended

_DONE = {
    "alter": "altered",
    "apply": "applied",
    "continue": "continued",
    "create": "created",
    "drop": "dropped",
    "grant": "granted",
    "load": "loaded",
    "replace": "replaced",
}


@dataclass(slots=True)
class Report:
    """The outcome: ``changes`` are the sentences printed, ``notes`` what could not be done."""

    schema: str
    dry_run: bool = False
    changes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def changed(self) -> bool:
        """Whether anything was done, or in a dry run would be."""
        return bool(self.changes)


def counted(count: int, noun: str) -> str:
    """The noun with its number: 1 error, 2 errors."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class Voice:
    """Prints, and keeps what it printed in a report."""

    def __init__(
        self, schema: str, out: Callable[[str], object], *, dry_run: bool, show_sql: bool
    ) -> None:
        self._out = out
        self._show_sql = show_sql
        self._begun = time.monotonic()
        self.report = Report(schema, dry_run)

    def did(self, verb: str, what: str, *, seconds: float | None = None, why: str = "") -> None:
        """Say that something was done, or in a dry run that it would be."""
        word = f"would {verb}" if self.report.dry_run else _DONE[verb]
        sentence = f"{word} {what}"
        if why:
            sentence += f" ({why})"
        if seconds is not None and not self.report.dry_run:
            sentence += f" [{seconds * 1000:.0f} ms]"
        self.report.changes.append(sentence)
        self._out(sentence)

    def note(self, sentence: str) -> None:
        """Say what could not be done."""
        self.report.notes.append(sentence)
        self._out(f"note: {sentence}")

    def say(self, sentence: str) -> None:
        """Say something in passing."""
        self._out(sentence)

    def sql(self, *statements: str) -> None:
        """Show statements, where that was asked for."""
        if self._show_sql:
            for statement in statements:
                self._out(ended(statement))

    def end(self) -> Report:
        """Close the report."""
        if not self.report.changes:
            self._out("nothing to do")
        self.report.seconds = time.monotonic() - self._begun
        return self.report

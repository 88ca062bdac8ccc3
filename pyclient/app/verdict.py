"""What a task says about itself, besides returning a result or raising an error."""

from __future__ import annotations

from pyclient.app.durations import delay_s as checked_delay_s


class Verdict(Exception):
    """Base of the four. An Exception, so that code between the task and the worker passes it on."""


class Snooze(Verdict):
    """Returned or raised: not now, run me again later. Counts as no error.

    Attributes:
        seconds: from now until the next attempt.
    """

    def __init__(self, seconds: float) -> None:
        """Put it off.

        Args:
            seconds: 0..315360000.

        Raises:
            InvalidArgument: another number.
        """
        super().__init__(seconds)
        self.seconds = checked_delay_s("a delay", seconds)

    def __str__(self) -> str:
        return f"again in {self.seconds:g} s"


class Cancel(Verdict):
    """Returned or raised: there is nothing left to do, end as cancelled.

    Attributes:
        reason: kept as the error of the task.
    """

    def __init__(self, reason: str = "the task cancelled itself") -> None:
        """Give the reason."""
        super().__init__(reason)
        self.reason = reason


class Retry(Verdict):
    """Raised: this attempt failed, try again. Counts as an error, bounded by max_retries.

    ``raise Retry(60) from error`` keeps the cause.

    Attributes:
        delay_s: seconds until the next attempt, None = as the retry policy says.
    """

    def __init__(self, delay_s: float | None = None) -> None:
        """Ask for another attempt.

        Args:
            delay_s: 0..315360000, None = as the retry policy says.

        Raises:
            InvalidArgument: another number.
        """
        super().__init__(delay_s)
        self.delay_s = None if delay_s is None else checked_delay_s("a delay", delay_s)

    def __str__(self) -> str:
        return "again" if self.delay_s is None else f"again in {self.delay_s:g} s"


class Reject(Verdict):
    """Raised: this task can never succeed, do not try again.

    Attributes:
        reason: kept as the error of the task.
        dead_letter: whether it becomes a dead letter, from where it can be requeued; else it ends
            as failed.
    """

    def __init__(self, reason: str, dead_letter: bool = True) -> None:
        """Give the reason."""
        super().__init__(reason)
        self.reason, self.dead_letter = reason, dead_letter

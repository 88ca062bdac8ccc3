"""Durations as users give them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeAlias

from pyclient.errors import InvalidArgument

#: A number of seconds, or a timedelta.
Duration: TypeAlias = float | timedelta
#: The longest delay that the server takes: ten years.
LONGEST_DELAY_S = 315_360_000


def seconds(name: str, value: Duration | None) -> float | None:
    """A duration as a number, an int where it is whole; None stays None.

    Raises:
        InvalidArgument: it is neither a number nor a timedelta.
    """
    number: Any = value.total_seconds() if isinstance(value, timedelta) else value
    if number is None:
        return None
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise InvalidArgument(f"{name} is seconds or a timedelta, not {number!r:.60}")
    return int(number) if float(number).is_integer() else number


def delay_s(name: str, value: Any) -> float:
    """A delay in seconds, as it is.

    Raises:
        InvalidArgument: it is no number of 0..LONGEST_DELAY_S.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= LONGEST_DELAY_S:
        raise InvalidArgument(f"{name} is 0..{LONGEST_DELAY_S} s, not {value!r:.60}")
    seconds: float = value
    return seconds

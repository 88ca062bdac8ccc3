"""What the doctor found: one sentence with its weight, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "OK"
    #: The account may not look, or there is nothing to look at.
    SKIP = "SKIP"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: how bad it is.
        text: what was found, in one sentence.
        fix: what to do about it, in words; empty where there is nothing to do.
        check: the word that names what was looked at.
        is_for_migrate: whether ``celers migrate`` mends it.
    """

    level: Level
    text: str
    fix: str = ""
    check: str = ""
    is_for_migrate: bool = False


def ok(text: str) -> Finding:
    """It is as it should be."""
    return Finding(Level.OK, text)


def skip(reason: str) -> Finding:
    """It was not looked at, for this reason."""
    return Finding(Level.SKIP, f"not checked: {reason}")


def warn(text: str, fix: str) -> Finding:
    """It works, but not as well as it could, or not for long."""
    return Finding(Level.WARN, text, fix)


def fail(text: str, fix: str, *, is_for_migrate: bool = False) -> Finding:
    """It does not work, or what is promised does not hold."""
    return Finding(Level.FAIL, text, fix, is_for_migrate=is_for_migrate)


def count(number: int, noun: str) -> str:
    """A number with its noun: 1 worker, 2 workers."""
    return f"{number} {noun}" if number == 1 else f"{grouped(number)} {noun}s"


def grouped(number: int) -> str:
    """A number with its thousands set apart: 1 204."""
    return f"{number:,}".replace(",", " ")


def span(seconds: float) -> str:
    """A length of time as a person says it: 42 s, 12 min, 3 h, 2 days."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"

"""What is wrong with a configuration, said so that a person finds the place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pyclient.errors import InvalidArgument

#: Up to the last @, as a password may hold anything; but not the form that errors show.
_PASSWORD = re.compile(r"(?P<user>:/{1,2}[^:/?#\s]*):(?!password@host:3306).*@", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. Passwords of URLs are masked in all of it.

    Attributes:
        text: what is wrong.
        where: ``celers.toml:12``, ``env CELERS_WORKERS__PREFETCH``, ``flag``, or "" = nowhere.
        key: ``workers.prefetch``, or "" where it is not about one key.
    """

    text: str
    where: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        for name in ("text", "where", "key"):
            object.__setattr__(self, name, masked(getattr(self, name)))

    def as_dict(self) -> dict[str, str]:
        """Its parts by their names."""
        return {"where": self.where, "key": self.key, "text": self.text}

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.key, self.text) if part)


class InvalidConfig(InvalidArgument, ValueError):
    """A configuration that cannot be used.

    Attributes:
        problems: all that is wrong, in the order of the settings.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[InvalidConfig], tuple[tuple[Problem, ...]]]:
        return InvalidConfig, (self.problems,)


def masked(text: str) -> str:
    """The text with ``***`` for the password of a URL in it."""
    return _PASSWORD.sub(r"\g<user>:***@", text)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """``; did you mean X?``, or "" where nothing known looks like the word."""
    near = difflib.get_close_matches(word.lower(), known, 1)
    return f"; did you mean {near[0]}?" if near else ""

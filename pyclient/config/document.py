"""A configuration file that was read: its values, and the lines on which they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyclient.config.layer import Path


@dataclass(frozen=True, slots=True)
class Document:
    """What stands in a file.

    Attributes:
        values: as the file's language has them; an empty file has an empty dict.
        line_of: the line of a path's key, or of the nearest table around it; 1 is the first.
    """

    values: Any
    line_of: Callable[[Path], int]


class Unreadable(Exception):
    """A file that is not what its name says."""

    def __init__(self, text: str, line: int) -> None:
        super().__init__(text)
        self.text, self.line = text, line

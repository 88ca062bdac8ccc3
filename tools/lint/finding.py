"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One line of the report: ``file:line: CODE text``."""

    path: str
    line: int
    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code} {self.text}"


def shown(path: Path, root: Path) -> str:
    """A path as it stands in the report: relative to the repository where it is inside it."""
    return str(path.relative_to(root) if path.is_relative_to(root) else path)

"""The documented views: what their headers say.

A view's header is ``-- name: one sentence.``, free text, and a section ``Columns`` whose lines are
``--   name  text`` or ``--   name, name  text``, in the order of the view.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tools.spec import SpecError

_TITLE = re.compile(r"-- (?P<name>[a-z]\w*): (?P<sentence>\S.*)\.$")
_COLUMN = re.compile(r"-- {2,5}(?P<names>\w+(?:, \w+)*)(?:\s+(?P<text>\S.*))?$")
_CREATE = re.compile(r"^CREATE VIEW `?(?P<name>\w+)`?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class View:
    """One view: each entry of ``columns`` is the names of one line and their meaning."""

    path: Path
    name: str
    sentence: str
    doc: str
    columns: tuple[tuple[tuple[str, ...], str], ...]

    @property
    def names(self) -> list[str]:
        """The names of all columns."""
        return [name for names, _ in self.columns for name in names]


def read(path: Path, root: Path) -> View:
    """Read the header of one view's file."""
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    lines = path.read_text(encoding="utf-8").splitlines()
    title = _TITLE.match(lines[0]) if lines else None
    if title is None:
        raise SpecError(shown, 1, "the file must begin with '-- name: one sentence.'")
    created = _CREATE.search("\n".join(lines))
    if created is None or not created["name"] == title["name"] == path.stem:
        raise SpecError(shown, 1, f"file, header and CREATE VIEW must all be of {path.stem}")
    header = lines[1 : next(at for at, line in enumerate(lines) if not line.startswith("--"))]
    if "-- Columns" not in header:
        raise SpecError(shown, 1, "section 'Columns' is missing")
    at = header.index("-- Columns")
    doc = "\n".join(line[2:].removeprefix(" ") for line in header[:at]).strip()
    columns = _columns(header[at + 1 :], shown, at + 3)
    return View(shown, title["name"], title["sentence"], doc, columns)


def _columns(lines: list[str], shown: Path, first: int) -> tuple[tuple[tuple[str, ...], str], ...]:
    found: list[tuple[tuple[str, ...], str]] = []
    for number, line in enumerate(lines, start=first):
        column = _COLUMN.match(line)
        if column:
            found.append((tuple(column["names"].split(", ")), column["text"] or ""))
        elif found and re.match(r"-- {6,}\S", line):
            names, text = found[-1]
            found[-1] = (names, f"{text} {line[2:].strip()}".strip())
        elif line != "--":
            raise SpecError(shown, number, "expected '--   name  text' (2 to 5 blanks after '--')")
    return tuple(found)


def load_all(root: Path) -> list[View]:
    """Every view of the repository, by name."""
    return [read(path, root) for path in sorted((root / "db" / "views").glob("*.sql"))]

"""What the headers of the routines declare, read from the SQL that comes with the package."""

from __future__ import annotations

from pyclient import _header
from pyclient.migrate import tree


def header(routine: str) -> _header.Header | None:
    """The header of a routine; None where there is no routine of that name."""
    file = next(tree.default_root().glob(f"procedures/*/{routine}.sql"), None)
    return None if file is None else _header.parse(file.read_text("utf-8"))


def is_view(name: str) -> bool:
    """Whether there is a view of that name."""
    return (tree.default_root() / "views" / f"{name}.sql").is_file()

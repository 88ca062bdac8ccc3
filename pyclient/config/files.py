"""Finding the configuration file, and reading it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyclient.config import layer
from pyclient.config.document import Document, Unreadable
from pyclient.config.layer import Layer
from pyclient.config.problems import Problem
from pyclient.config.section import Section, section_of
from pyclient.config.settings import Settings
from pyclient.config.toml_file import read_toml
from pyclient.config.yaml_file import read_yaml

ENDINGS = (".toml", ".yaml", ".yml")
_NAMES = ("celers", "task-queue")
_LARGEST = 1_000_000
_PYPROJECT = "pyproject.toml"
SYSTEM = Path("/etc/celers")


@dataclass(frozen=True, slots=True)
class Found:
    """A file, and where in it our values stand."""

    path: Path
    inside: layer.Path = ()

    def __str__(self) -> str:
        return str(self.path)


def find(given: str | os.PathLike[str] | None, environment: Mapping[str, str]) -> Found | None:
    """The file given, or that of CELERS_CONFIG, or the first that is there; None = none."""
    named = given or environment.get("CELERS_CONFIG")
    if named:
        path = Path(named)
        return Found(path, ("tool", "celers") if path.name == _PYPROJECT else ())
    first = next((path for path in candidates(environment) if os.path.isfile(path)), None)
    if first is not None:
        return Found(first)
    pyproject = Found(Path(_PYPROJECT), ("tool", "celers"))
    return pyproject if _has_table(pyproject) else None


def candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    """Where a file is looked for, in order; pyproject.toml comes after them."""
    home = environment.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    for folder in (Path(), Path("config")):
        yield from (folder / (name + ending) for name in _NAMES for ending in ENDINGS)
    for folder in (Path(home, "celers"), SYSTEM):
        yield from (folder / ("celers" + ending) for ending in ENDINGS)


def _has_table(pyproject: Found) -> bool:
    if not os.path.isfile(pyproject.path):
        return False
    read = read_file(pyproject)
    return bool(read.values or read.problems)


def read_file(found: Found) -> Layer:
    """What a file says; a file that cannot be read says nothing and has a problem."""
    try:
        document = _read(found.path)
    except Unreadable as error:
        return _broken(Problem(error.text, f"{found}:{error.line}"))
    except OSError as error:
        return _broken(Problem(f"cannot be read: {error.strerror or error}", str(found)))

    def place(path: layer.Path) -> str:
        return f"{found}:{document.line_of((*found.inside, *path))}"

    values = {} if document.values is None else document.values  # YAML's null
    for step in found.inside:
        values = values.get(step, {}) if isinstance(values, dict) else values
    if not isinstance(values, dict):
        return _broken(Problem("must be a table of sections and keys", place(())))
    return Layer(_without_nothing(values, Settings), place)


def _broken(problem: Problem) -> Layer:
    return Layer({}, lambda path: problem.where, [problem])


def _without_nothing(values: dict[Any, Any], model: type[Section]) -> dict[Any, Any]:
    """Without YAML's null: a section whose keys are all commented out, a key without a value."""
    kept = {}
    for key, value in values.items():
        inner = section_of(model.model_fields.get(key))
        if inner is not None and isinstance(value, dict):
            kept[key] = _without_nothing(value, inner)
        elif value is not None:
            kept[key] = value
    return kept


def _read(path: Path) -> Document:
    reader = {".toml": read_toml, ".yaml": read_yaml, ".yml": read_yaml}.get(path.suffix.lower())
    if reader is None:
        raise Unreadable(f"a configuration file ends in {', '.join(ENDINGS)}", 1)
    data = _bytes(path)
    try:
        return reader(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable("is not text in UTF-8", line) from None
    except RecursionError:
        raise Unreadable("is nested too deeply", 1) from None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise Unreadable(f"is larger than {_LARGEST:,} bytes", 1)
    return data

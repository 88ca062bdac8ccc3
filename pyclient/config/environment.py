"""What environment variables say, and the same in .env."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping

from dotenv import dotenv_values
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from pyclient.config import layer
from pyclient.config.layer import Layer
from pyclient.config.problems import Problem, did_you_mean
from pyclient.config.section import paths, section_of
from pyclient.config.settings import Settings

PREFIX, DELIMITER = "CELERS_", "__"
_OLD_PREFIX = "TASK_QUEUE_"
_DOTENV = ".env"
#: Variables that are read, and are not settings.
_OTHERS = ("CELERS_CONFIG", "CELERS_DSN_FILE", "CELERS_SECRETS_DIR", "CELERS_PURE_PYTHON")
_SECTIONS = [name for name, field in Settings.model_fields.items() if section_of(field)]


class Readable(BaseSettings, Settings):
    """The settings, for the readers of pydantic-settings."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        env_ignore_empty=True,
        enable_decoding=False,
    )


def name_of(path: layer.Path) -> str:
    """The environment variable for a path."""
    return PREFIX + DELIMITER.join(str(step) for step in path).upper()


def read_dotenv() -> tuple[dict[str, str], list[Problem]]:
    """The variables of .env in the current directory, which may be missing."""
    if not os.path.isfile(_DOTENV):
        return {}, []
    try:
        found = dotenv_values(_DOTENV)
    except OSError as error:
        return {}, [Problem(f"cannot be read: {error.strerror}", _DOTENV)]
    except UnicodeDecodeError:
        return {}, [Problem("is not text in UTF-8", _DOTENV)]
    return {name: value for name, value in found.items() if value is not None}, []


def read_variables(variables: Mapping[str, str], source: str) -> Layer:
    """What variables named CELERS_<SECTION>__<KEY> say; ``source`` is what they are called."""
    filled = {name.upper(): value for name, value in variables.items() if value}
    old = _old_names(filled)
    given = {new: filled[name] for new, name in old.items()} | filled
    reader = EnvSettingsSource(Readable)
    reader.env_vars = {name.lower(): value for name, value in given.items()}

    def place(path: layer.Path) -> str:
        wanted = (name_of(path[:length]) for length in range(len(path), 0, -1))
        within = (name for name in given if name.startswith(name_of(path) + DELIMITER))
        name = next((name for name in wanted if name in given), None) or next(within, "")
        return f"{source} {name if name in filled else old.get(name, '')}"

    problems = [Problem(text, f"{source} {name}") for name, text in _misplaced(filled)]
    warnings = [f"{source} {text}" for text in (*_lookalikes(filled), *_outdated(filled, old))]
    return Layer(reader(), place, problems, warnings)


def _old_names(given: Mapping[str, str]) -> dict[str, str]:
    """The variables TASK_QUEUE_<SECTION>_<KEY> that are set, by the names they have now."""
    meant: dict[str, set[str]] = {}
    for path in paths(Settings):
        for begin in range(1, len(path)):  # a table within a section need not be named
            name = _OLD_PREFIX + "_".join((path[0], *path[begin:])).upper()
            meant.setdefault(name, set()).add(name_of(path))
    return {new.pop(): old for old, new in meant.items() if old in given and len(new) == 1}


def _outdated(given: Mapping[str, str], old: Mapping[str, str]) -> Iterator[str]:
    for new, name in old.items():
        yield f"{name} is deprecated: " + (f"{new} counts" if new in given else f"use {new}")
    known = tuple(f"{_OLD_PREFIX}{section}_".upper() for section in _SECTIONS)
    for name in given:
        if name.startswith(known) and name not in old.values():
            yield f"{name} is not read: no setting has that name"


def _misplaced(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Variables of sections that do not exist, and of parts of a value."""
    keys = [name_of(path) for path in paths(Settings)]
    for name in given:
        section, mark, _ = name.removeprefix(PREFIX).lower().partition(DELIMITER)
        if not (name.startswith(PREFIX) and mark):
            continue
        whole = next((key for key in keys if name.startswith(key + DELIMITER)), None)
        if whole is not None:
            yield name, f"is a part of one value: set {whole}"
        elif section not in _SECTIONS:
            yield name, f"there is no section {section}{did_you_mean(section, _SECTIONS)}"


def _lookalikes(given: Mapping[str, str]) -> Iterator[str]:
    """Variables that are not ours, and that somebody may think are."""
    known = [*map(name_of, paths(Settings)), *_OTHERS]
    for name in given:
        if name.startswith(PREFIX) and DELIMITER not in name and name not in known:
            near = difflib.get_close_matches(name, known, 1, cutoff=0.85)
            if near:
                yield f"{name} is not read; did you mean {near[0]}?"

"""Reading the settings from everywhere, the first source that says something deciding."""

from __future__ import annotations

import logging
import os
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pyclient.config import environment, files, secret_files
from pyclient.config.explain import text_of
from pyclient.config.layer import Layer, Path, merged, with_first_names
from pyclient.config.problems import InvalidConfig, Problem
from pyclient.config.settings import Settings

log = logging.getLogger("celers.config")


@dataclass(frozen=True)
class Loaded:
    """The settings, and where each comes from.

    Attributes:
        settings: all of them.
        file: the configuration file, or None = there is none.
        layers: what was read, the first of which decides.
        warnings: what works and should not be used any more, and what looks like a mistake.
    """

    settings: Settings
    file: str | None
    layers: tuple[Layer, ...]
    warnings: tuple[str, ...]

    def origin(self, path: Path) -> str:
        """Where a value comes from: ``flag``, ``env NAME``, ``file:line``, … or ``default``."""
        return _place(self.layers, path) or "default"


def load(
    path: str | os.PathLike[str] | None = None, flags: Mapping[str, Any] | None = None
) -> Settings:
    """The settings, from flags, environment, .env, secret files, file and defaults, in that order.

    Args:
        path: the configuration file; None = CELERS_CONFIG, or the first that is found.
        flags: values by the names of their paths, ``workers__prefetch``; None = not given.

    Raises:
        InvalidConfig: something in it is wrong; all that is found is said at once.
    """
    loaded = read(path, flags)
    for warning in loaded.warnings:
        log.warning("%s", warning)
    return loaded.settings


def read(
    path: str | os.PathLike[str] | None = None, flags: Mapping[str, Any] | None = None
) -> Loaded:
    """As load(), with where everything comes from. The warnings are not logged.

    Raises:
        InvalidConfig: something in it is wrong; all that is found is said at once.
    """
    dotenv, dotenv_problems = environment.read_dotenv()
    variables = ChainMap(dict(os.environ), dotenv)
    found = files.find(path, variables)
    layers = [
        _flags(flags or {}),
        environment.read_variables(os.environ, "env"),
        secret_files.read_dsn_file(os.environ, "env"),
        environment.read_variables(dotenv, ".env"),
        secret_files.read_dsn_file(dotenv, ".env"),
        secret_files.read_directory(variables),
        *([files.read_file(found)] if found else []),
        secret_files.read_fallback(os.environ, "env"),
        secret_files.read_fallback(dotenv, ".env"),
    ]
    layers = [with_first_names(layer) for layer in layers]
    problems = [*dotenv_problems, *(p for layer in layers for p in layer.problems)]
    settings = _validated(layers, problems)
    warnings = tuple(text for layer in layers for text in layer.warnings)
    return Loaded(settings, str(found) if found else None, tuple(layers), warnings)


def _flags(given: Mapping[str, Any]) -> Layer:
    values: dict[str, Any] = {}
    for name, value in given.items():
        if value is not None:
            *above, last = name.split(environment.DELIMITER)
            table = values
            for step in above:
                table = table.setdefault(step, {})
            table[last] = value
    return Layer(values, lambda path: "flag")


def _validated(layers: list[Layer], problems: list[Problem]) -> Settings:
    try:
        settings = Settings.model_validate(merged(layers, Settings))
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems = [*problems, *(_problem(detail, layers) for detail in details)]
    if problems:
        raise InvalidConfig(problems)
    return settings


def _problem(detail: ErrorDetails, layers: list[Layer]) -> Problem:
    path: Path = detail["loc"]
    together = [(*path, key) for key in detail.get("ctx", {}).get("keys", ())]
    places = (_place(layers, where) for where in (*together, path))
    about = together[0] if together else path
    where = next((place for place in places if place), "")
    return Problem(text_of(detail), where, ".".join(map(str, about)))


def _place(layers: tuple[Layer, ...] | list[Layer], path: Path) -> str | None:
    return next((layer.place(path) for layer in layers if layer.has(path)), None)

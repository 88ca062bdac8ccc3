"""The settings as they may be shown: each with where it comes from, none with a password."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pyclient.config.described import keys
from pyclient.config.loading import Loaded
from pyclient.config.problems import masked


class Shown(NamedTuple):
    """One setting: its dotted key, its value as JSON has it, and where it comes from."""

    key: str
    value: Any
    origin: str


def show(loaded: Loaded) -> Iterator[Shown]:
    """Every setting."""
    values = loaded.settings.model_dump(mode="json")
    for key in keys():
        value: Any = values
        for step in key.path:
            value = value[step]
        yield Shown(key.name, _masked(value), masked(loaded.origin(key.path)))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value

"""Libraries that only some of the package needs, imported where they are used."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from pyclient.errors import SetupError


class ExtraMissing(SetupError):
    """A library that comes with one of the package's extras is not installed."""


@cache
def required(module: str, extra: str) -> Any:
    """Import a library, or say how it is installed.

    Args:
        module: what is imported.
        extra: the extra of celers that brings it.

    Raises:
        ExtraMissing: it cannot be imported.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ExtraMissing(
            f"{module.partition('.')[0]} cannot be imported: pip install 'celers[{extra}]'"
        ) from error

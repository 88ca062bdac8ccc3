"""The Python packages of the systems that are compared: which version there is, how they start."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from loadtests.peers.adapter import Command, Missing

_CHECKOUT = Path(__file__).resolve().parents[3]


def version(package: str) -> str:
    """Its version. Raises Missing if it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError as error:
        raise Missing(f"The Python package {package} is not installed.") from error


def command(*words: str, environment: Mapping[str, str]) -> Command:
    """`python` with these words, in the checkout, where it can import what lies beside this."""
    return Command((sys.executable, *words), environment, str(_CHECKOUT))

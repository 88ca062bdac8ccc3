"""The fixture of the tests with several sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from db.tests.race.kit import Lab
from tools.freshschema import Schema


@pytest.fixture
def lab(schema: Schema, connect: Callable[..., Any]) -> Lab:
    """A deployed schema, as new, and as many sessions on it as wanted."""
    return Lab(connect, schema.name)

"""The fixture of the tests with several sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from db.tests.race.kit import Lab
from tools.freshschema import Schema


@pytest.fixture
def lab(schema: Schema, connect: Callable[..., Any]) -> Iterator[Lab]:
    """A deployed schema, as new, and as many sessions on it as wanted."""
    lab = Lab(connect, schema.name)
    yield lab
    lab.end()


@pytest.fixture
def orders(lab: Lab) -> Iterator[None]:
    """A table of the caller's own work, and no maintenance."""
    lab.quiet()
    lab.sql("CREATE TABLE orders (id INT PRIMARY KEY)")
    yield
    lab.sql("DROP TABLE orders")

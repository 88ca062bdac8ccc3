"""A client of the schema under test, and a worker that is made of its calls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import pyclient
from tools.freshschema import Schema


@pytest.fixture
def client(schema: Schema) -> Iterator[pyclient.Client]:
    """The schema's calls."""
    with pyclient.connect(schema.dsn) as client:
        yield client

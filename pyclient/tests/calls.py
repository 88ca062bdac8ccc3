"""The routines of the lab as a client calls them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

import pyclient
from pyclient import _rows
from pyclient._generated import ROW_TYPES
from pyclient._literal import call_statement


def answer(client: pyclient.Client, routine: str, *args: object) -> list[tuple[Any, ...]]:
    """The rows of a call as they come."""
    session = client._session
    return session.run(call_statement(routine, args, session.prefix))[1]


def value(client: pyclient.Client, routine: str, *args: object) -> Any:
    """The only value of the only row of a call."""
    rows = answer(client, routine, *args)
    assert len(rows) == 1
    assert len(rows[0]) == 1
    return rows[0][0]


@contextmanager
def known_as(row: type[NamedTuple], *kinds: str) -> Iterator[None]:
    """Within the block the row class is one of the generated ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ROW_TYPES, row, kinds)
        yield
    _rows._builder.cache_clear()

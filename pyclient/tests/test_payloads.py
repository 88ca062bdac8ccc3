"""Whatever text and bytes a task carries arrive byte for byte, by every way to the server."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pyclient
from pyclient._encode import encode_payload
from pyclient._literal import call_prefix, call_statement, literal
from pyclient.errors import InvalidArgument
from pyclient.tests.brought import CONNECTIONS, DRIVERS
from pyclient.tests.calls import answer, value
from pyclient.tests.conftest import Lab

HOSTILE = [
    "it's delimiter a  b   c isn't",
    "delimiter",
    "DELIMITER //\nSELECT 1//",
    "x\"; DELIMITER ;; y'",
    '{"b":"the delimiter isn\'t ok"}',
    "\ndelimiter $$\n",
    "%",
    "%s %% %(name)s %d",
    "'",
    '"',
    "`",
    "\\",
    "\\'",
    "'' \\' \\\\' \"",
    "\\0 \\n \\x00",
    "\0",
    "a\0b\x1a\b\r\n\t",
    "naïve ß é",
    "漢字 ｶﾅ",
    "😀 \U0010ffff",
    "ﾏ\\表\\能\\",
    "",
    " ",
    "  trailing  ",
    "1.10",
    str(2**70),
    "NULL",
    "); DROP TABLE note; --",
    "/*!50000 x */ -- # ;",
    "?:1 @a := 1 {0}",
    '{"a": 1.10, "b": 1e400, "c": 12345678901234567890123}',
    "\u2028\ufeff\u200f",
]
EVERY_CHARACTER = "".join(map(chr, [*range(0x300), *range(0xFF00, 0x10000)]))
MANY_DELIMITERS = "delimiter " * 20_000

QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.integers() | FLOATS | st.text()


@pytest.fixture(params=CONNECTIONS)
def brought(request: pytest.FixtureRequest, lab: Lab) -> Iterator[pyclient.Client]:
    """A client on a brought connection of each kind."""
    connection = CONNECTIONS[request.param](lab)
    yield pyclient.on(connection)
    connection.close()


@pytest.fixture(params=DRIVERS)
def plainly_brought(request: pytest.FixtureRequest, lab: Lab) -> Iterator[pyclient.Client]:
    """A client on a brought connection of each driver."""
    connection = CONNECTIONS[request.param](lab)
    yield pyclient.on(connection)
    connection.close()


def assert_unchanged(client: pyclient.Client, text: str) -> None:
    data = text.encode()
    (row,) = answer(client, "celers_echo", text, data)
    assert row == (text, data)
    assert [type(cell) for cell in row] == [str, bytes]


def test_hostile_text_survives_a_brought_connection(brought: pyclient.Client) -> None:
    for text in [*HOSTILE, EVERY_CHARACTER, MANY_DELIMITERS]:
        assert_unchanged(brought, text)
    assert_unchanged(brought, "".join(HOSTILE))


@pytest.mark.parametrize(
    "text", [*HOSTILE, EVERY_CHARACTER, MANY_DELIMITERS], ids=lambda text: ascii(text[:20])
)
def test_hostile_text_survives_a_pool(client: pyclient.Client, text: str) -> None:
    assert_unchanged(client, text)


def test_hostile_text_survives_the_pure_driver(lab: Lab) -> None:
    with pyclient.connect(dataclasses.replace(lab.dsn, use_pure=True)) as client:
        for text in [*HOSTILE, EVERY_CHARACTER, MANY_DELIMITERS]:
            assert_unchanged(client, text)


def test_hostile_text_survives_a_transaction(client: pyclient.Client) -> None:
    with client.transaction() as transaction:
        for text in HOSTILE:
            assert_unchanged(transaction, text)


@settings(QUICK, max_examples=300)
@given(st.text(), st.binary())
def test_any_text_and_bytes_survive(client: pyclient.Client, text: str, data: bytes) -> None:
    assert answer(client, "celers_echo", text, data) == [(text, data)]


@settings(QUICK, max_examples=200)
@given(
    st.recursive(
        SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
    )
)
def test_any_json_survives(client: pyclient.Client, document: Any) -> None:
    (row,) = answer(client, "celers_echo", encode_payload(document), b"")
    assert json.loads(row[0]) == document


def test_every_byte_survives(brought: pyclient.Client) -> None:
    data = bytes(range(256)) * 3
    assert answer(brought, "celers_echo", None, data) == [(None, data)]
    assert answer(brought, "celers_echo", None, b"") == [(None, b"")]


def test_sixteen_mebibytes_survive(plainly_brought: pyclient.Client) -> None:
    quoted = ("it's delimiter %s " * 2**20)[: 2**24]
    for text in (quoted, "\\漢😀" + "x" * (2**24 - 8)):
        (row,) = answer(plainly_brought, "celers_echo", text, None)
        assert row[0] == text


def test_sixteen_mebibytes_survive_a_pool(client: pyclient.Client) -> None:
    data = bytes(range(256)) * 2**16
    text = "\\" + "x" * (2**24 - 1)
    assert answer(client, "celers_echo", text, None) == [(text, None)]
    assert answer(client, "celers_echo", None, data) == [(None, data)]


class Colour(IntEnum):
    """An int that calls itself something else."""

    RED = 7


class Name(str):
    """Text of another type."""


@pytest.mark.parametrize(
    ("given", "digits"),
    [
        (0, "0"),
        (-(2**63), str(-(2**63))),
        (2**70, str(2**70)),
        (True, "1"),
        (False, "0"),
        (Colour.RED, "7"),
        (Decimal("1.10"), "1.10"),
        (Decimal("1E+5"), "100000"),
        (Decimal("12345678901234567890.00000000000000000001"),) * 2,
    ],
)
def test_numbers_are_exact(client: pyclient.Client, given: Any, digits: Any) -> None:
    assert Decimal(value(client, "celers_number", given)) == Decimal(digits)


@pytest.mark.parametrize("number", [0.1, 1e300, -5e-324, 1.7976931348623157e308, 2.0**53, -0.0])
def test_floats_are_exact(client: pyclient.Client, number: float) -> None:
    assert value(client, "celers_double", number) == number


def test_none_is_null(client: pyclient.Client) -> None:
    assert value(client, "celers_null", None) == 1
    assert value(client, "celers_null", "NULL") == 0


def test_other_types_become_their_text(client: pyclient.Client) -> None:
    identity = UUID("0198c0de-0000-7000-8000-00000000000a")
    instant = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
    assert answer(client, "celers_echo", identity, None) == [(str(identity), None)]
    assert answer(client, "celers_echo", instant, None) == [("2026-03-01 12:00:00.000005", None)]
    assert answer(client, "celers_echo", Name("it's"), bytearray(b"\0")) == [("it's", b"\0")]


@pytest.mark.parametrize(
    "given",
    [
        float("nan"),
        float("-inf"),
        Decimal("NaN"),
        datetime(2026, 3, 1),
        date(2026, 3, 1),
        {"a": 1},
        [1],
        object(),
        "half a pair \ud800",
    ],
    ids=lambda given: type(given).__name__,
)
def test_what_has_no_literal_is_refused(given: Any) -> None:
    with pytest.raises(InvalidArgument):
        literal(given)


def test_the_schema_of_a_call_can_be_named() -> None:
    assert call_statement("celers_x", ("%s", 1), call_prefix("a`b")) == (
        b"CALL `a``b`.celers_x(_utf8mb4'%s',1)"
    )

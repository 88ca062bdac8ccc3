"""What tasks return is kept as JSON, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest

from pyclient.codec import (
    Codec,
    DecodeError,
)
from pyclient.errors import InvalidArgument
from pyclient.tests.parts.codeckit import KEYS, READER


@pytest.mark.parametrize("codec", [Codec(), Codec("msgpack"), Codec(encryption=KEYS)])
def test_a_result_that_looks_like_a_wrapped_one_comes_back(codec: Codec) -> None:
    for value in (
        {"content_type": "application/json", "base64": "W10="},
        {"content_type": 1, "base64": None},
        {"content_type": "x"},
        {"content_type": "x", "base64": "x", "more": 1},
    ):
        assert READER.decode_result(codec.encode_result(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ({"sent": [1.5, "ä"]}, '{"sent":[1.5,"ä"]}'),
        (b"\x00", '{"content_type":"application/octet-stream","base64":"AA=="}'),
    ],
)
def test_a_result_is_json(value: Any, text: str | None) -> None:
    assert Codec().encode_result(value) == text
    assert Codec(compression="zlib").encode_result(value) == text


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"content_type": "application/json", "base64": 1}',
        '{"content_type": "application/json", "base64": "W10"}',
        '{"content_type": "application/json", "base64": "W10=\\n"}',
        '{"content_type": "application/json", "base64": "ä"}',
        '{"content_type": "application/json", "base64": "W10 ="}',
        '{"content_type": null, "base64": "W10="}',
    ],
)
def test_a_damaged_result_is_refused(text: str) -> None:
    with pytest.raises(DecodeError):
        Codec().decode_result(text)


def test_a_result_too_large_for_the_server_is_refused() -> None:
    assert Codec().encode_result("ä" * (8 * 1024 * 1024 - 1)) is not None
    with pytest.raises(InvalidArgument, match="16 MiB"):
        Codec().encode_result("ä" * (8 * 1024 * 1024))
    with pytest.raises(InvalidArgument, match="16 MiB"):
        Codec().encode_result(bytes(13 * 1024 * 1024))

"""Every spelling of a content type is read, and what is damaged or a bomb is refused by name."""

from __future__ import annotations

import tracemalloc
import zlib
from datetime import UTC, datetime

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyclient._extra import required
from pyclient.codec import (
    Codec,
    DecodeError,
    DecompressedTooLarge,
    UnknownContentType,
)
from pyclient.errors import InvalidArgument
from pyclient.tests.parts.codeckit import BYTES, JSON, KEYS, MSGPACK, READER


@given(st.binary() | st.binary().map(zlib.compress) | st.binary().map(zstandard.compress))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_anything_may_be_read_and_only_named_errors_come_out(data: bytes) -> None:
    kinds = [JSON, MSGPACK, BYTES, "text/plain"]
    steps = ["", ";compression=zlib", ";compression=zstd", ";encryption=2025"]
    for content_type in [kind + step for kind in kinds for step in steps]:
        try:
            READER.decode(data, content_type)
        except DecodeError as error:
            assert isinstance(error, InvalidArgument)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json ; charset="UTF-8"',
        "  application/json;charset=utf8  ",
        "application/json;charset=us-ascii;profile=x",
        "application/json; version=2",
    ],
)
def test_every_spelling_of_json_is_read(content_type: str) -> None:
    assert Codec().decode(b'{"a": "b"}', content_type) == {"a": "b"}
    assert Codec().decode('{"a": "b"}', content_type) == {"a": "b"}


@pytest.mark.parametrize("name", [MSGPACK, "application/x-msgpack", "Application/vnd.msgpack; v=5"])
def test_every_name_of_messagepack_is_read(name: str) -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
    packed = required("msgpack", "msgpack").packb([1, at], datetime=True)
    assert Codec().decode(packed, name) == [1, at]


@pytest.mark.parametrize(
    ("payload", "content_type", "value"),
    [
        (b"caf\xc3\xa9", "text/plain", "café"),
        ("café", "text/plain; charset=UTF-8", "café"),
        (b"\xff\x00", "Application/Octet-Stream", b"\xff\x00"),
        (zlib.compress(b"[1]"), "application/json; COMPRESSION=zlib; charset=utf-8", [1]),
    ],
)
def test_what_others_send_is_read(payload: str | bytes, content_type: str, value: object) -> None:
    assert Codec().decode(payload, content_type) == value


def test_steps_are_undone_in_the_order_they_are_named() -> None:
    data = zlib.compress(KEYS.keys["2025"].encrypt(b"[1]"))
    assert READER.decode(data, "application/json;encryption=2025;compression=zlib") == [1]
    with pytest.raises(DecodeError):
        READER.decode(data, "application/json;compression=zlib;encryption=2025")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "garbage",
        "application/xml",
        "application/x-python-serialize",
        "a/b/c",
        "application/json; charset",
        "application/json; charset=iso-8859-1",
        "application/json; charset=rot13",
        "application/json; compression=bzip2",
        "application/json; compression=ZLIB",
        "application/json; compression=zlib; compression=zlib",
        "application/json; encryption=a b",
        "application/json\r\nx: y",
        "application/json;" * 10,
        "é",
    ],
)
def test_what_is_not_known_is_not_guessed(content_type: str) -> None:
    with pytest.raises(UnknownContentType):
        READER.decode(b"[1]", content_type)


@pytest.mark.parametrize(
    ("payload", "content_type"),
    [
        ("", JSON),
        ("[1", JSON),
        ("NaN", JSON),
        ("[Infinity]", JSON),
        ("[" * 100_000, JSON),
        ("9" * 5000, JSON),
        (b'["\xff"]', JSON),
        ("[1]".encode("utf-16"), JSON),
        (b"\xff", "text/plain"),
        (b"", MSGPACK),
        (b"\xc1", MSGPACK),
        (b"\x91", MSGPACK),
        (b"\x01\x01", MSGPACK),
        (b"\xdd\xff\xff\xff\xff", MSGPACK),
        (b"\x91" * 100_000, MSGPACK),
        (b"\x81\x80\x01", MSGPACK),
        (b"\xc7\x0c\xff" + b"\xff" * 12, MSGPACK),
        (b"", f"{JSON};compression=zlib"),
        (zlib.compress(b"[1]")[:-1], f"{JSON};compression=zlib"),
        (zlib.compress(b"[1]") + b"x", f"{JSON};compression=zlib"),
        (zlib.compress(b"[1]")[:-1] + b"x", f"{JSON};compression=zlib"),
        (b"[1]", f"{JSON};compression=zlib"),
        ("[1]", f"{JSON};compression=zstd"),
        (b"", f"{JSON};compression=zstd"),
        (zstandard.compress(b"[1]")[:-1], f"{JSON};compression=zstd"),
        (zstandard.compress(b"[1]") + b"x", f"{JSON};compression=zstd"),
        (
            zstandard.ZstdCompressor(write_content_size=False).compress(b"[1]")[:-1],
            f"{JSON};compression=zstd",
        ),
        (zlib.compress(b"[1"), f"{JSON};compression=zlib"),
        (b"x", f"{JSON};encryption=2025"),
        pytest.param(KEYS.encrypt(b"[1]"), f"{JSON};encryption=2025", id="encrypted twice"),
        pytest.param(KEYS.encrypt(b"[1]"), f"{JSON};encryption=unknown", id="unknown key"),
    ],
)
def test_what_is_damaged_is_refused(payload: str | bytes, content_type: str) -> None:
    with pytest.raises(DecodeError) as caught:
        READER.decode(payload, content_type)
    assert type(caught.value) is DecodeError
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("name", ["zlib", "zstd", "zstd of unknown size"])
def test_a_bomb_does_not_go_off(name: str) -> None:
    limit = 1_000_000
    codec = Codec(decompressed_limit=limit)
    content_type = f"{BYTES};compression={name.split()[0]}"
    for size, is_bomb in ((limit, False), (limit + 1, True), (200 * limit, True)):
        data = bomb(name, size)
        assert len(data) < 300_000
        if is_bomb:
            tracemalloc.start()
            with pytest.raises(DecompressedTooLarge, match="1000000"):
                codec.decode(data, content_type)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert most < 5 * limit
        else:
            assert codec.decode(data, content_type) == bytes(size)


def bomb(name: str, size: int) -> bytes:
    if name == "zlib":
        return zlib.compress(bytes(size))
    announces = name == "zstd"
    return zstandard.ZstdCompressor(write_content_size=announces).compress(bytes(size))


def test_more_than_was_announced_does_not_come_out() -> None:
    honest = zstandard.compress(bytes(3000))
    announced = zstandard.frame_content_size(honest)
    place = honest.index((announced - 256).to_bytes(2, "little"))
    lying = honest[:place] + (500 - 256).to_bytes(2, "little") + honest[place + 2 :]
    assert zstandard.frame_content_size(lying) == 500
    with pytest.raises(DecodeError):
        Codec(decompressed_limit=1000).decode(lying, f"{BYTES};compression=zstd")

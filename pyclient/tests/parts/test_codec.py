"""Whatever is encoded comes back, by its content type alone, and nothing else gets through."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pyclient
from pyclient._extra import required
from pyclient.codec import (
    Codec,
    EncryptionMissing,
    ExtraMissing,
)
from pyclient.errors import InvalidArgument
from pyclient.tests.parts.codeckit import BYTES, JSON, KEYS, MSGPACK, READER, Keys
from pyclient.types import RawJson

CODECS = [
    Codec(serializer, compression, threshold, encryption)  # type: ignore[arg-type]
    for serializer in ("json", "msgpack")
    for compression, threshold in ((None, 0), ("zlib", 0), ("zlib", 40), ("zstd", 0))
    for encryption in (None, KEYS)
]
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)
AWARE = st.datetimes(
    timezones=st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
)
MSGPACK_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | TEXT
    | st.binary()
    | AWARE,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT | st.integers(-100, 100), inner),
)


@st.composite
def written_by_a_codec(draw: st.DrawFn) -> tuple[Codec, Any]:
    codec = draw(st.sampled_from(CODECS))
    values = JSON_VALUES if codec.serializer == "json" else MSGPACK_VALUES
    return codec, draw(values | st.binary())


def within_reach(value: Any) -> bool:
    """Whether all instants in it have a year in UTC."""
    if isinstance(value, datetime):
        return timedelta(days=1) < value.replace(tzinfo=None) - datetime.min and value.year < 9999
    if isinstance(value, dict | list):
        return all(map(within_reach, value.values() if isinstance(value, dict) else value))
    return True


@given(written_by_a_codec())
def test_what_is_encoded_comes_back(case: tuple[Codec, Any]) -> None:
    codec, value = case
    if not within_reach(value):
        return
    payload, content_type = codec.encode(value)
    assert isinstance(payload, str) == (content_type is None)
    assert len(content_type or JSON) <= 100
    assert same(READER.decode(payload, content_type or JSON), value)


@given(written_by_a_codec())
def test_what_a_task_returns_comes_back(case: tuple[Codec, Any]) -> None:
    codec, value = case
    if not within_reach(value):
        return
    text = codec.encode_result(value)
    assert (text is None) == (value is None)
    assert same(READER.decode_result(text), value)
    assert same(READER.unwrap_result(None if text is None else json.loads(text)), value)


def same(found: Any, value: Any) -> bool:
    """Equal, and of the same types; instants in UTC."""
    if isinstance(value, datetime):
        return isinstance(found, datetime) and found == value and found.tzinfo is UTC
    if type(found) is not type(value):
        return False
    if isinstance(value, dict):
        return found.keys() == value.keys() and all(same(found[key], value[key]) for key in value)
    if isinstance(value, list):
        return len(found) == len(value) and all(map(same, found, value))
    return bool(found == value)


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: f"{vars(codec)}")
def test_the_server_carries_every_form(schema: Any, codec: Codec) -> None:
    value = {"to": "ä😀'\\", "n": [1.5, None] * 40}
    payload, content_type = codec.encode(value)
    sent = RawJson(payload) if isinstance(payload, str) else payload
    with pyclient.connect(schema.dsn) as client:
        client.call_enqueue("mail", "send", sent, content_type=content_type)
        [task] = client.call_dequeue_batch("mail", "w", 1)
        found = task.payload if task.payload_binary is None else task.payload_binary
        assert found is not None
        assert READER.decode(found, task.content_type or JSON) == value
        result = codec.encode_result(value)
        client.call_ack_batch(
            [{"task_id": task.task_id, "receipt": task.receipt, "result": result}]
        )
        kept = client.call_get_result(task.task_id)
    assert kept is not None
    assert READER.unwrap_result(kept.result) == value


@pytest.mark.parametrize(
    ("codec", "value", "content_type"),
    [
        (Codec(), {"a": 1}, None),
        (Codec(), RawJson("[1.10]"), None),
        (Codec(), b"\x00", BYTES),
        (Codec("msgpack"), {"a": 1}, MSGPACK),
        (Codec("msgpack"), RawJson("[1.10]"), None),
        (Codec(compression="zlib"), "x" * 1021, None),
        (Codec(compression="zlib"), "x" * 1022, f"{JSON};compression=zlib"),
        (Codec(compression="zstd", threshold=10), b"x" * 9, BYTES),
        (Codec(compression="zstd", threshold=10), b"x" * 100, f"{BYTES};compression=zstd"),
        (Codec(compression="zlib", threshold=0), b"x", BYTES),  # compressed it would be larger
        (Codec(encryption=Keys("k")), 1, f"{JSON};encryption=k"),
        (
            Codec("msgpack", "zstd", 0, KEYS),
            "x" * 99,
            f"{MSGPACK};compression=zstd;encryption=2026.b_c-d",
        ),
    ],
)
def test_the_content_type_says_what_was_done(
    codec: Codec, value: Any, content_type: str | None
) -> None:
    assert codec.encode(value).content_type == content_type


def test_json_is_the_text_that_other_clients_write() -> None:
    assert Codec().encode({"to": "ä", "n": [1.5, None]}).payload == '{"to":"ä","n":[1.5,null]}'
    assert Codec().encode(RawJson('{"n": 1.10}')).payload == '{"n": 1.10}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            {"at": datetime(2026, 1, 2)},
            "payload['at'] cannot be written as JSON: it is a datetime, ",
        ),
        (
            [1, {"ids": [UUID(int=1)]}],
            "payload[1]['ids'][0] cannot be written as JSON: it is a UUID",
        ),
        (
            {"price": Decimal(1)},
            "payload['price'] cannot be written as JSON: it is a Decimal",
        ),
        ({"day": date(2026, 1, 2)}, "payload['day'] cannot be written as JSON: it is a date"),
        ({"a": b"x"}, "payload['a'] cannot be written as JSON: it is a bytes"),
        ({"a": {1}}, "payload['a'] cannot be written as JSON: it is a set, send a list"),
        ({"a": RawJson("1")}, "payload['a'] cannot be written as JSON: it is a RawJson"),
        ([float("nan")], "payload[0] cannot be written as JSON: Out of range"),
        ({"a": {(1, 2): 3}}, "payload['a'] cannot be written as JSON: keys must be"),
        (object(), "payload cannot be written as JSON: it is a object"),
    ],
)
def test_what_is_not_json_is_refused_by_its_place(value: Any, text: str) -> None:
    for codec in (Codec(), Codec(compression="zstd", threshold=0)):
        with pytest.raises(InvalidArgument) as caught:
            codec.encode(value)
        assert str(caught.value).startswith(text)
    with pytest.raises(InvalidArgument) as caught:
        Codec().encode_result(value if not isinstance(value, bytes) else [value])
    assert str(caught.value).startswith(text.replace("payload", "result", 1))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"at": datetime(2026, 1, 2)}, "payload['at'] cannot be written as MessagePack: "),
        ([UUID(int=1)], "payload[0] cannot be written as MessagePack: it is a UUID"),
        ([2**64], "payload[0] cannot be written as MessagePack: "),
        (["\ud800"], "payload[0] cannot be written as MessagePack: "),
    ],
)
def test_what_is_not_messagepack_is_refused_by_its_place(value: Any, text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Codec("msgpack").encode(value)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize("serializer", ["json", "msgpack"])
def test_a_value_in_itself_is_refused(serializer: Literal["json", "msgpack"]) -> None:
    value: list[Any] = [1]
    value.append(value)
    with pytest.raises(InvalidArgument, match="payload"):
        Codec(serializer).encode(value)


def test_what_the_server_cannot_check_is_checked_here() -> None:
    for codec in (Codec(compression="zlib"), Codec(encryption=KEYS)):
        with pytest.raises(InvalidArgument):
            codec.encode(RawJson("{not json"))
        with pytest.raises(InvalidArgument, match="UTF-8"):
            codec.encode("\ud800")


def test_messagepack_keeps_keys_of_every_kind() -> None:
    value = {1: "a", b"b": 2, (1, ("x", 2)): {"c": (3,)}}
    payload, content_type = Codec("msgpack").encode(value)
    assert Codec().decode(payload, content_type or "") == {
        1: "a",
        b"b": 2,
        (1, ("x", 2)): {"c": [3]},
    }


def test_keys_may_change_while_tasks_wait() -> None:
    keys = Keys("old", "new")
    keys.key_id = "old"
    codec = Codec(encryption=keys)
    waiting = codec.encode("secret")
    keys.key_id = "new"
    assert codec.encode("secret").content_type == f"{JSON};encryption=new"
    assert codec.decode(waiting.payload, waiting.content_type or "") == "secret"
    assert b"secret" not in bytes(str(waiting.payload), "utf-8")


def test_encrypted_payloads_need_the_keys() -> None:
    with pytest.raises(EncryptionMissing, match="'2025'") as caught:
        Codec().decode(b"x", f"{JSON};encryption=2025")
    assert caught.value.kind == "setup"


@pytest.mark.parametrize("key_id", ["", "a;b", "ä", "x" * 41, "a b", "a\n"])
def test_a_key_needs_a_plain_name(key_id: str) -> None:
    with pytest.raises(InvalidArgument, match="key_id"):
        Codec(encryption=Keys(key_id)).encode(1)


@pytest.mark.parametrize(
    "settings",
    [
        {"serializer": "pickle"},
        {"compression": "gzip"},
        {"threshold": -1},
        {"decompressed_limit": -1},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        Codec(**settings)


@pytest.fixture
def no_libraries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if none of the extras were installed."""
    for name in ("msgpack", "zstandard"):
        monkeypatch.setitem(sys.modules, name, None)
    required.cache_clear()
    yield
    required.cache_clear()


def test_without_the_extras_it_says_what_to_install(no_libraries: None) -> None:
    with pytest.raises(ExtraMissing, match=r"pip install 'celers\[msgpack\]'"):
        Codec("msgpack")
    with pytest.raises(ExtraMissing, match=r"pip install 'celers\[zstd\]'"):
        Codec(compression="zstd")
    codec = Codec(compression="zlib", threshold=0)
    assert codec.decode(codec.encode(["x" * 99]).payload, f"{JSON};compression=zlib") == ["x" * 99]
    with pytest.raises(ExtraMissing):
        codec.decode(b"\x91\x01", MSGPACK)
    with pytest.raises(ExtraMissing):
        codec.decode(b"\x91\x01", f"{JSON};compression=zstd")

"""What becomes of arguments before they are sent."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest

from pyclient._encode import (
    encode_datetime,
    encode_items,
    encode_json,
    encode_options,
    encode_payload,
    encode_tasks,
    encode_uuid,
)
from pyclient.errors import InvalidArgument
from pyclient.types import RawJson

ID = "0198c0de-0000-7000-8000-00000000000a"
CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)
DEEP: Any = None
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"to": "a@b.c", "n": [1, 2.5, True, None]}, '{"to":"a@b.c","n":[1,2.5,true,null]}'),
        ("naïve 漢 😀", '"naïve 漢 😀"'),
        (None, "null"),
        (2**70, str(2**70)),
        (1.10, "1.1"),
        (RawJson('{"n": 1.10}'), '{"n": 1.10}'),
    ],
)
def test_payloads_are_compact_json(value: Any, text: str) -> None:
    assert encode_payload(value) == text


@pytest.mark.parametrize("value", [b"\0\xff", bytearray(b"\0\xff"), memoryview(b"\0\xff")])
def test_bytes_stay_bytes(value: bytes | bytearray | memoryview) -> None:
    encoded = encode_payload(value)
    assert encoded == b"\0\xff"
    assert type(encoded) is bytes


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), {"x": {1, 2}}, Decimal("1.1"), datetime.now(UTC), CIRCLE, DEEP],
    ids=lambda value: type(value).__name__,
)
def test_payloads_that_are_not_json_are_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument, match="cannot be written as JSON"):
        encode_payload(value)


def test_raw_json_is_made_of_text() -> None:
    with pytest.raises(TypeError, match="not bytes"):
        RawJson(b"{}")  # type: ignore[arg-type]


def test_json_is_none_or_text() -> None:
    assert encode_json(None) is None
    assert encode_json({"id": UUID(ID)}) == f'{{"id":"{ID}"}}'
    assert encode_json(RawJson(" 1.10 ")) == " 1.10 "


def test_items_are_an_array_of_objects() -> None:
    items: list[dict[str, Any]] = [{"task_id": UUID(ID), "result": RawJson("1.10")}, {"é": None}]
    text = encode_items(item for item in items)
    assert text == f'[{{"task_id":"{ID}","result":1.10}},{{"é":null}}]'
    assert encode_items([]) == "[]"


@pytest.mark.parametrize("items", [["task_id"], [None], [[1]], [7]])
def test_items_that_are_no_objects_are_refused(items: Any) -> None:
    with pytest.raises(InvalidArgument):
        encode_items(items)
    with pytest.raises(InvalidArgument):
        encode_tasks(items)


def test_raw_json_may_stand_anywhere() -> None:
    raw = RawJson(' {"n": 1.10}')
    assert encode_options({"headers": {"a": [raw, "x", raw]}, "n": 1}) == (
        '{"headers":{"a":[ {"n": 1.10},"x", {"n": 1.10}]},"n":1}'
    )
    assert encode_json([raw, None]) == '[ {"n": 1.10},null]'


def test_any_mapping_may_be_an_item() -> None:
    assert encode_items([MappingProxyType({"a": 1})]) == '[{"a":1}]'


@pytest.mark.parametrize("text", ['1},{"task_name":"evil"', "", "{", "NaN", "[1,]", '1,"x":2'])
def test_raw_json_cannot_break_out_of_a_batch(text: str) -> None:
    with pytest.raises(InvalidArgument, match="RawJson"):
        encode_items([{"payload": RawJson(text)}])


def test_bytes_do_not_fit_into_a_batch() -> None:
    with pytest.raises(InvalidArgument, match="bytes"):
        encode_tasks([{"task_name": "x", "payload": b"x"}])


def test_tasks_get_ids_where_they_have_none() -> None:
    given: list[dict[str, Any]] = [{"task_name": "a"}, {"task_name": "b", "task_id": UUID(ID)}]
    tasks = json.loads(encode_tasks(given))
    assert UUID(tasks[0]["task_id"]).version == 7
    assert tasks[1]["task_id"] == ID
    assert given == [{"task_name": "a"}, {"task_name": "b", "task_id": UUID(ID)}]


def test_options_that_are_none_are_not_sent() -> None:
    assert encode_options({"priority": None}) is None
    assert encode_options({}) is None
    assert (
        encode_options({"priority": 0, "x": None, "id": UUID(ID)})
        == f'{{"priority":0,"id":"{ID}"}}'
    )


def test_times_are_utc_text_and_durations_seconds() -> None:
    due = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    options = {"due_at": due, "delay_s": timedelta(minutes=1), "wait_s": timedelta(seconds=0.5)}
    text = encode_options(options)
    assert text == '{"due_at":"2026-03-01 10:00:00.000005","delay_s":60,"wait_s":0.5}'
    assert encode_datetime(due) == "2026-03-01 10:00:00.000005"
    assert encode_datetime(None) is None


def test_naive_times_are_refused() -> None:
    naive = datetime(2026, 3, 1)
    for encode in (encode_datetime, lambda value: encode_options({"due_at": value})):
        with pytest.raises(InvalidArgument, match="naive"):
            encode(naive)


def test_options_that_are_not_json_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="date"):
        encode_options({"due_at": date(2026, 3, 1)})


@pytest.mark.parametrize("given", [ID, ID.upper(), ID.replace("-", ""), f"{{{ID}}}", UUID(ID)])
def test_uuids_become_canonical_text(given: UUID | str) -> None:
    assert encode_uuid(given) == ID


@pytest.mark.parametrize("given", ["", "x", ID + "\n", ID[:-1], "0" * 33, 7, b"0" * 16])
def test_what_is_no_uuid_is_refused(given: Any) -> None:
    with pytest.raises(InvalidArgument, match="not a UUID"):
        encode_uuid(given)


def test_no_uuid_stays_none() -> None:
    assert encode_uuid(None) is None

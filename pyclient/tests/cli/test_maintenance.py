"""``celers maintenance``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

import pyclient
from pyclient.cli.maintenance import CALLS
from pyclient.tests.cli.opskit import account, celers
from tools.freshschema import Schema

Connect = Callable[..., Any]
Call = Callable[[Any, str], Any]


@pytest.fixture
def overdue(client: pyclient.Client) -> Callable[[int], None]:
    """Have so many scheduled tasks that are due, and that nobody has promoted."""

    def enqueue(count: int) -> None:
        tasks = [{"task_name": "send", "payload": {}}] * count
        client.call_enqueue_batch("mail", tasks, delay_s=0.5)
        time.sleep(0.6)

    return enqueue


def test_what_is_due_is_done(
    schema: Schema, client: pyclient.Client, overdue: Callable[[int], None]
) -> None:
    overdue(1)
    done = celers(account(schema, "worker"), "maintenance", "run", "--json")
    assert done.code == 0
    assert {record["schema"] for record in done.records} == {"celers.duty_run/1"}
    assert {record["duty"]: record["row_count"] for record in done.records}["promote_due"] == 1
    assert client.call_queue_size("mail").ready == 1


def test_a_named_duty_goes_on_to_its_end(
    schema: Schema, client: pyclient.Client, overdue: Callable[[int], None]
) -> None:
    overdue(25)
    words = ("maintenance", "run", "promote_due", "--batch", "10", "--sleep", "1ms", "-v")
    done = celers(account(schema, "admin"), *words)
    assert done.table == [
        {"duty": "promote_due", "outcome": "done", "runs": "3", "row_count": "25"}
    ]
    assert "promote_due: 10 rows so far\npromote_due: 20 rows so far\n" in done.err
    assert client.call_queue_size("mail").ready == 25


@pytest.mark.parametrize("duty", CALLS)
def test_every_named_duty_can_be_run(schema: Schema, duty: str) -> None:
    assert celers(schema.dsn, "maintenance", "run", duty).table[0]["row_count"] == "0"


def test_a_right_that_is_missing_is_named(schema: Schema) -> None:
    done = celers(account(schema, "worker"), "maintenance", "run", "promote_due")
    assert done.code == 1
    assert f"{schema.name}_admin" in done.err


def test_duties_are_listed_and_changed(schema: Schema) -> None:
    words = ("maintenance", "set", "promote_due", "--period", "2s", "--batch", "7", "--disable")
    assert celers(schema.dsn, *words).code == 0
    duties = {row["duty"]: row for row in celers(schema.dsn, "maintenance", "list").table}
    assert len(duties) >= 8
    changed = duties["promote_due"]
    assert (changed["period_ms"], changed["batch_limit"], changed["is_enabled"]) == (
        "2000",
        "7",
        "0",
    )


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("run", "nothing"), 2, "'nothing' is not one of"),
        (("run", "--batch", "5"), 2, "are for a DUTY that is named"),
        (("run", "promote_due", "--batch", "0"), 2, "0 is not in the range"),
        (("set", "promote_due"), 2, "nothing to set"),
        (("set", "promote_due", "--period", "1ms"), 2, "PERIOD_OUT_OF_RANGE"),
        (("set", "nothing", "--enable"), 6, "DUTY_NOT_FOUND"),
    ],
)
def test_what_cannot_be_is_said(
    schema: Schema, words: tuple[str, ...], code: int, sentence: str
) -> None:
    done = celers(schema.dsn, "maintenance", *words)
    assert (done.code, done.out) == (code, "")
    assert sentence in done.err

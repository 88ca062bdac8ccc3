"""``celers dlq``."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

import pytest

import pyclient
from pyclient.errors import TaskNotDead
from pyclient.tests.cli.datakit import enqueue, feed, kill, on_terminal
from pyclient.tests.cli.opskit import celers, start
from pyclient.tests.workerkit import until
from tools.freshschema import Schema

NOBODY = str(uuid.UUID(int=7))


@pytest.fixture
def dead(client: pyclient.Client) -> list[str]:
    """Four dead letters: two of mail, one with another error, one with another name."""
    return [
        kill(client, error="Timeout: no route"),
        kill(client, error="KeyError: 'to'"),
        kill(client, name="receive", error="Timeout: slow"),
        kill(client, "images", error="Timeout: slow"),
    ]


def test_lists_are_filtered(schema: Schema, dead: list[str]) -> None:
    mail, key, receive, image = dead
    for words, wanted in {
        (): [image, receive, key, mail],
        ("-Q", "mail"): [receive, key, mail],
        ("--error", "Timeout"): [image, receive, mail],
        ("--task", "receive"): [receive],
        ("-Q", "mail", "--task", "send", "--error", "route"): [mail],
        ("--older-than", "1h"): [],
        ("--older-than", "0s", "--limit", "2"): [image, receive],
        ("--limit", "1", "--after", receive): [key],
    }.items():
        records = celers(schema.dsn, "dlq", "list", "--json", *words).records
        assert [record["task_id"] for record in records] == wanted, words
    assert celers(schema.dsn, "dlq", "list", "-Q", "none").err == "no dead letter is like that\n"


def test_one_is_shown_with_why_it_died(
    schema: Schema, client: pyclient.Client, dead: list[str]
) -> None:
    for task_id in dead:
        (record,) = celers(schema.dsn, "dlq", "show", task_id, "--json").records
        assert (record["schema"], record["task_id"]) == ("celers.dead_letter/1", task_id)
        assert (record["reason"], record["state"]) == ("permanent", "dead")
        assert len(record["attempts"]) == 1
    living = celers(schema.dsn, "dlq", "show", enqueue(client))
    assert (living.code, living.out) == (5, "")
    assert living.err == "celers: the task is no dead letter: it is pending\n"
    assert celers(schema.dsn, "dlq", "show", NOBODY).code == 6


def test_named_ones_are_put_back_without_a_question(schema: Schema, dead: list[str]) -> None:
    done = celers(schema.dsn, "dlq", "retry", dead[0], dead[3])
    assert done.code == 0
    assert [row["outcome"] for row in done.table] == ["requeued", "requeued"]
    left = celers(schema.dsn, "dlq", "list", "--json").records
    assert {record["task_id"] for record in left} == set(dead[1:3])


def test_all_that_match_are_counted_first(
    schema: Schema, client: pyclient.Client, dead: list[str]
) -> None:
    words = ("dlq", "retry", "-Q", "mail", "--error", "Timeout")
    would = celers(schema.dsn, *words, "--dry-run", "--json")
    assert would.records == [
        {
            "schema": "celers.change/1",
            "action": "requeue",
            "matched": 2,
            "changed": 0,
            "is_dry_run": True,
        }
    ]
    unsure = celers(schema.dsn, *words)
    assert (unsure.code, unsure.out) == (2, "")
    assert unsure.err == (
        "celers: Requeue 2 of 3 dead letters? There is no terminal to ask on: say --yes\n"
    )
    assert feed(schema.dsn, "y\n", *words).code == 2
    assert client.call_queue_size().dead == 4
    sure = celers(schema.dsn, *words, "--yes")
    assert sure.code == 0
    assert sure.table == [{"action": "requeue", "matched": "2", "changed": "2", "is_dry_run": "0"}]
    assert client.call_queue_size("mail").dead == 1
    assert client.call_queue_size("mail").ready == 2


def test_a_person_is_asked(schema: Schema, client: pyclient.Client, dead: list[str]) -> None:
    shown = on_terminal(schema.dsn, "dlq", "retry", "--all", "--dry-run")
    assert (shown.code, shown.out) == (0, "would requeue 4 of 4 dead letters\n")
    no = on_terminal(schema.dsn, "dlq", "retry", "--all", keys="n\n")
    assert no.code == 1
    assert "Requeue 4 of 4 dead letters? [y/N]: n\nnothing was changed\n" in no.out
    eof = on_terminal(schema.dsn, "dlq", "retry", "--all", keys="\x04")
    assert eof.code == 130
    assert client.call_queue_size().dead == 4
    yes = on_terminal(schema.dsn, "dlq", "retry", "--all", keys="y\n")
    assert yes.code == 0
    assert "requeued 4\n" in yes.out
    assert client.call_queue_size().dead == 0


@pytest.mark.parametrize(
    "words",
    [
        ["retry"],
        ["retry", "--yes"],
        ["retry", "--dry-run"],
        ["retry", NOBODY, "--all"],
        ["retry", NOBODY, "-Q", "mail"],
        ["retry", "--older-than", "soon"],
        ["retry", "nonsense"],
        ["purge"],
        ["purge", "--yes"],
        ["purge", "--all"],
        ["purge", "-Q", "mail"],
        ["purge", NOBODY, "--all", "--yes"],
    ],
)
def test_what_is_meant_must_be_clear(
    schema: Schema, client: pyclient.Client, dead: list[str], words: list[str]
) -> None:
    done = celers(schema.dsn, "dlq", *words)
    assert (done.code, done.out) == (2, "")
    assert client.call_queue_size().dead == 4


def test_nothing_to_do_is_no_question_and_no_error(schema: Schema) -> None:
    done = celers(schema.dsn, "dlq", "retry", "--all", "--json")
    assert done.code == 0
    assert (done.records[0]["matched"], done.records[0]["changed"]) == (0, 0)


def test_two_who_empty_it_at_once_get_each_one_once(
    schema: Schema, client: pyclient.Client
) -> None:
    client.call_enqueue_batch("mail", [{"task_name": "t", "payload": 0}] * 400)
    for _ in range(2):
        rows = client.call_dequeue_batch("mail", "w", 200)
        client.call_reject_batch(
            {"task_id": row.task_id, "receipt": row.receipt, "retry": False} for row in rows
        )
    runs = [start(schema.dsn, "dlq", "retry", "--all", "--yes", "--json") for _ in range(2)]
    ends = [process.communicate(timeout=100) for process in runs]
    assert [process.returncode for process in runs] == [0, 0], ends
    size = client.call_queue_size("mail")
    assert (size.ready, size.dead) == (400, 0)


def test_those_that_go_meanwhile_are_left_out(schema: Schema, client: pyclient.Client) -> None:
    """Somebody deletes dead letters while they are being requeued."""
    client.call_enqueue_batch("mail", [{"task_name": "t", "payload": 0}] * 900)
    rows = client.call_dequeue_batch("mail", "w", 900)
    client.call_reject_batch(
        {"task_id": row.task_id, "receipt": row.receipt, "retry": False} for row in rows
    )
    process = start(schema.dsn, "dlq", "retry", "--all", "--yes", "--json")
    until(lambda: client.call_queue_size("mail").ready, "the first one requeued")
    for row in rows[:300]:
        with suppress(TaskNotDead):
            client.call_purge_dlq(row.task_id)
    out, err = process.communicate(timeout=100)
    assert (process.returncode, err) == (0, "")
    size = client.call_queue_size("mail")
    assert size.dead == 0
    assert f'"matched": 900, "changed": {size.ready}' in out


def test_named_ones_are_deleted(schema: Schema, client: pyclient.Client, dead: list[str]) -> None:
    unsure = celers(schema.dsn, "dlq", "purge", dead[0])
    assert (unsure.code, unsure.out) == (2, "")
    assert unsure.err.startswith("celers: Delete 1 of 4 dead letters? There is no terminal")
    living = enqueue(client, "living")
    done = celers(schema.dsn, "dlq", "purge", dead[0], NOBODY, living, "--yes")
    assert done.code == 6
    assert [row["outcome"] for row in done.table] == [
        "deleted",
        "task_not_found",
        "task_not_dead",
    ]
    assert client.call_queue_size().dead == 3
    assert celers(schema.dsn, "dlq", "purge", dead[1], "--dry-run").code == 0
    assert client.call_queue_size().dead == 3


def test_all_that_match_are_deleted(
    schema: Schema, client: pyclient.Client, dead: list[str]
) -> None:
    no = on_terminal(schema.dsn, "dlq", "purge", "--error", "Timeout", keys="n\n")
    assert "Delete 3 of 4 dead letters?" in no.out
    assert client.call_queue_size().dead == 4
    done = celers(schema.dsn, "dlq", "purge", "--error", "Timeout", "-Q", "mail", "--yes")
    assert done.table == [{"action": "delete", "matched": "2", "changed": "2", "is_dry_run": "0"}]
    left = celers(schema.dsn, "dlq", "list", "--json").records
    assert [record["task_id"] for record in left] == [dead[3], dead[1]]
    assert celers(schema.dsn, "dlq", "purge", "--older-than", "0s", "--yes").code == 0
    assert client.call_queue_size().dead == 0


def test_old_ones_are_deleted(
    schema: Schema, client: pyclient.Client, connect: Any, call: Any, dead: list[str]
) -> None:
    """Those that died two hours ago, with and without another filter."""
    aged = "UPDATE celers_dead SET died_at = died_at - INTERVAL 2 HOUR WHERE id = UUID_TO_BIN('{}')"
    for task_id in (dead[0], dead[2], dead[3]):
        call(connect(), aged.format(task_id))
    words = ("dlq", "purge", "--older-than", "1h", "--yes")
    mail = celers(schema.dsn, *words, "-Q", "mail", "--error", "route").table
    assert [(row["matched"], row["changed"]) for row in mail] == [("1", "1")]
    images = celers(schema.dsn, *words, "-Q", "images").table
    assert [(row["matched"], row["changed"]) for row in images] == [("1", "1")]
    rest = celers(schema.dsn, *words).table
    assert [(row["matched"], row["changed"]) for row in rest] == [("1", "1")]
    left = celers(schema.dsn, "dlq", "list", "--json").records
    assert [record["task_id"] for record in left] == [dead[1]]


def test_an_export_has_the_dead_ones_that_match(schema: Schema, dead: list[str]) -> None:
    done = celers(schema.dsn, "dlq", "export", "--error", "Timeout")
    assert [record["task_id"] for record in done.records] == [dead[0], dead[2], dead[3]]
    assert {record["state"] for record in done.records} == {"dead"}
    assert done.err == "3 tasks\n"

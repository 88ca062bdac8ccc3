"""``celers queue``."""

from __future__ import annotations

import pytest

import pyclient
from pyclient.tests.cli.datakit import enqueue, finish, kill, on_terminal, plain
from pyclient.tests.cli.opskit import account, celers
from tools.freshschema import Schema

SIZES = ("ready", "scheduled", "running", "dead")


def test_queues_are_listed(schema: Schema, client: pyclient.Client) -> None:
    enqueue(client)
    enqueue(client, delay_s=60)
    kill(client, "grave")
    client.call_pause("grave")
    rows = {row["queue"]: row for row in celers(schema.dsn, "queue", "list").table}
    assert [rows["mail"][key] for key in SIZES] == ["1", "1", "0", "0"]
    assert [rows["grave"][key] for key in SIZES] == ["0", "0", "0", "1"]
    assert (rows["mail"]["is_paused"], rows["grave"]["is_paused"]) == ("0", "1")
    shown = plain(on_terminal(schema.dsn, "queue", "list").out).splitlines()
    assert shown[0].split()[:6] == ["QUEUE", "PAUSED", "READY", "SCHEDULED", "RUNNING", "DEAD"]
    assert shown[1].split()[:2] == ["grave", "yes"]


def test_without_queues_it_says_so(schema: Schema) -> None:
    assert celers(schema.dsn, "queue", "list").err == "there is no queue yet\n"


def test_one_queue_is_shown(schema: Schema, client: pyclient.Client) -> None:
    enqueue(client)
    finish(client, "done")
    (mail,) = celers(schema.dsn, "queue", "show", "mail", "--json").records
    assert (mail["schema"], mail["queue"], mail["ready"]) == ("celers.queue/1", "mail", 1)
    (done,) = celers(schema.dsn, "queue", "show", "done", "--json").records
    assert done["completed_last_hour"] == 1
    assert done["run_p95_ms"] >= 0
    missing = celers(schema.dsn, "queue", "show", "nowhere")
    assert (missing.code, missing.err) == (6, "celers: there is no queue nowhere\n")


@pytest.mark.parametrize("role", ["producer", "worker"])
def test_an_account_that_may_not_see_all_sees_the_sizes(
    schema: Schema, client: pyclient.Client, role: str
) -> None:
    enqueue(client)
    full = celers(schema.dsn, "queue", "show", "mail", "--json").records[0]
    done = celers(account(schema, role), "queue", "show", "mail", "--json")
    assert done.code == 0
    (part,) = done.records
    assert list(part) == list(full)
    assert [part[key] for key in SIZES] == [1, 0, 0, 0]
    assert (part["is_paused"], part["tasks_per_second"]) == (False, None)
    assert done.err.startswith(
        "not all is shown: EXECUTE on celers_list_queues is missing: grant the role"
        f" {schema.name}_viewer to this account"
    )


def test_queues_are_paused_and_resumed(schema: Schema, client: pyclient.Client) -> None:
    enqueue(client)
    done = celers(schema.dsn, "queue", "pause", "mail", "other")
    assert done.table == [
        {"queue": "mail", "is_paused": "1"},
        {"queue": "other", "is_paused": "1"},
    ]
    assert client.call_dequeue_batch("mail", "w", 1) == []
    (state,) = celers(schema.dsn, "queue", "resume", "mail", "--json").records
    assert state == {"schema": "celers.queue_state/1", "queue": "mail", "is_paused": False}
    assert len(client.call_dequeue_batch("mail", "w", 1)) == 1
    assert celers(schema.dsn, "queue", "pause").code == 2
    assert celers(schema.dsn, "queue", "pause", "no spaces").code == 2


def test_a_queue_is_emptied_of_what_waits(schema: Schema, client: pyclient.Client) -> None:
    running = enqueue(client)
    client.call_dequeue_batch("mail", "w", 1)
    for _ in range(2):
        client.call_enqueue_batch("mail", [{"task_name": "t", "payload": 0}] * 600)
    enqueue(client, delay_s=60)
    other = enqueue(client, "other")
    would = celers(schema.dsn, "queue", "purge", "mail", "--dry-run", "--json")
    assert (would.records[0]["matched"], would.records[0]["changed"]) == (1201, 0)
    unsure = celers(schema.dsn, "queue", "purge", "mail")
    assert (unsure.code, unsure.out) == (2, "")
    assert unsure.err.startswith("celers: Delete 1 201 waiting tasks of mail? There is no terminal")
    assert client.call_queue_size("mail").ready == 1200
    some = celers(schema.dsn, "queue", "purge", "mail", "--state", "ready", "--yes")
    assert [(row["matched"], row["changed"]) for row in some.table] == [("1200", "1200")]
    asked = on_terminal(schema.dsn, "queue", "purge", "mail", keys="y\n")
    assert "Delete 1 waiting task of mail? [y/N]:" in asked.out
    assert asked.out.endswith("deleted 1\n")
    size = client.call_queue_size("mail")
    assert (size.ready, size.scheduled, size.running) == (0, 0, 1)
    assert client.call_get_task(running).state == "processing"
    assert client.call_get_task(other).state == "pending"
    nothing = celers(schema.dsn, "queue", "purge", "mail")
    assert (nothing.code, nothing.err) == (0, "")


def test_settings_are_read_by_their_types(schema: Schema, client: pyclient.Client) -> None:
    policy = '{"strategy": "fixed", "base_s": 5}'
    words = ("lease_s=2h30m", "max_retries=7", "retention_s=30d", f"retry={policy}")
    (settings,) = celers(schema.dsn, "queue", "config", "set", "mail", *words, "--json").records
    assert settings["schema"] == "celers.queue_config/1"
    assert (settings["lease_s"], settings["max_retries"]) == (9000, 7)
    assert settings["own"]["retry"] == {"strategy": "fixed", "base_s": 5}
    assert client.call_get_queue_config("mail").retention_s == 30 * 86_400
    assert celers(schema.dsn, "queue", "config", "set", "mail", "lease_s=default").code == 0
    assert client.call_get_queue_config("mail").lease_s == 60
    (shown,) = celers(schema.dsn, "queue", "config", "get", "mail", "--json").records
    assert shown["own"].keys() == {"max_retries", "retention_s", "retry"}


def test_the_defaults_of_all_queues(schema: Schema, client: pyclient.Client) -> None:
    assert celers(schema.dsn, "queue", "config", "set", "*", "max_retries=9").code == 0
    (shown,) = celers(schema.dsn, "queue", "config", "get", "--json").records
    assert (shown["queue"], shown["max_retries"]) == ("*", 9)
    assert client.call_get_queue_config("mail").max_retries == 9


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("lease=5", "there is no setting 'lease'; did you mean lease_s? Known are max_retries,"),
        ("lease_s", "'lease_s' is not of the form KEY=VALUE"),
        ("foo=5", "there is no setting 'foo'. Known are max_retries,"),
        ("lease_s=soon", "lease_s=soon: this is no time like 90, 10s, 5m, 2h30m or 7d"),
        ("max_retries=1.5", "max_retries=1.5: this is no whole number"),
        ("max_retries=", "max_retries=: this is no whole number"),
        ("retry={", "retry={: this is no JSON"),
        ("lease_s=2d", "LEASE_OUT_OF_RANGE"),
        ('retry={"strategy": "x"}', "RETRY_POLICY_INVALID"),
    ],
)
def test_bad_settings_change_nothing(
    schema: Schema, client: pyclient.Client, word: str, sentence: str
) -> None:
    done = celers(schema.dsn, "queue", "config", "set", "mail", "max_crashes=1", word)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err
    assert client.call_get_queue_config("mail").own == {}

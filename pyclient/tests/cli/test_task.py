"""``celers task``."""

from __future__ import annotations

import uuid

import pyclient
from pyclient.tests.cli.datakit import enqueue, finish, kill, on_terminal, plain
from pyclient.tests.cli.opskit import account, celers, start
from pyclient.tests.workerkit import until
from tools.freshschema import Schema

NOBODY = str(uuid.UUID(int=7))


def test_lists_are_filtered(schema: Schema, client: pyclient.Client) -> None:
    mail, image = enqueue(client), enqueue(client, "images", "scale")
    done, dead = finish(client, "done"), kill(client, "grave")
    for words, wanted in {
        (): [dead, done, image, mail],
        ("-Q", "images"): [image],
        ("--state", "pending"): [image, mail],
        ("--state", "dead"): [dead],
        ("--task", "scale"): [image],
        ("--task", "scale", "-Q", "mail"): [],
    }.items():
        records = celers(schema.dsn, "task", "list", "--json", *words).records
        assert [record["task_id"] for record in records] == wanted, words


def test_a_list_goes_on_where_it_ended(schema: Schema, client: pyclient.Client) -> None:
    ids = [enqueue(client) for _ in range(5)][::-1]
    first = celers(schema.dsn, "task", "list", "--limit", "2")
    assert [row["task_id"] for row in first.table] == ids[:2]
    assert first.err == f"there may be more: --after {ids[1]}\n"
    rest = celers(schema.dsn, "task", "list", "--limit", "4", "--cursor", ids[1])
    assert [row["task_id"] for row in rest.table] == ids[2:]
    assert rest.err == ""


def test_a_list_longer_than_a_page_of_the_server(schema: Schema, client: pyclient.Client) -> None:
    for _ in range(2):
        client.call_enqueue_batch("mail", [{"task_name": "t", "payload": 0}] * 700)
    ids = [row["task_id"] for row in celers(schema.dsn, "task", "list", "--limit", "1300").table]
    assert len(set(ids)) == 1300
    assert ids == sorted(ids, reverse=True)


def test_a_task_is_shown_with_all_that_is_known(schema: Schema, client: pyclient.Client) -> None:
    task_id = enqueue(client, payload={"secret": "x"}, headers={"a": [1]}, max_retries=5)
    (first,) = client.call_dequeue_batch("mail", "w1", 1)
    client.call_update_task_progress(task_id, first.receipt, 40.0, step="half")
    client.call_reject(task_id, first.receipt, "no route", delay_s=0)
    (second,) = client.call_dequeue_batch("mail", "w2", 1)
    item = {"task_id": task_id, "receipt": second.receipt, "result": '{"sent":[1,2]}'}
    client.call_ack_batch([item])
    (task,) = celers(schema.dsn, "task", "show", task_id, "--json").records
    assert task["schema"] == "celers.task/1"
    assert (task["state"], task["attempt"], task["headers"]) == ("completed", 2, {"a": [1]})
    assert task["result"] == {"sent": [1, 2]}
    assert [(each["outcome"], each["worker_id"]) for each in task["attempts"]] == [
        ("retried", "w1"),
        ("completed", "w2"),
    ]
    assert task["attempts"][0]["error"] == "no route"
    assert task["attempts"][0]["started_at"].endswith("Z")
    assert (task["progress"]["percent"], task["progress"]["step"]) == (40.0, "half")
    assert task["payload_bytes"] == len('{"secret":"x"}')
    assert "secret" not in str(task)


def test_a_payload_is_shown_only_when_asked_for(schema: Schema, client: pyclient.Client) -> None:
    text = enqueue(client, payload=pyclient.RawJson('{"a":  1.10}'))
    binary = enqueue(client, payload=b"\x00\xff", content_type="application/octet-stream")
    (shown,) = celers(schema.dsn, "task", "show", text, "--json", "--show-payload").records
    assert shown["payload"] == '{"a":  1.10}'
    (shown,) = celers(schema.dsn, "task", "show", binary, "--json", "--show-payload").records
    assert shown["payload_base64"] == "AP8="
    assert "1.10" not in on_terminal(schema.dsn, "task", "show", text).out
    assert "1.10" in on_terminal(schema.dsn, "task", "show", text, "--show-payload").out


def test_a_person_sees_the_attempts_as_a_table(schema: Schema, client: pyclient.Client) -> None:
    task_id = kill(client, error="ValueError: no\n\nTraceback:\n  File x")
    shown = plain(on_terminal(schema.dsn, "task", "show", task_id).out).splitlines()
    assert shown[0].split() == ["TASK", "ID", task_id]
    begin = shown.index("ATTEMPTS")
    assert shown[begin + 1].split()[:3] == ["ATTEMPT", "OUTCOME", "WORKER"]
    assert shown[begin + 2].split()[:3] == ["1", "dead", "w"]
    assert "ValueError: no …" in shown[begin + 2]
    assert any(line.strip() == "File x" for line in shown[:begin])


def test_attempts_are_left_out_where_the_account_may_not_look(
    schema: Schema, client: pyclient.Client
) -> None:
    task_id = kill(client)
    done = celers(account(schema, "worker"), "task", "show", task_id, "--json")
    assert done.code == 0
    assert done.records[0]["attempts"] is None
    assert done.err == (
        "attempts are not shown: SELECT on celers_attempts is missing: grant the role"
        f" {schema.name}_viewer to this account, see `celers migrate grants`\n"
    )


def test_what_is_not_there_has_its_code(schema: Schema) -> None:
    for verb in ("show", "retry", "cancel", "tail"):
        done = celers(schema.dsn, "task", verb, NOBODY)
        assert done.code == 6, verb
    assert celers(schema.dsn, "task", "show", "nonsense").code == 2
    assert celers(schema.dsn, "task", "list", "--state", "lost").code == 2
    assert celers(schema.dsn, "task", "list", "--limit", "0").code == 2
    assert celers(schema.dsn, "task", "cancel").code == 2


def test_dead_letters_are_retried(schema: Schema, client: pyclient.Client) -> None:
    dead = [kill(client), kill(client)]
    done = celers(schema.dsn, "task", "retry", *dead)
    assert done.code == 0
    assert done.table == [
        {"task_id": task_id, "outcome": "requeued", "state": "pending"} for task_id in dead
    ]
    assert client.call_queue_size("mail").ready == 2


def test_one_that_cannot_be_retried_does_not_stop_the_others(
    schema: Schema, client: pyclient.Client
) -> None:
    living, dead = enqueue(client), kill(client, "grave")
    done = celers(schema.dsn, "task", "retry", NOBODY, living, dead, "--json")
    assert [record["outcome"] for record in done.records] == [
        "task_not_found",
        "task_not_dead",
        "requeued",
    ]
    assert done.code == 6
    assert celers(schema.dsn, "task", "retry", living).code == 5


def test_tasks_are_cancelled(schema: Schema, client: pyclient.Client) -> None:
    running = enqueue(client)
    client.call_dequeue_batch("mail", "w", 1)
    waiting, over = enqueue(client), finish(client, "done")
    done = celers(schema.dsn, "task", "cancel", running, waiting, "--reason", "no more")
    assert done.code == 0
    assert [row["outcome"] for row in done.table] == ["cancel_requested", "cancelled"]
    assert client.call_get_task(waiting).error == "no more"
    assert celers(schema.dsn, "task", "cancel", waiting, over).code == 5
    assert celers(schema.dsn, "task", "cancel", over, NOBODY).code == 6


def test_ended_tasks_are_deleted(schema: Schema, client: pyclient.Client) -> None:
    done, dead, living = finish(client, "done"), kill(client, "grave"), enqueue(client)
    ids = (done, dead, living, NOBODY)
    would = celers(schema.dsn, "task", "delete", *ids, "--dry-run", "--json")
    assert (would.records[0]["matched"], would.records[0]["is_dry_run"]) == (2, True)
    unsure = celers(schema.dsn, "task", "delete", *ids)
    assert (unsure.code, unsure.out) == (2, "")
    assert unsure.err.startswith("celers: Delete 2 of 4 tasks? There is no terminal")
    assert client.call_get_task(done).state == "completed"
    sure = celers(schema.dsn, "task", "delete", *ids, "--yes")
    assert [row["outcome"] for row in sure.table] == [
        "deleted",
        "deleted",
        "task_not_ended",
        "task_not_found",
    ]
    assert sure.code == 5
    assert [row.task_id for row in client.call_list_tasks()] == [living]
    assert celers(schema.dsn, "task", "delete", living).code == 5


def test_one_task_is_followed_until_it_has_ended(schema: Schema, client: pyclient.Client) -> None:
    task_id = enqueue(client)
    process = start(schema.dsn, "task", "tail", task_id)
    assert process.stdout is not None
    lines = [process.stdout.readline().split("\t") for _ in range(2)]
    assert lines[0][:2] == ["task_id", "state"]
    assert lines[1][:2] == [task_id, "pending"]
    (row,) = client.call_dequeue_batch("mail", "w", 1)
    assert process.stdout.readline().split("\t")[:2] == [task_id, "processing"]
    client.call_ack(task_id, row.receipt)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert [line.split("\t")[1] for line in out.splitlines()] == ["completed"]


def test_following_one_that_fails_has_its_code(schema: Schema, client: pyclient.Client) -> None:
    done = celers(schema.dsn, "task", "tail", kill(client), "--json")
    assert done.code == 1
    assert [record["state"] for record in done.records] == ["dead"]
    assert celers(schema.dsn, "task", "tail", kill(client), "-Q", "mail").code == 2


def test_new_tasks_are_followed(schema: Schema, client: pyclient.Client) -> None:
    enqueue(client, name="old")
    process = start(schema.dsn, "task", "tail", "-Q", "mail", "--task", "new")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("created_at\t")
    ids = [enqueue(client, name="new") for _ in range(3)]
    enqueue(client, name="other")
    enqueue(client, "elsewhere", "new")
    ids += [enqueue(client, name="new")]
    shown = [process.stdout.readline().split("\t")[1] for _ in range(4)]
    assert shown == ids
    process.terminate()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (143, "", "")


def test_new_tasks_are_followed_while_old_ones_go_and_many_come(
    schema: Schema, client: pyclient.Client
) -> None:
    tasks = [{"task_name": "t", "payload": 0}] * 300
    client.call_enqueue_batch("old", tasks)
    client.call_cancel_batch([row.task_id for row in client.call_list_tasks("old", limit=100)])
    process = start(schema.dsn, "task", "tail")
    assert process.stdout is not None
    process.stdout.readline()
    until(lambda: client.call_archive_completed_tasks("old", 1).deleted, "an old task deleted")
    few = [enqueue(client) for _ in range(5)]
    assert [process.stdout.readline().split("\t")[1] for _ in few] == few
    many = [row.task_id for _ in range(3) for row in client.call_enqueue_batch("mail", tasks)]
    shown = [process.stdout.readline().split("\t")[1] for _ in many]
    assert sorted(shown) == sorted(many)
    process.terminate()
    assert process.communicate(timeout=60)[0] == ""

"""A schema that a released version deployed, with live tasks in it, becomes this one's."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import pyclient
from pyclient.migrate import migrate, status, tree, verify
from pyclient.tests.migrate.kit import Place

#: The SQL of each release, as it was: an archive of db/ without tests and generated pages.
RELEASED = sorted((Path(__file__).parent / "released").glob("*.tar.xz"))


@pytest.fixture(params=RELEASED, ids=lambda path: path.name.removesuffix(".tar.xz"))
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The tree of a release."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "db"


@pytest.fixture
def client(place: Place, released: Path) -> Iterator[pyclient.Client]:
    """A client of the schema that the release deployed; nothing moves by itself there."""
    deploy(place, released)
    place.run("UPDATE celers_maintenance SET is_enabled = FALSE")
    with pyclient.connect(place.dsn) as client:
        yield client


def deploy(place: Place, root: Path) -> list[str]:
    """Deploy a tree; what was done."""
    return migrate(place.dsn, root=root, out=lambda sentence: None).changes


def claim(client: pyclient.Client, count: int) -> list[tuple[str, str]]:
    """Ids and receipts of newly enqueued tasks."""
    for _ in range(count):
        client.call_enqueue("mail", "send", {"n": 1})
    rows = client.call_dequeue_batch("mail", "worker-1", count)
    assert len(rows) == count
    return [(row.task_id, row.receipt) for row in rows]


def states(place: Place) -> dict[str, int]:
    """How many tasks are in each state."""
    return dict(place.run("SELECT state, COUNT(*) FROM celers_tasks GROUP BY state")[0])


def test_live_tasks_go_on(place: Place, client: pyclient.Client) -> None:
    acked, refused, unwanted, lost, dead, finished = claim(client, 6)
    client.call_ack_batch([{"task_id": finished[0], "receipt": finished[1], "result": "1.10"}])
    client.call_reject(*dead, "boom", retry=False)
    client.call_cancel(unwanted[0])
    client.call_register_worker("worker-1", queues="mail")
    client.call_set_maintenance("promote_due", period_ms=500)
    client.call_enqueue("mail", "send", {"n": 2})
    client.call_enqueue("mail", "send", {"n": 3}, delay_s=600, expires_s=60)
    before = states(place)

    done = deploy(place, tree.default_root())
    assert "applied migration 0001_initial" not in done
    assert verify(place.dsn) == []
    assert {row.state for row in status(place.dsn).rows} == {"applied"}
    assert deploy(place, tree.default_root()) == []

    assert states(place) == before
    client.call_update_task_progress(*acked, 40, checkpoint="[7]")
    assert client.call_ack(*acked).outcome == "completed"
    assert client.call_reject(*refused, "needless", cancel=True).outcome == "cancelled"
    assert client.call_reject(*unwanted, "stopped").outcome == "cancelled"
    place.run("UPDATE celers_running SET lease_expires_at = '2001-01-01'")
    assert client.call_recover_expired(10).recovered == 1
    assert client.call_requeue_from_dlq(dead[0]).outcome == "requeued"
    result = client.call_get_result(finished[0])
    assert result is not None
    assert result.result == 1.1
    assert {row.task_id for row in client.call_dequeue_batch("mail", "w", 9)} >= {lost[0], dead[0]}
    assert client.call_purge_queue("mail").deleted == 1
    assert states(place) == {"completed": 2, "cancelled": 2, "processing": 3}
    (queue,) = client.call_list_queues()
    assert (queue.queue, queue.running, queue.workers) == ("mail", 3, 1)
    periods = {row.duty: row.period_ms for row in client.call_get_maintenance()}
    assert periods["promote_due"] == 500
    assert "forget_workers" in periods


def test_the_routines_of_a_release_work_on_the_tables_of_this_one(
    place: Place, client: pyclient.Client, released: Path
) -> None:
    """Between the migrations and the new routines, and where a deployment was cut off there."""
    shutil.copytree(tree.default_root() / "migrations", released / "migrations", dirs_exist_ok=True)
    assert any(change.startswith("applied migration") for change in deploy(place, released))
    acked, retried, unwanted, lost = claim(client, 4)
    assert client.call_ack(*acked).outcome == "completed"
    assert client.call_reject(*retried, "boom", delay_s=60).outcome == "retried"
    assert client.call_cancel(unwanted[0], reason="late").outcome == "cancel_requested"
    assert client.call_reject(*unwanted, "stopped").outcome == "cancelled"
    place.run(
        "ALTER EVENT celers_ev_upkeep DISABLE;"
        "UPDATE celers_running SET lease_expires_at = '2001-01-01';"
        "UPDATE celers_maintenance SET is_enabled = 1, next_at = '2001-01-01', mark_id = NULL"
    )
    outcomes = {row.duty: row.outcome for row in client.call_tick()}
    assert set(outcomes.values()) == {"done"}
    assert client.call_get_task(lost[0]).state == "pending"
    assert states(place) == {"completed": 1, "cancelled": 1, "pending": 2}

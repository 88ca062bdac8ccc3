"""A deployment cut off anywhere is brought to its end by the next one; two at once do no harm.

A process deploys through a proxy that counts what it asks of the server and kills the process with
SIGKILL at each question in turn: when the server has just got it; and where the question holds
several statements, again in the middle of the answer, with the server's session killed too.
"""

from __future__ import annotations

import multiprocessing
import random
import shutil
import threading
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from pyclient.dsn import Dsn
from pyclient.errors import ConnectionLost
from pyclient.migrate import migrate, split
from pyclient.migrate.session import Session
from pyclient.tests.migrate.kit import Place
from pyclient.tests.migrate.proxy import KillingProxy

# Processes are forked off a small one that has imported what they need.
SPAWNER = multiprocessing.get_context("forkserver")
SPAWNER.set_forkserver_preload(["pyclient.migrate"])

# Everything but times and the fingerprints of views, which hold the database's name.
LEDGER = (
    "SELECT kind, name, sha256, statements_done, done_sha256, finished_at IS NULL, error,"
    " IF(kind = 'view', stored_sha256 IS NULL, stored_sha256)"
    " FROM celers_migration ORDER BY kind, name"
)


def deploy(dsn: Dsn, root: Path) -> None:
    """What the process that is to be killed does."""
    migrate(dsn, root=root, out=lambda sentence: None)


def started(dsn: Dsn, root: Path) -> BaseProcess:
    """A process that deploys."""
    process = SPAWNER.Process(target=deploy, args=(dsn, root), daemon=True)
    process.start()
    return process


def picture(place: Place) -> list[Any]:
    """What must be the same however the schema came about."""
    return [
        place.run(LEDGER)[0],
        place.run("SELECT * FROM celers_task ORDER BY id")[0],
        place.run("SELECT * FROM celers_error ORDER BY number")[0],
        sorted(row[0] for row in place.run("SHOW TABLES")[0]),
    ]


class Scene:
    """One place, deployed over and over: from nothing, or from its first version."""

    def __init__(self, place: Place, base: Path | None) -> None:
        self.place, self.base = place, base
        self.reset()
        with KillingProxy(place.dsn) as proxy:
            process = started(proxy.dsn, place.tree.root)
            process.join(60)
            assert process.exitcode == 0
        self.questions = proxy.questions
        self.expected = picture(place)

    def reset(self) -> None:
        """Go back to the beginning."""
        self.place.drop()
        if self.base:
            migrate(self.place.dsn, root=self.base, out=lambda sentence: None)

    def cut(self, question: int, way: str) -> None:
        """Deploy, and be killed at this question."""
        with KillingProxy(self.place.dsn, question, way) as proxy:
            process = started(proxy.dsn, self.place.tree.root)
            proxy.victim = process.pid
            process.join(60)
        assert process.exitcode != 0, "the process was to be killed"

    def check(self, what: str) -> None:
        """Deploy again: everything must be as if nothing had happened."""
        self.place.migrate()
        assert self.place.verify() == [], what
        assert picture(self.place) == self.expected, what
        assert self.place.migrate().changes == [], what


@pytest.fixture(params=["fresh", "upgrade"])
def scene(place: Place, tmp_path: Path, request: pytest.FixtureRequest) -> Scene:
    """A deployment from nothing, and one that changes some of everything."""
    if request.param == "fresh":
        return Scene(place, None)
    base = tmp_path / "base"
    shutil.copytree(place.tree.root, base)
    place.tree.upgrade()
    return Scene(place, base)


@pytest.mark.timeout(300)
def test_killed_at_every_question(scene: Scene) -> None:
    assert len(scene.questions) > 20
    for number, question in enumerate(scene.questions, start=1):
        scene.reset()
        scene.cut(number, "after")
        scene.check(f"killed after question {number}: {question}")


@pytest.mark.timeout(300)
def test_killed_in_the_middle_of_every_packet(scene: Scene) -> None:
    packets = {
        number: question
        for number, question in enumerate(scene.questions, start=1)
        if ";" in split.mask(question).rstrip("; \n")
    }
    assert len(packets) > 5
    for number, question in packets.items():
        scene.reset()
        scene.cut(number, "amid")
        scene.check(f"killed amid question {number}: {question}")


def test_killed_again_and_again(scene: Scene) -> None:
    rng = random.Random(20261121)
    for count in range(5):
        scene.reset()
        kills = [(rng.randint(1, 14), rng.choice(["after", "amid"])) for _ in range(4)]
        for question, way in kills:
            scene.cut(question, way)
        scene.check(f"round {count}: killed at {kills}")


def blocked(watcher: Session, schema: str) -> list[int]:
    """The sessions that wait for a row of this schema."""
    rows = watcher.rows(
        "SELECT DISTINCT t.PROCESSLIST_ID FROM performance_schema.data_lock_waits AS w"
        " INNER JOIN performance_schema.data_locks AS l"
        " ON l.ENGINE_LOCK_ID = w.REQUESTING_ENGINE_LOCK_ID"
        " INNER JOIN performance_schema.threads AS t ON t.THREAD_ID = w.REQUESTING_THREAD_ID"
        f" WHERE l.OBJECT_SCHEMA = '{schema}'"
    )
    return [int(row[0]) for row in rows]


HOLD = ("START TRANSACTION", "SELECT * FROM celers_migration FOR UPDATE")
HELD = "UPDATE celers_task SET size = size + 1"


def test_rows_change_once_though_the_session_dies_between_change_and_record(place: Place) -> None:
    place.migrate()
    place.tree.upgrade()
    with place.session() as holder, place.session() as watcher:
        ended = threading.Event()

        def kill() -> None:
            while not ended.wait(0.005):
                for session in blocked(watcher, place.schema):
                    ended.set()
                    watcher.run(f"KILL {session}")

        def out(sentence: str) -> None:
            if sentence.startswith(HELD):
                holder.run(*HOLD)
                threading.Thread(target=kill, daemon=True).start()

        with pytest.raises(ConnectionLost):
            place.migrate(out=out, show_sql=True)
        holder.run("ROLLBACK")
    place.migrate()
    assert place.run("SELECT SUM(size) FROM celers_task")[0] == [(22,)]
    assert place.verify() == []


def test_rows_change_once_though_their_record_has_to_be_waited_for(place: Place) -> None:
    place.migrate()
    place.tree.upgrade()
    with place.session() as holder:
        waits: list[str] = []

        def out(sentence: str) -> None:
            if sentence.startswith(HELD):
                holder.run(*HOLD)
            elif sentence.startswith("waiting for"):
                waits.append(sentence)
                holder.run("ROLLBACK")

        place.migrate(out=out, show_sql=True)
    assert waits == ["waiting for the open transactions that use rows of celers_task"]
    assert place.run("SELECT SUM(size) FROM celers_task")[0] == [(22,)]
    assert place.verify() == []


def test_two_at_once(place: Place) -> None:
    for _ in range(5):
        pair = [started(place.dsn, place.tree.root) for _ in range(2)]
        for process in pair:
            process.join(60)
        assert [process.exitcode for process in pair] == [0, 0]
        assert place.verify() == []
        assert place.run("SELECT size FROM celers_task")[0] == [(10,), (10,)]
        with Session(place.dsn) as session:
            session.run(f"DROP DATABASE {place.schema}")


def test_the_second_says_whom_it_waits_for(place: Place) -> None:
    place.migrate()
    with Session(place.dsn) as first:
        first.lock(print)
        sentences: list[str] = []

        def out(sentence: str) -> None:
            sentences.append(sentence)
            first.close()

        place.migrate(out=out)
        assert sentences[0].startswith("waiting for the deployment that connection ")
        assert sentences[0].endswith(f"is doing on {place.schema}")
        assert sentences[1:] == ["nothing to do"]

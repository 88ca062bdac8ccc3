"""Small runs of the scales on a real server: what they put in, count, check and put back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from loadtests.ledger import LedgerWrong
from loadtests.processor import Processor
from loadtests.scales import beside, settings, sizes
from loadtests.scales.__main__ import measured
from loadtests.scales.dimensions import Dimension
from loadtests.scales.points import Point
from loadtests.scales.stage import Sizes, Skip, Stage, Trial, point
from loadtests.scales.system import Shape
from loadtests.server import Server
from loadtests.stats import Latency
from loadtests.workloads import enqueue_and_step, step
from pyclient.dsn import Dsn
from tools import server as servers

_TINY = Sizes(seconds=0.2, held_s=0.6, rounds=1, most=0, is_short=True)


@pytest.fixture(scope="module")
def stage(server: servers.Server) -> Iterator[Stage]:
    watch = Server(Dsn.parse(server.dsn()))
    yield Stage(Dsn.parse(server.dsn()), watch, Processor(watch), _TINY)
    watch.close()


@pytest.fixture(scope="module")
def trial(stage: Stage) -> Iterator[Trial]:
    with stage.trial() as found:
        yield found


def _count(trial: Trial, table: str, condition: str = "TRUE") -> int:
    [(count,)] = trial.sql(f"SELECT COUNT(*) FROM {table} WHERE {condition}")
    return int(str(count))


def _mine(trial: Trial) -> str:
    return f"queue = '{trial.system.queue_name}'"


def test_copies_are_tasks_like_others(trial: Trial) -> None:
    with trial.queue():
        trial.fill(40)
        trial.fill(20)
        found = trial.run(step(10), 2)
        assert len(found.completed) == 62
        assert _count(trial, "celers_finished", _mine(trial)) == 62


def test_copies_that_are_not_due_and_that_have_ended_stay(trial: Trial) -> None:
    with trial.queue():
        trial.fill_ended(30)
        trial.fill(50, '{"delay_s": 86400}')
        found = trial.run(enqueue_and_step, 2)
        assert found.enqueued
        assert _count(trial, "celers_scheduled", _mine(trial)) == 51
        ended = _count(trial, "celers_finished", _mine(trial))
        assert ended == 31 + len(found.completed)


def test_the_ledger_finds_a_copy_that_is_lost(trial: Trial) -> None:
    def lose() -> None:
        with trial.queue():
            trial.fill(5)
            trial.sql(f"DELETE FROM celers_ready WHERE {_mine(trial)} LIMIT 1")

    with pytest.raises(LedgerWrong, match="6 tasks were put in, 5 are there"):
        lose()


def test_the_ledger_finds_a_task_that_ended_unseen(trial: Trial) -> None:
    def end_unseen() -> None:
        with trial.queue():
            trial.load(3)
            with contextlib.closing(trial.system.shaped()) as queue:
                queue.claim(1)
                queue.ack()

    with pytest.raises(LedgerWrong, match="1 tasks stored as completed and not answered"):
        end_unseen()


def test_every_other_first_attempt_is_rejected_and_all_end(trial: Trial) -> None:
    with trial.queue():
        found = trial.run(beside.life(2), 2)
        assert found.completed
        again = _count(trial, "celers_finished", f"{_mine(trial)} AND attempt = 2 AND errors = 1")
        assert again > 0


@pytest.mark.parametrize("is_list", [True, False])
def test_tasks_of_many_queues_are_all_found(trial: Trial, is_list: bool) -> None:
    with trial.queue(Shape(queues=3, is_list=is_list)):
        trial.load(30)
        found = trial.run(sizes.CLAIM_TURN, 2)
        assert len(found.completed) == 30


def test_leases_that_others_hold_are_counted_and_end(trial: Trial) -> None:
    with trial.queue():
        trial.load(4)
        with trial.holder() as holder:
            assert holder.hold(4) == 4
            assert _count(trial, "celers_running", _mine(trial)) == 4
        assert _count(trial, "celers_running", _mine(trial)) == 0


def test_a_dimension_is_measured_from_its_first_point_to_its_promises(
    stage: Stage, trial: Trial
) -> None:
    def run(stage: Stage) -> Iterator[Point]:
        with trial.queue(Shape(payload=sizes.payload(500))):
            yield point(trial.run(sizes.ENQUEUE_SHAPED, 1), "celers_enqueue", 500, "500 B")
            condition = f"{_mine(trial)} AND LENGTH(payload) = 500"
            waiting = _count(trial, "celers_ready", _mine(trial))
            assert _count(trial, "celers_task", condition) == waiting

    section = measured(Dimension("payload", "One payload", run, axis="bytes"), stage)
    [found] = section.points
    assert found.rate > 0
    assert found.latency is not None
    assert [promise.is_met for promise in section.promises] == [True]


def test_what_cannot_be_measured_is_skipped_in_words(stage: Stage) -> None:
    def run(stage: Stage) -> Iterator[Point]:
        raise Skip("there is nothing of the kind")

    section = measured(Dimension("none", "Nothing", run), stage)
    assert section.skipped == "there is nothing of the kind"
    assert not section.promises


def test_settings_are_put_back_whatever_happens(stage: Stage, trial: Trial) -> None:
    ask = "SELECT @@GLOBAL.binlog_row_image"
    [before] = trial.sql(ask)
    other = "MINIMAL" if before == ("FULL",) else "FULL"

    def change() -> None:
        with settings.changed(stage.dsn, {"binlog_row_image": other}):
            assert trial.sql(ask) == [(other,)]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change()
    assert trial.sql(ask) == [before]


def test_a_setting_that_the_server_does_not_know_skips(stage: Stage) -> None:
    with pytest.raises(Skip), settings.changed(stage.dsn, {"celers_unknown": "1"}):
        pass


def test_a_tail_is_judged_only_with_threads_that_write_the_log() -> None:
    def found(switch: str, p99_ms: float) -> Point:
        label = f"innodb_log_writer_threads {switch}"
        return Point("load", None, label, 1.0, Latency(10.0, 15.0, p99_ms, 500))

    kept = settings.writer_promises([found("OFF", 99.0), found("ON", 30.0)])
    assert [(promise.found, promise.is_met) for promise in kept] == [("3.0 times", True)]
    [missed] = settings.writer_promises([found("ON", 31.0)])
    assert not missed.is_met

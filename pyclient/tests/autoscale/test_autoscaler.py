"""The thread, on a real server with real tasks."""

from __future__ import annotations

import dataclasses
import logging
import threading
from typing import Any

import pytest

import pyclient
from pyclient.dsn import Dsn
from pyclient.tests.autoscale.kit import QUICK, Account, Pool, Start, enqueue, until
from pyclient.worker.autoscale import Autoscaler, Decision
from pyclient.worker.autoscale.sampler import Sampler


def changes(autoscaler: Autoscaler) -> list[Decision]:
    """The decisions that were not to hold."""
    return [one for one in autoscaler.decisions() if one.action != "hold"]


def said(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    """What was logged at this level."""
    return [record.getMessage() for record in caplog.records if record.levelno == level]


def test_a_sample_is_what_server_and_pool_show(
    client: pyclient.Client, pool: Pool, connect: Any, call: Any
) -> None:
    enqueue(client, 45 + 30)
    pool.claim(30)
    pool.finish()
    long_ago = "started_at - INTERVAL 11 MINUTE, finished_at = finished_at - INTERVAL 10 MINUTE"
    call(connect(), f"UPDATE celers_finished SET started_at = {long_ago}")
    enqueue(client, 3, "paused")
    client.call_pause("paused")
    client.call_register_worker("one", queues="mail")
    pool.claim(25)
    pool.finish(failing=5)
    pool.claim(1)
    sampler = Sampler(pool, client, ["mail", "paused", "never_used", "mail"])
    sampler.look()
    pool.claim(1)
    sampler.look()
    pool.finish()
    sampler.look()
    sample = sampler.take()

    assert sample.size == 2
    assert sample.utilization == 3 / 6
    assert sample.memory_mb > 5
    mail, paused, unused = sample.queues
    assert (mail.queue, paused.queue, unused.queue) == ("mail", "paused", "never_used")
    assert (mail.is_paused, paused.is_paused, unused.is_paused) == (False, True, False)
    assert (mail.ready, paused.ready, unused.ready) == (18, 3, 0)
    assert 0 < mail.oldest_ready_s < 60
    assert unused.oldest_ready_s == 0
    assert mail.workers == 1
    assert (mail.completed, mail.failed) == (22, 5)
    assert mail.timed == 22
    assert mail.wait_p95_ms is not None
    assert mail.wait_p95_ms > 0
    assert mail.run_p50_ms is not None
    assert mail.run_p95_ms is not None
    assert 0 < mail.run_p50_ms <= mail.run_p95_ms
    assert mail.usual_p50_ms is not None
    assert mail.usual_p50_ms > 60_000 > mail.run_p50_ms
    assert (unused.timed, unused.run_p95_ms) == (0, None)
    assert sampler.take().utilization == 0


def test_a_pool_grows_with_its_queue_and_shrinks_without(
    client: pyclient.Client, pool: Pool, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "celers.worker.autoscale")
    enqueue(client, 30)
    pool.claim(2)
    pool.held *= 3  # six slots busy
    autoscaler = start()
    until(lambda: pool.size == 6, "a pool of six")
    first, second = changes(autoscaler)[:2]
    assert [(one.action, one.from_size, one.to_size) for one in (first, second)] == [
        ("up", 2, 4),
        ("up", 4, 6),
    ]
    assert first.reason == "queue_pressure 14 > 0.75 and worker_utilization 1 > 0.8"
    assert first.metrics is not None
    assert first.metrics.error_rate is None
    until(lambda: autoscaler.decisions()[-1].action == "hold", "a decision to hold")
    held = autoscaler.decisions()[-1]
    assert held.reason.endswith("but max_workers is 6")

    del pool.held[2:]
    pool.claim(28)
    pool.finish(failing=3)
    until(lambda: pool.size == 1, "a pool of one")
    last = changes(autoscaler)[-1]
    assert (last.action, last.from_size, last.to_size) == ("down", 2, 1)
    assert last.metrics is not None
    assert last.metrics.error_rate == 0.1
    autoscaler.stop(30)
    assert f"autoscaler: {held}" in said(caplog, logging.DEBUG)
    assert said(caplog, logging.INFO) == [f"autoscaler: {one}" for one in changes(autoscaler)]
    fields = next(vars(one) for one in caplog.records if one.levelno == logging.INFO)
    assert (fields["action"], fields["from"], fields["to"]) == ("up", 2, 4)
    assert (fields["queue_pressure"], fields["worker_utilization"]) == (14, 1)


def test_advice_changes_nothing(
    client: pyclient.Client, pool: Pool, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "celers.worker.autoscale")
    enqueue(client, 30)
    pool.claim(2)
    autoscaler = start(advise_only=True)
    until(lambda: len(changes(autoscaler)) >= 2, "two pieces of advice")
    assert {(one.action, one.from_size, one.to_size) for one in changes(autoscaler)} == {
        ("up", 2, 4)
    }
    assert pool.size == 2
    autoscaler.stop(30)
    assert said(caplog, logging.INFO)[0] == f"autoscaler advises: {changes(autoscaler)[0]}"


def test_an_account_that_may_not_look_holds_and_says_which_right_is_missing(
    pool: Pool,
    client: pyclient.Client,
    start: Start,
    account: Account,
    schema: Any,
    connect: Any,
    call: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    enqueue(client, 30)
    pool.claim(2)
    name, dsn = account("worker")
    caplog.set_level(logging.INFO, "celers.worker.autoscale")
    with pyclient.connect(dsn, retry=pyclient.RetryPolicy(deploy_window_s=0)) as limited:
        autoscaler = start(limited)
        missing = ("list_queues", "get_task_throughput", "get_task_latency_percentiles")
        for number, right in enumerate(missing, 1):
            routine = f"celers_{right}"
            until(lambda: len(said(caplog, logging.WARNING)) >= number, f"no {routine}")  # noqa: B023
            seen = len(autoscaler.decisions())
            until(lambda: len(autoscaler.decisions()) >= seen + 3, "more decisions")  # noqa: B023
            warnings = said(caplog, logging.WARNING)
            assert len(warnings) == number
            assert f"{schema.name}.{routine}" in warnings[-1]
            assert "the role viewer" in warnings[-1]
            last = autoscaler.decisions()[-1]
            assert (last.action, last.from_size, last.metrics) == ("hold", 2, None)
            assert routine in last.reason
            call(connect(), f"GRANT EXECUTE ON PROCEDURE {schema.name}.{routine} TO '{name}'@'%'")
        until(lambda: pool.size == 4, "a pool of four")
        assert len(said(caplog, logging.WARNING)) == 3
        autoscaler.stop(30)
        assert said(caplog, logging.INFO).count("autoscaler: samples again") == 1


def test_the_role_viewer_is_enough(
    pool: Pool, client: pyclient.Client, start: Start, account: Account
) -> None:
    enqueue(client, 30)
    pool.claim(2)
    _, dsn = account("viewer")
    with pyclient.connect(dsn) as viewer:
        autoscaler = start(viewer)
        until(lambda: pool.size == 4, "a pool of four")
        autoscaler.stop(30)


def test_a_server_that_is_away_is_said_once_and_held(
    pool: Pool, schema: Any, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    away = dataclasses.replace(Dsn.parse(schema.dsn), host="127.0.0.1", port=1, socket=None)
    with pyclient.connect(away, retry=pyclient.RetryPolicy(deadline_s=0)) as client:
        autoscaler = start(client)
        until(lambda: len(autoscaler.decisions()) >= 3, "three decisions")
        autoscaler.stop(30)
    assert {(one.action, one.to_size) for one in autoscaler.decisions()} == {("hold", 2)}
    assert len(said(caplog, logging.WARNING)) == 1
    assert "holds, ConnectionLost: " in said(caplog, logging.WARNING)[0]


def test_trouble_in_the_pool_does_not_end_the_autoscaler(
    pool: Pool, client: pyclient.Client, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    class Stiff(Pool):
        is_stiff = True

        def resize(self, size: int) -> None:
            if self.is_stiff:
                raise RuntimeError("no processes left")
            self.size = size

    stiff = Stiff(client)
    enqueue(client, 30)
    stiff.claim(2)
    autoscaler = start(pool=stiff)
    until(lambda: len(changes(autoscaler)) >= 3, "three tries")
    failed = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "holds, RuntimeError: no processes left" in failed[0].getMessage()
    assert failed[0].exc_info
    stiff.is_stiff = False
    until(lambda: stiff.size == 4, "a pool of four")


@pytest.mark.parametrize("is_failing", [False, True])
def test_nothing_changes_after_stop_even_if_a_sample_is_on_its_way(
    client: pyclient.Client, start: Start, is_failing: bool, caplog: pytest.LogCaptureFixture
) -> None:
    asked, answer = threading.Event(), threading.Event()

    class Slow(Pool):
        def memory_mb(self) -> float:
            asked.set()
            answer.wait(30)
            if is_failing:
                raise RuntimeError("the processes are gone")
            return 1.0

    slow = Slow(client)
    enqueue(client, 30)
    slow.claim(2)
    autoscaler = start(pool=slow, consecutive_signals_required=1)
    assert asked.wait(30)
    autoscaler.stop(0)
    answer.set()
    autoscaler.stop(30)
    assert slow.size == 2
    assert autoscaler.decisions() == []
    assert said(caplog, logging.WARNING) == []


def test_the_latest_hundred_decisions_are_kept(pool: Pool, start: Start) -> None:
    autoscaler = start(interval_s=0.001)
    until(lambda: len(autoscaler.decisions()) == 100, "a hundred decisions")
    first = autoscaler.decisions()[0]
    until(lambda: autoscaler.decisions()[0] is not first, "the first one to go")
    assert len(autoscaler.decisions()) == 100
    times = [one.at for one in autoscaler.decisions()]
    assert times == sorted(times)


def test_it_can_be_stopped_before_it_was_started(pool: Pool, client: pyclient.Client) -> None:
    Autoscaler(QUICK, pool, client, ["mail"]).stop()

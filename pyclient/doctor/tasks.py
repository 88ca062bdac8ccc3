"""How the queue is doing: maintenance, workers, what waits, what dies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pyclient.doctor.finding import Finding, count, fail, grouped, ok, span, warn
from pyclient.doctor.look import Look

_LATE_MS = 60_000
_LATE_PERIODS = 10
_RECENT = timedelta(hours=1)
_WAITED_S = 60
_NAMED = 5
_MANY_DEAD = 10
_LOOKED_AT = 1000
_VITAL = ("promote_due", "recover_expired")


def maintenance(look: Look) -> Iterator[Finding]:
    """Duties that nobody does: tasks do not become due, lost ones do not come back."""
    duties = look.client.call_get_maintenance()
    late = [
        duty for duty in duties if duty.overdue_ms > max(_LATE_MS, _LATE_PERIODS * duty.period_ms)
    ]
    if late:
        worst = max(late, key=lambda duty: duty.overdue_ms)
        late_by = f"is overdue by {span(worst.overdue_ms / 1000)}"
        yield fail(
            f"{worst.duty} {'has never run' if worst.last_at is None else late_by}, one of"
            f" {len(late)} duties that are late: neither claims nor the event do maintenance",
            "switch the event scheduler on, start a worker, or `celers maintenance run` from cron",
        )
    off = [duty.duty for duty in duties if not duty.is_enabled and duty.duty in _VITAL]
    for name in off:
        yield warn(f"{name} is switched off", f"celers maintenance set {name} --enable")
    now = datetime.now(UTC)
    failed = [d for d in duties if d.last_error_at is not None and now - d.last_error_at < _RECENT]
    for duty in failed:
        yield warn(f"{duty.duty} failed within the hour: {duty.last_error}", "report it")
    if not (late or off or failed):
        yield ok(f"{len(duties)} duties, none overdue")


def workers(look: Look) -> Iterator[Finding]:
    """Tasks in the hands of a worker that has gone silent come back when their leases end."""
    known = look.client.call_list_workers()
    silent = [worker for worker in known if worker.status == "offline" and worker.running]
    for worker in silent[:_NAMED]:
        yield warn(
            f"{worker.worker_id} is silent for {span(worker.heartbeat_age_s)} and holds"
            f" {count(worker.running, 'task')}",
            "look at its machine; the tasks come back when its leases end",
        )
    if len(silent) > _NAMED:
        yield warn(
            f"and {len(silent) - _NAMED} more silent workers hold tasks", "see celers worker list"
        )
    if not silent:
        alive = sum(worker.status != "offline" for worker in known)
        yield ok(f"{count(alive, 'worker')} heard of within the minute, no task in silent hands")


def queues(look: Look) -> Iterator[Finding]:
    """Tasks wait that nobody takes."""
    stuck = []
    for queue in look.client.call_list_queues():
        if not queue.ready or (queue.oldest_ready_s or 0) < _WAITED_S:
            continue
        waits = f"{queue.queue}: {count(queue.ready, 'task')} ready, waiting for up to"
        waits += f" {span(queue.oldest_ready_s or 0)}"
        if queue.is_paused:
            stuck.append(warn(f"{waits}, and it is paused", f"celers queue resume {queue.queue}"))
        elif not queue.workers:
            stuck.append(
                warn(f"{waits}, and no worker serves it", f"celers worker run APP -Q {queue.queue}")
            )
    yield from stuck[:_NAMED]
    if len(stuck) > _NAMED:
        yield warn(f"and {len(stuck) - _NAMED} more such queues", "celers queue list")
    if not stuck:
        yield ok("no queue is left waiting")


def dead_letters(look: Look) -> Iterator[Finding]:
    """Tasks that failed for good, and whether they become more."""
    dead = look.client.call_queue_size(None).dead
    newest = look.client.call_list_dlq(None, _LOOKED_AT)
    now = datetime.now(UTC)
    recent = sum(now - row.died_at < _RECENT for row in newest)
    text = f"{count(dead, 'dead letter')}, {grouped(recent)} of them not older than an hour"
    if recent >= _MANY_DEAD:
        yield warn(text, "celers dlq list tells why; celers dlq retry puts them back")
    else:
        yield ok(text)

"""A nightly schedule: each run enqueues the next one.

The key makes it one task a night, however many programs ask for it, and however often: `python -m
examples.nightly`, with CELERS_DSN set to a schema. After an outage the nights that were missed are
made up for, one after the other.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pyclient
from examples.workers import run_burst
from pyclient.app import TaskHandle

app = pyclient.App("nightly")
AT = time(2, 30, tzinfo=UTC)


@app.task(queue="nightly", max_retries=10, timeout=3600)
def nightly(shop: str, night: str) -> dict[str, str]:
    """The work of one night."""
    day = date.fromisoformat(night)
    schedule(shop, day + timedelta(days=1))  # first, so that no failure ends the schedule
    return {"night": night, "report": f"the orders of {day - timedelta(days=1)}"}


def schedule(shop: str, day: date) -> TaskHandle[dict[str, str]]:
    """Have the work done in that night; to ask again changes nothing."""
    due_at = datetime.combine(day, AT)
    return nightly.using(at=due_at, key=f"nightly:{shop}:{day}").enqueue(shop, day.isoformat())


def start(shop: str) -> TaskHandle[dict[str, str]]:
    """Begin the schedule with the coming night: every program may call this when it starts."""
    now = datetime.now(UTC)
    today = now.date()
    return schedule(shop, today if now < datetime.combine(today, AT) else today + timedelta(days=1))


def main() -> None:
    """Start it from many places at once; then come back after an outage of three nights."""
    shop = f"shop-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
    with ThreadPoolExecutor(4) as programs:
        started = list(programs.map(start, [shop] * 8))
    coming = started[0]
    assert set(started) == {coming}
    assert [handle.created for handle in started].count(True) == 1
    assert coming.status() == "pending"

    last = datetime.now(UTC).date() - timedelta(days=1)
    missed = [last - timedelta(days=days) for days in (2, 1, 0)]
    schedule(shop, missed[0])
    for _ in range(2):  # two workers, and a restart
        run_burst("examples.nightly:app", "--queues", "nightly", "--concurrency", "2")
    for night in missed:
        handle = schedule(shop, night)
        assert handle.created is False
        assert handle.result(timeout=10)["night"] == night.isoformat()
        assert app.client.call_get_task(handle.id).attempt == 1
    due_at = app.client.call_get_task(coming.id).due_at
    assert coming.status() == "pending"
    assert due_at.timetz() == AT
    print(f"{len(missed)} nights made up for, the next one is due at {due_at}")


if __name__ == "__main__":
    main()

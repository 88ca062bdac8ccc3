"""What the server carries: old snapshots, long transactions, deadlocks; and what time it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC

from pyclient.doctor.finding import Finding, count, ok, span, warn
from pyclient.doctor.look import Look

LONG_S = 60
_HISTORY = 100_000
_DEADLOCKS_PER_HOUR = 10
_SKEW_S = 2.0

_TRANSACTIONS = """\
SELECT trx_mysql_thread_id, TIMESTAMPDIFF(SECOND, trx_started, NOW()) AS age_s
FROM information_schema.INNODB_TRX
WHERE trx_mysql_thread_id NOT IN (0, CONNECTION_ID())
ORDER BY trx_started"""


def history(look: Look) -> Iterator[Finding]:
    """Purge waits for the oldest snapshot; until then every deleted row stays in its tree."""
    length = look.metric("trx_rseg_history_len")
    if length > _HISTORY:
        yield warn(
            f"{count(length, 'transaction')} wait for purge: deleted rows pile up",
            "end the oldest transaction; if there is none, the disk is the bottleneck",
        )
    else:
        yield ok(f"{count(length, 'transaction')} to purge")


def transactions(look: Look) -> Iterator[Finding]:
    """A transaction that stays open holds back purge, and a deployment."""
    found = [row for row in look.rows(_TRANSACTIONS) if row[1] >= LONG_S]
    if not found:
        yield ok(f"none is older than {LONG_S} s")
        return
    thread, age_s = found[0]
    yield warn(
        f"{count(len(found), 'transaction')} older than {LONG_S} s; the oldest, of connection"
        f" {thread}, is open for {span(int(age_s))}",
        f"end it, or KILL {thread} if nobody is waiting for it",
    )


def deadlocks(look: Look) -> Iterator[Finding]:
    """Calls are repeated by the client, but each deadlock costs its victim's work."""
    found, timeouts = look.metric("lock_deadlocks"), look.metric("lock_timeouts")
    up_s = max(look.status("Uptime"), 1)
    text = (
        f"{count(found, 'deadlock')} and {count(timeouts, 'lock timeout')} on the whole server"
        f" in {span(up_s)}"
    )
    if found > max(_DEADLOCKS_PER_HOUR * up_s / 3600, _DEADLOCKS_PER_HOUR):
        yield warn(
            text, "keep transactions around calls short; SHOW ENGINE INNODB STATUS tells who"
        )
    else:
        yield ok(text)


def clock(look: Look) -> Iterator[Finding]:
    """Only the server's clock counts; a client's matters where it computes an instant."""
    before = time.time()
    server = look.value("SELECT UTC_TIMESTAMP(6)").replace(tzinfo=UTC).timestamp()
    after = time.time()
    ahead_s = server - (before + after) / 2
    if abs(ahead_s) <= _SKEW_S + (after - before):
        yield ok(f"server and client differ by less than {_SKEW_S:.0f} s")
        return
    word = "ahead of" if ahead_s > 0 else "behind"
    yield warn(
        f"the server's clock is {span(abs(ahead_s))} {word} this machine's",
        "run NTP on both; instants that clients compute come early or late by as much",
    )

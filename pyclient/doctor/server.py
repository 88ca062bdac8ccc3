"""How the server is set up: what celers needs of it, and what weakens a promise."""

from __future__ import annotations

from collections.abc import Iterator

from pyclient.doctor.finding import Finding, count, fail, ok, warn
from pyclient.doctor.look import Look

_CROWDED = 0.8


def server(look: Look) -> Iterator[Finding]:
    """A server that celers does not run on is refused while connecting."""
    yield ok(f"MySQL {look.version}")


def writable(look: Look) -> Iterator[Finding]:
    """Every call goes to the one server that takes writes."""
    names = ("read_only", "super_read_only", "offline_mode", "innodb_read_only")
    shut = [name for name in names if look.variable(name)]
    if shut:
        yield fail(
            f"the server takes no writes: {shut[0]}=ON",
            "connect to the primary; where this is it, switch the variable off",
        )
    elif look.variable("group_replication_single_primary_mode") == 0:
        yield fail(
            "group replication runs in multi-primary mode",
            "switch it to single-primary mode: two servers would hand out one task",
        )
    else:
        yield ok("the server takes writes")


def replica(look: Look) -> Iterator[Finding]:
    """A promoted replica has its events off, and one that is fed must not be written to."""
    if look.rows("SHOW REPLICA STATUS"):
        yield warn(
            "the server is a replica of another one",
            "connect to the primary; after a failover, stop replication here for good",
        )
    else:
        yield ok("the server is no replica")


def durability(look: Look) -> Iterator[Finding]:
    """What was acknowledged survives a crash only where it was flushed."""
    flush = look.variable("innodb_flush_log_at_trx_commit")
    sync = look.variable("sync_binlog")
    settings = f"innodb_flush_log_at_trx_commit={flush}, sync_binlog={sync}"
    if flush == 0:
        yield fail(
            f"{settings}: a crash of the server loses the last second of acknowledged tasks",
            "SET PERSIST innodb_flush_log_at_trx_commit = 1",
        )
    elif flush != 1:
        yield warn(
            f"{settings}: a crash of the machine loses the last second of acknowledged tasks",
            "SET PERSIST innodb_flush_log_at_trx_commit = 1",
        )
    elif sync != 1 and look.variable("log_bin"):
        yield warn(
            f"{settings}: a crash of the machine may leave replicas ahead or behind",
            "SET PERSIST sync_binlog = 1",
        )
    else:
        yield ok(settings)


def binary_log(look: Look) -> Iterator[Finding]:
    """READ COMMITTED cannot be logged as statements: every call would fail."""
    form = look.variable("binlog_format")
    if not look.variable("log_bin"):
        yield ok("off: no replica, no restore to a point in time")
    elif form == "STATEMENT":
        yield fail(
            "binlog_format=STATEMENT: the server refuses the writes of every call",
            "SET PERSIST binlog_format = 'ROW', and let sessions connect anew",
        )
    else:
        yield ok(f"binlog_format={form or 'ROW'}")


def sql_mode(look: Look) -> Iterator[Finding]:
    """The routines bring their own; parameters are converted by that of the caller."""
    mode = str(look.variable("sql_mode"))
    if {"STRICT_TRANS_TABLES", "STRICT_ALL_TABLES"} & set(mode.split(",")):
        yield ok("strict")
    else:
        yield warn(
            f"sql_mode={mode or chr(39) * 2} is not strict: values that do not fit a parameter are"
            " cut without an error",
            "add STRICT_TRANS_TABLES to sql_mode, or set it in the sessions that call celers",
        )


def isolation(look: Look) -> Iterator[Finding]:
    """A call in a transaction of its own is READ COMMITTED; one that joins takes what it finds."""
    level = str(look.variable("transaction_isolation"))
    if level in ("READ-COMMITTED", "REPEATABLE-READ"):
        yield ok(f"{level}; calls in transactions of their own use READ COMMITTED")
    else:
        yield warn(
            f"transaction_isolation={level}: calls that join a caller's transaction inherit it",
            "SET PERSIST transaction_isolation = 'READ-COMMITTED', or set it in those sessions",
        )


def time_zone(look: Look) -> Iterator[Finding]:
    """celers keeps UTC by the server's clock, whatever the zone is."""
    zone = look.variable("time_zone")
    named = f"{look.value('SELECT @@system_time_zone')} (SYSTEM)" if zone == "SYSTEM" else zone
    yield ok(f"{named}; celers keeps UTC whatever it is")


def connections(look: Look) -> Iterator[Finding]:
    """A worker that cannot connect cannot even hand in what it has done."""
    most, now = int(look.variable("max_connections")), look.status("Threads_connected")
    peak = look.status("Max_used_connections")
    text = f"{now} of {most} in use, at most {peak} since the start"
    fix = "raise max_connections, or give pools and workers fewer connections"
    if now > most * _CROWDED:
        yield fail(text, fix)
    elif peak > most * _CROWDED:
        yield warn(text, fix)
    else:
        yield ok(f"{now} of {count(most, 'connection')} in use, at most {peak} since the start")

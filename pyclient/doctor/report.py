"""What a bug report needs: versions, settings, counts and findings, and nothing that is secret.

No payload, no error text of a task, no password, no name of a host, an account, a queue or a
worker is in it.
"""

from __future__ import annotations

import platform
import re
import socket
from collections import Counter
from collections.abc import Iterable
from importlib import metadata
from typing import Any

import mysql.connector

from pyclient import _version
from pyclient._header import ROLES
from pyclient.doctor import examine
from pyclient.doctor.look import Look
from pyclient.dsn import Dsn
from pyclient.errors import AccessDenied, SchemaMissing
from pyclient.migrate import roles

_PACKAGES = (
    "mysql-connector-python",
    "click",
    "rich",
    "pydantic-settings",
    "structlog",
    "psutil",
    "prometheus-client",
    "msgpack",
    "zstandard",
    "opentelemetry-api",
)
_VARIABLES = (
    "version_comment",
    "version_compile_os",
    "event_scheduler",
    "sql_mode",
    "transaction_isolation",
    "time_zone",
    "innodb_flush_log_at_trx_commit",
    "sync_binlog",
    "log_bin",
    "binlog_format",
    "innodb_buffer_pool_size",
    "innodb_lock_wait_timeout",
    "max_allowed_packet",
    "max_connections",
    "wait_timeout",
    "stored_program_cache",
    "lower_case_table_names",
    "character_set_server",
    "collation_server",
)
_QUOTED = re.compile(r"'[^']*'")
_ACCOUNT = re.compile(r"[\w.%$-]+@[\w.%:-]+")

Section = dict[str, Any]


def here() -> Section:
    """This side: versions only."""
    found: Section = {"celers": _version.installed()}
    found["python"] = f"{platform.python_implementation()} {platform.python_version()}"
    found["system"] = f"{platform.system()} {platform.release()} {platform.machine()}"
    found["C extension of the driver"] = mysql.connector.HAVE_CEXT
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def there(dsn: Dsn) -> dict[str, Any]:
    """The server, the schema, counts, and what the doctor finds.

    Raises:
        CelersError: the server was not reached, or it is none that celers runs on.
    """
    with Look(dsn) as look:
        counts, names = _counts(look)
        return {
            "server": {"version": look.version, **_variables(look)},
            "installed": _installed(look),
            "counts": counts,
            "findings": [
                {
                    "level": str(finding.level),
                    "check": finding.check,
                    "text": redacted(finding.text, dsn, names),
                }
                for finding in examine(dsn)
            ],
        }


def redacted(text: str, dsn: Dsn, names: Iterable[tuple[str, str]]) -> str:
    """The text without quoted values, accounts, hosts, and the names given with their kinds."""
    schema = dsn.database or ""
    text = _ACCOUNT.sub("<account>", _QUOTED.sub("'…'", _without(text, names)))
    return _without(
        text,
        [
            *((roles.role_name(schema, role), f"{role} role") for role in ROLES),
            (schema, "schema"),
            (dsn.user, "account"),
            (dsn.host, "host"),
            (dsn.socket or "", "socket"),
            (socket.gethostname(), "host"),
        ],
    )


def _without(text: str, names: Iterable[tuple[str, str]]) -> str:
    """The longest names first: one may be a part of another."""
    for name, kind in sorted(names, key=lambda one: -len(one[0])):
        if name and name != "celers":
            text = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", f"<{kind}>", text)
    return text


def _variables(look: Look) -> Section:
    found = {name: look.variable(name) for name in _VARIABLES}
    return {name: value for name, value in found.items() if value is not None}


def _installed(look: Look) -> Section:
    try:
        version = look.client.call_version()
    except (AccessDenied, SchemaMissing) as error:
        return {"version": f"unknown: {type(error).__name__}"}
    return {"version": version.version, "api_level": version.api_level}


def _counts(look: Look) -> tuple[Section, list[tuple[str, str]]]:
    """How much there is, and the names that must not be said."""
    try:
        queues, workers = look.client.call_list_queues(), look.client.call_list_workers()
        duties = look.client.call_get_maintenance()
    except (AccessDenied, SchemaMissing) as error:
        return {"not counted": type(error).__name__}, []
    statuses = Counter(worker.status for worker in workers)
    counts = {
        "queues": len(queues),
        "queues paused": sum(queue.is_paused for queue in queues),
        "tasks ready": sum(queue.ready for queue in queues),
        "tasks scheduled": sum(queue.scheduled for queue in queues),
        "tasks running": sum(queue.running for queue in queues),
        "dead letters": sum(queue.dead for queue in queues),
        **{f"workers {status}": number for status, number in sorted(statuses.items())},
        **{f"{duty.duty} overdue ms": duty.overdue_ms for duty in duties},
    }
    names = [(queue.queue, "queue") for queue in queues]
    names += [(worker.worker_id, "worker") for worker in workers]
    names += [(worker.hostname, "host") for worker in workers if worker.hostname]
    return counts, names

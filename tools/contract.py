"""Is a header true on a running server? Data for the examples, types, what a call leaves behind."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from typing import Any

from pyclient._encode import new_uuid
from pyclient._header import Field
from tools.spec import Routine, SignatureParam
from tools.sqlclient import Rows, call, literal, results

_INTEGERS = {1, 2, 3, 8, 9}
_TEXTS = {15, 249, 250, 251, 252, 253, 254}
_TYPE_CODES = {
    "str": _TEXTS,
    "uuid": _TEXTS,
    "bytes": _TEXTS,
    "payload": _TEXTS,
    "json": _TEXTS | {245},
    "items": _TEXTS | {245},
    "tasks": _TEXTS | {245},
    "int": _INTEGERS,
    "bool": _INTEGERS,
    "float": {4, 5},
    "datetime": {7, 12},
}
_VALUES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "uuid": (str,),
    "bytes": (bytes, bytearray),
    "payload": (str, bytes, bytearray),
    "json": (str,),
    "items": (str,),
    "tasks": (str,),
    "int": (int,),
    "bool": (int,),
    "float": (float,),
    "datetime": (datetime.datetime,),
}
_NULL_TYPE = 6
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
#: What another's session might have set before it calls us.
HOSTILE = (
    "SET SESSION sql_mode = '', SESSION time_zone = '+13:00', SESSION completion_type = 'CHAIN', "
    "SESSION foreign_key_checks = 0, SESSION unique_checks = 0, SESSION sql_safe_updates = 1, "
    "SESSION transaction_isolation = 'SERIALIZABLE', SESSION group_concat_max_len = 4, "
    "SESSION div_precision_increment = 0, SESSION lc_time_names = 'de_DE', "
    "SESSION insert_id = 7, SESSION timestamp = 86400",
    "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci",
)


def example(routine: Routine, connection: Any) -> str:
    """The example, on data made for it: see place_data()."""
    wanted = set(_PLACEHOLDER.findall(routine.example))
    ids = place_data(connection, routine.room, wanted)
    missing = wanted - ids.keys()
    if missing:
        raise LookupError(f"{routine.path}: no data for {{{{{sorted(missing)[0]}}}}} in Example")
    return _PLACEHOLDER.sub(lambda found: ids[found[1]], routine.example).removesuffix(";")


def place_data(connection: Any, room: str, wanted: set[str]) -> dict[str, str]:
    """Fill a fresh schema for one example; the ids that it may name as ``{{task_id}}`` and so on.

    Queue ``default`` holds three ready tasks, queue ``later`` a scheduled one, ``done`` a completed
    one with a result and progress, ``graveyard`` a dead letter, ``busy`` a running one of worker-1,
    which is registered.
    ``{{ready_id}}``, ``{{scheduled_id}}``, ``{{finished_id}}``, ``{{dead_id}}``, ``{{running_id}}``
    with ``{{receipt}}`` name them. ``{{task_id}}`` is the running one beside a ``{{receipt}}``, the
    dead one in room dlq, the finished one in room results, and else the first ready one.
    """
    ids: dict[str, str] = {}
    results(connection, "CALL celers_register_worker('worker-1', NULL)")
    for number in range(3):
        ready = _enqueue(connection, "default", f'{{"number": {number}}}')
        ids.setdefault("ready_id", ready)
    ids["scheduled_id"] = _enqueue(connection, "later", "{}", delay_s=3600)
    ids["finished_id"], receipt = _claim(connection, "done")
    item = {"task_id": ids["finished_id"], "receipt": receipt}
    told = literal(json.dumps({"step": "write", "total_steps": 2, "checkpoint": "[1]"}))
    sql = f"CALL celers_update_task_progress('{ids['finished_id']}', '{receipt}', 50, {told})"
    results(connection, sql)
    results(connection, f"CALL celers_ack_batch({literal(_json_items(item, result='42'))})")
    ids["dead_id"], receipt = _claim(connection, "graveyard")
    sql = f"CALL celers_reject('{ids['dead_id']}', '{receipt}', 'no route', '{{\"retry\": false}}')"
    results(connection, sql)
    ids["running_id"], ids["receipt"] = _claim(connection, "busy")
    rooms = {"dlq": "dead_id", "results": "finished_id"}
    own = "running_id" if "receipt" in wanted else rooms.get(room, "ready_id")
    return ids | {"task_id": ids[own]}


def _json_items(item: dict[str, str], **more: str) -> str:
    members = ", ".join(f'"{key}": "{value}"' for key, value in (item | more).items())
    return f"[{{{members}}}]"


def _enqueue(connection: Any, queue: str, payload: str, **options: object) -> str:
    # with ids of the client: those that the server makes are in no order within a millisecond
    task_id = new_uuid()
    text = json.dumps({"task_id": task_id, **options})
    call(connection, f"CALL celers_enqueue('{queue}', 'send', {literal(payload)}, {literal(text)})")
    return task_id


def _claim(connection: Any, queue: str) -> tuple[str, str]:
    _enqueue(connection, queue, "{}")
    rows = call(connection, f"CALL celers_dequeue_batch('{queue}', 'worker-1', 1, NULL)")
    row = dict(zip(rows.columns, rows[0], strict=True))
    return str(row["task_id"]), str(row["receipt"])


def answer_faults(routine: Routine, columns: tuple[Field, ...], found: list[Rows]) -> Iterator[str]:
    """How an answer differs from what the header says."""
    if len(found) != 1:
        yield f"answers with {len(found)} result sets instead of one"
        return
    rows = found[0]
    names = tuple(column.name for column in columns)
    if rows.columns != names:
        yield f"has the columns {', '.join(rows.columns)}; the header: {', '.join(names)}"
        return
    count = routine.returns_count
    if (count == "1 row" and len(rows) != 1) or (count == "0..1 row" and len(rows) > 1):
        yield f"answers with {len(rows)} rows; the header says {count}"
    for number, column in enumerate(columns):
        code = rows.types[number]
        if code != _NULL_TYPE and code not in _TYPE_CODES[column.type]:
            yield f"{column.name} is {column.type} in the header, and type {code} on the wire"
        for value in {type(row[number]): row[number] for row in rows}.values():
            if value is None and not column.nullable:
                yield f"{column.name} is NULL, and has no '?' in the header"
            elif value is not None and not isinstance(value, _VALUES[column.type]):
                kind = type(value).__name__
                yield f"{column.name} is {column.type} in the header, and a {kind} here"


def parameter_faults(routine: Routine, connection: Any) -> Iterator[str]:
    """How the signature on the server differs from the file."""
    sql = (
        "SELECT PARAMETER_NAME, PARAMETER_MODE, DTD_IDENTIFIER, COLLATION_NAME "
        "FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = DATABASE() "
        f"AND SPECIFIC_NAME = {literal(routine.name)} ORDER BY ORDINAL_POSITION"
    )
    found = call(connection, sql)
    described = [(param.name, param.mode, _server_type(param)) for param in routine.signature]
    actual = [(name, mode, str(kind).lower()) for name, mode, kind, _ in found]
    if described != actual:
        yield f"has the parameters {actual} on the server, {described} in the file"
    if [param.name for param in routine.params] != [name for name, *_ in actual]:
        yield f"has the parameters {[name for name, *_ in actual]}, and Params differs"
    for name, _, _, collation in found:
        if collation not in (None, "utf8mb4_0900_bin"):
            yield f"{name} has the collation {collation}: an index of ours would not be used"


def _server_type(param: SignatureParam) -> str:
    """A declared type in the words of information_schema."""
    text = re.sub(r" (CHARACTER SET|COLLATE) \w+", "", param.sql_type, flags=re.IGNORECASE).lower()
    text = {"boolean": "tinyint(1)", "bool": "tinyint(1)", "integer": "int"}.get(text, text)
    return re.sub(r"\s*([(),])\s*", r"\1", text)


def leftovers(connection: Any) -> Iterator[str]:
    """What a call left in the session: an open transaction, @variables, locks."""
    thread = (
        "(SELECT THREAD_ID FROM performance_schema.threads WHERE PROCESSLIST_ID = CONNECTION_ID())"
    )
    variables = call(
        connection,
        "SELECT VARIABLE_NAME FROM performance_schema.user_variables_by_thread "
        f"WHERE THREAD_ID = {thread}",
    )
    for (name,) in variables:
        yield f"leaves @{name} in the session"
    locks = call(
        connection,
        "SELECT OBJECT_NAME FROM performance_schema.metadata_locks "
        f"WHERE OBJECT_TYPE = 'USER LEVEL LOCK' AND OWNER_THREAD_ID = {thread}",
    )
    for (name,) in locks:
        yield f"leaves the named lock {name}"
    sql = (
        "SELECT COUNT(*) FROM performance_schema.events_transactions_current "
        f"WHERE STATE = 'ACTIVE' AND AUTOCOMMIT = 'NO' AND THREAD_ID = {thread}"
    )
    if call(connection, sql)[0][0]:
        yield "leaves a transaction open"
    tables = call(connection, "SELECT NAME FROM information_schema.INNODB_TEMP_TABLE_INFO")
    for (name,) in tables:
        yield f"leaves the temporary table {name}"

"""Sessions that are set up in the strangest ways: every routine does there what it does elsewhere.

And none of them leaves anything behind in the session that called it.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from db.tests.race.kit import Lab, Row, Session, error_of, new_id
from tools import contract, freshschema, sqlclient
from tools.freshschema import Schema
from tools.spec import Routine, load_all
from tools.sqlclient import Rows

SPEC = load_all(Path(__file__).resolve().parents[3])
PUBLIC = [pytest.param(routine, id=routine.name) for routine in SPEC.public]

OFF = ",".join(
    f"{name}=off"
    for name in (
        *(
            "index_merge",
            "index_merge_union",
            "index_merge_intersection",
            "engine_condition_pushdown",
        ),
        *("index_condition_pushdown", "mrr", "mrr_cost_based", "block_nested_loop", "semijoin"),
        *("materialization", "loosescan", "firstmatch", "duplicateweedout", "derived_merge"),
        *("subquery_materialization_cost_based", "use_index_extensions", "condition_fanout_filter"),
        *("skip_scan", "hash_join", "prefer_ordering_index", "derived_condition_pushdown"),
    )
)
# The driver would follow the change, and read the answers in that character set too.
LATIN1 = (
    "SET session_track_system_variables = '', character_set_client = latin1,"
    " collation_connection = latin1_german1_ci"
)
BINARY = (
    "SET session_track_system_variables = '', character_set_client = binary,"
    " collation_connection = binary"
)
#: One strange thing at a time.
SETTINGS = (
    "SET timestamp = 1",
    "SET timestamp = 2145916800.5",
    "SET insert_id = 9223372036854775808",
    "SET last_insert_id = 7",
    "SET sql_mode = ''",
    "SET sql_mode = 'ANSI'",
    "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'",
    "SET sql_mode = 'TRADITIONAL,HIGH_NOT_PRECEDENCE,NO_UNSIGNED_SUBTRACTION,IGNORE_SPACE'",
    "SET sql_mode = 'PAD_CHAR_TO_FULL_LENGTH,REAL_AS_FLOAT,TIME_TRUNCATE_FRACTIONAL'",
    "SET time_zone = '+14:00'",
    "SET time_zone = '-13:59'",
    "SET completion_type = 'CHAIN'",
    "SET completion_type = 2",
    "SET foreign_key_checks = 0, unique_checks = 0",
    LATIN1,
    "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci",
    BINARY,
    "SET character_set_results = NULL",
    "SET collation_connection = 'ucs2_general_ci'",
    "SET sql_select_limit = 1",
    "SET sql_safe_updates = 1",
    "SET transaction_isolation = 'READ-UNCOMMITTED'",
    "SET transaction_isolation = 'READ-COMMITTED'",
    "SET transaction_isolation = 'REPEATABLE-READ'",
    "SET transaction_isolation = 'SERIALIZABLE'",
    "SET transaction_read_only = 1",
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY",
    "SET max_execution_time = 1",
    "SET sql_quote_show_create = 0",
    "SET group_concat_max_len = 4",
    f"SET optimizer_switch = '{OFF}'",
    "SET optimizer_switch = 'subquery_to_derived=on,use_invisible_indexes=on'",
    "SET optimizer_search_depth = 1, optimizer_prune_level = 0, eq_range_index_dive_limit = 1",
    "SET cte_max_recursion_depth = 0",
    "SET div_precision_increment = 0",
    "SET default_week_format = 7, lc_time_names = 'ar_SA'",
    "SET max_error_count = 0",
    "SET max_sort_length = 4, max_length_for_sort_data = 4",
    "SET sort_buffer_size = 32768, join_buffer_size = 128, read_rnd_buffer_size = 1",
    "SET tmp_table_size = 1024, max_heap_table_size = 16384, big_tables = 1",
    "SET internal_tmp_mem_storage_engine = 'MEMORY'",
    "SET auto_increment_increment = 7, auto_increment_offset = 3",
    "SET updatable_views_with_limit = 0, sql_auto_is_null = 1, sql_buffer_result = 1",
    "SET windowing_use_high_precision = 0, sql_notes = 0, sql_warnings = 1",
    "SET explicit_defaults_for_timestamp = 0, sql_require_primary_key = 1",
    "SET default_storage_engine = 'MyISAM', default_tmp_storage_engine = 'MyISAM'",
    "SET session_track_state_change = 1, session_track_schema = 0",
    "SET lock_wait_timeout = 1, innodb_lock_wait_timeout = 1, wait_timeout = 10",
    "SET innodb_strict_mode = 0, innodb_table_locks = 0, low_priority_updates = 1",
    "SET profiling = 1, binlog_rows_query_log_events = 1",
    "SET max_sp_recursion_depth = 0, range_optimizer_max_mem_size = 1, max_seeks_for_key = 1",
    "SET block_encryption_mode = 'aes-256-cbc', default_collation_for_utf8mb4 = utf8mb4_general_ci",
)
#: Many strange things at once.
PROFILES = {
    "one": (
        *("SET timestamp = 1", "SET insert_id = 9223372036854775808", "SET sql_mode = ''"),
        "SET time_zone = '+14:00', completion_type = 2, foreign_key_checks = 0, unique_checks = 0",
        "SET sql_select_limit = 1, sql_safe_updates = 1, group_concat_max_len = 4",
        "SET transaction_isolation = 'SERIALIZABLE', transaction_read_only = 1",
        "SET max_execution_time = 1, sql_quote_show_create = 0, cte_max_recursion_depth = 0",
        "SET div_precision_increment = 0, default_week_format = 7, lc_time_names = 'ar_SA'",
        *("SET max_error_count = 0, max_sort_length = 4", LATIN1),
    ),
    "two": (
        "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE,"
        "NO_UNSIGNED_SUBTRACTION,PAD_CHAR_TO_FULL_LENGTH,IGNORE_SPACE'",
        *("SET timestamp = 2145916800", f"SET optimizer_switch = '{OFF}'"),
        "SET time_zone = '-12:00', completion_type = 'CHAIN'",
        "SET transaction_isolation = 'READ-UNCOMMITTED'",
        "SET tmp_table_size = 1024, sort_buffer_size = 32768, join_buffer_size = 128",
        "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci",
    ),
    "caller's transaction": (
        *("SET autocommit = 0", "SET sql_mode = ''", "SET time_zone = '+05:30'"),
        *("SET transaction_isolation = 'REPEATABLE-READ'", BINARY),
    ),
}
#: The clock is set right, as the first thing that every routine does; the others count statements.
OWN_VARIABLES = "'timestamp', 'insert_id', 'last_insert_id', 'identity', 'statement_id'"


def session_state(lab: Lab, session: Session) -> set[tuple[Any, ...]]:
    """Everything of a session that a call could leave changed."""
    thread = (
        f"(SELECT thread_id FROM performance_schema.threads WHERE processlist_id = {session.id})"
    )
    tables = {
        "variables": "SELECT variable_name, variable_value FROM"
        f" performance_schema.variables_by_thread WHERE thread_id = {thread}"
        f" AND variable_name NOT IN ({OWN_VARIABLES})",
        "user variables": "SELECT variable_name FROM"
        f" performance_schema.user_variables_by_thread WHERE thread_id = {thread}",
        "locks": "SELECT object_type, object_schema, object_name FROM"
        f" performance_schema.metadata_locks WHERE owner_thread_id = {thread}",
        "temporary tables": "SELECT purpose FROM information_schema.innodb_session_temp_tablespaces"
        f" WHERE id = {session.id} AND purpose = 'USER'",
        "prepared statements": "SELECT statement_name FROM"
        f" performance_schema.prepared_statements_instances WHERE owner_thread_id = {thread}",
        "transaction": "SELECT state FROM performance_schema.events_transactions_current"
        f" WHERE thread_id = {thread} AND state = 'ACTIVE' AND autocommit = 'NO'",
    }
    return {(what, *row) for what, query in tables.items() for row in lab.sql(query)}


_YEARS_S = 1e8
#: Columns that tell how long something took.
MEASURED = re.compile(r"(?!period_ms)\w+_ms")


class Effects:
    """What a call has answered and written, without what differs from run to run."""

    def __init__(self, lab: Lab, names: dict[str, str]) -> None:
        self._lab = lab
        self._names = {uuid_text: f"<{name}>" for name, uuid_text in names.items()}
        self._now = lab.value("SELECT UTC_TIMESTAMP(6)")

    def rows(self, rows: Rows) -> list[Row]:
        """Rows of an answer or a table."""
        return [self.row(dict(zip(rows.columns, row, strict=True))) for row in rows]

    def row(self, row: Row) -> Row:
        """One row."""
        return {name: self._plain(row[name]) for name in row if not MEASURED.fullmatch(name)}

    def tables(self) -> dict[str, list[str]]:
        """The contents of all tables."""
        found = {}
        for (table,) in self._lab.sql(
            "SELECT table_name FROM information_schema.tables"
            f" WHERE table_schema = '{self._lab.name}' AND table_type = 'BASE TABLE'"
        ):
            if table in ("celers_upkeep", "celers_migration", "celers_error"):
                continue
            columns = "*"
            if table == "celers_maintenance":
                columns = "duty, period_ms, batch_limit, is_enabled"
            rows = sqlclient.call(self._lab.admin.connection, f"SELECT {columns} FROM {table}")
            found[str(table)] = sorted(repr(row) for row in self.rows(rows))
        return found

    def _plain(self, value: Any) -> Any:
        if isinstance(value, bytes | bytearray):
            if len(value) != 16:
                return bytes(value)
            value = re.sub(r"(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", value.hex())
        if isinstance(value, datetime.datetime):
            from_now_s = (value - self._now).total_seconds()
            if from_now_s > _YEARS_S:  # an instant that was given as such
                return value.isoformat()
            return "<past>" if from_now_s < -1e5 else f"<now{round(from_now_s / 40) * 40:+}s>"
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, int) or value is None:
            return value
        return "<number>"

    def _text(self, text: str) -> Any:
        if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
            return self._names.get(text, "<id>")
        if text[:1] in "[{":
            value = json.loads(text)
            parts = value.items() if isinstance(value, dict) else enumerate(value)
            return {key: self._plain(part) for key, part in parts}
        if re.match(r"\d{4}-\d\d-\d\d[ T]", text):
            return self._plain(datetime.datetime.fromisoformat(text.rstrip("Z")))
        return re.sub(r"^sql:\d+$", "<connection>", text)


#: A session may give a query one millisecond, which is not always enough.
AUTOCOMMIT = "SELECT /*+ MAX_EXECUTION_TIME(60000) */ @@autocommit"


class Stage:
    """A schema as new with the contract test's data in it, and a routine's example on it."""

    def __init__(self, lab: Lab, schema: Schema, routine: Routine) -> None:
        freshschema.reset(schema)
        lab.quiet()
        lab.sql(
            "UPDATE celers_queue SET updated_at = '2001-01-01';"
            # the event may have come first
            "UPDATE celers_maintenance SET next_at = '2000-01-01', last_at = NULL,"
            " last_count = NULL, last_ms = NULL, last_error = NULL, last_error_at = NULL"
        )
        self.lab, self.routine = lab, routine
        wanted = set(re.findall(r"\{\{(\w+)\}\}", routine.example))
        self.names = contract.place_data(lab.admin.connection, routine.room, wanted)
        self.sql = routine.example.removesuffix(";")
        for name, value in self.names.items():
            self.sql = self.sql.replace(f"{{{{{name}}}}}", value)

    def play(self, session: Session) -> tuple[Any, ...]:
        """Call it; its effects."""
        before = session_state(self.lab, session)
        rows = sqlclient.call(session.connection, self.sql)
        if session.value(AUTOCOMMIT) == 0:
            session.sql("COMMIT")
        assert session_state(self.lab, session) ^ before == set(), self.sql
        effects = Effects(self.lab, self.names)
        return rows.columns, effects.rows(rows), effects.tables()


def test_all_routines_of_the_server_are_looked_at(lab: Lab) -> None:
    found = lab.sql(
        "SELECT routine_name FROM information_schema.routines"
        f" WHERE routine_schema = '{lab.name}' AND routine_name LIKE 'celers\\_%'"
    )
    assert {str(name) for (name,) in found} == {routine.name for routine in SPEC.public}


@pytest.mark.parametrize("routine", PUBLIC)
def test_effects_and_traces(lab: Lab, schema: Schema, routine: Routine) -> None:
    """The same answer and the same rows in all tables, and nothing left in the session."""
    own = [Stage(lab, schema, routine).play(lab.session()) for _ in range(2)]
    joined = [Stage(lab, schema, routine).play(lab.session("SET autocommit = 0"))]
    for name, settings in PROFILES.items():
        stage = Stage(lab, schema, routine)
        session = lab.session(*settings)
        expected = own if session.value(AUTOCOMMIT) else joined
        assert stage.play(session) in expected, f"{name}: {stage.sql}"
        assert lab.open_transactions() == [], name


# A task's life, in a session with one strange setting.


def life(session: Session) -> Iterator[Row]:
    """What the calls of a few tasks' lives answer."""
    ids = [new_id() for _ in range(8)]
    payload = '{"n": 1.10, "t": "\u00e9\U0001f600", "big": 1180591620717411303424}'
    yield session.one("celers_enqueue", "q", "caf\u00e9", payload, {"task_id": ids[0]})
    yield session.one("celers_enqueue", "q", "caf\u00e9", payload, {"task_id": ids[0]})
    options = {"task_id": ids[1], "priority": -5, "headers": {"a": "\u00e9"}, "timeout_s": 9}
    yield session.one("celers_enqueue", "q", "\U0001f600", payload, options)
    yield session.one("celers_enqueue_after", "q", "job", "{}", 0.25, {"task_id": ids[2]})
    yield session.one("celers_enqueue_at", "q", "job", "{}", "2035-06-01T00:00:00.5Z", None)
    items = [{"task_name": "b", "payload": payload, "task_id": i} for i in ids[3:6]]
    yield from session.call("celers_enqueue_batch", "q", items, None)
    items = [{"task_name": "b", "payload_base64": "AP8=", "content_type": "x/y", "task_id": ids[6]}]
    yield from session.call("celers_enqueue_batch", "q", items, {"priority": 9, "expires_s": 60})
    request: Row = {"request_id": new_id(), "lease_s": 500}
    tasks = session.call("celers_dequeue_batch", "q", "w", 4, request)
    yield from tasks
    yield from session.call("celers_dequeue_batch", "q", "w", 4, request)
    yield from session.call("celers_dequeue_wait", "x", "w", 1, {"wait_ms": 30, "poll_ms": 3})
    yield session.one("celers_extend", tasks[0]["receipt"], 900)
    yield session.one("celers_ack", tasks[0]["task_id"], tasks[0]["receipt"])
    yield session.one("celers_ack", tasks[0]["task_id"], tasks[0]["receipt"])
    error = "no route \u00e9\U0001f600"
    for task, how in zip(tasks[1:3], ({"delay_s": 40}, {"release": True}), strict=True):
        yield session.one("celers_reject", task["task_id"], task["receipt"], error, how)
    acks = [{**pick(tasks[3]), "result": '{"n": 1.10}'}]
    step = {"queues": "q", "limit": 2, "extend": [tasks[0]["receipt"]], "lease_s": 500}
    yield from session.call("celers_step", "w", acks, [{**pick(tasks[0]), "error": "e"}], step)
    yield session.one("celers_cancel", ids[2], {"reason": error})
    yield from session.call("celers_cancel_batch", [ids[1], ids[0], new_id()], None)


def pick(row: Row) -> Row:
    """A claimed row as an item for ack or reject."""
    return {"task_id": row["task_id"], "receipt": row["receipt"]}


def lived(lab: Lab, session: Session) -> tuple[list[Any], dict[str, list[str]]]:
    """What a life answers and leaves in the tables."""
    lab.clear()
    lab.sql("UPDATE celers_queue SET updated_at = '2001-01-01'")
    answers = list(life(session))
    effects = Effects(lab, {})
    rows = [effects.row(row) for row in answers]
    tables = effects.tables()
    for row in rows:
        row.pop("due_at", None)  # of a policy with chance in it, or of an instant
    return rows, tables


def apply(session: Session, setting: str) -> None:
    """Change a setting of the session; skip the test where the server does not know it."""
    error = error_of(lambda: session.sql(setting))
    if error == 1193:  # unknown system variable
        pytest.skip("this server has no such setting")
    assert error is None, setting


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_life_under_one_setting(lab: Lab, setting: str) -> None:
    lab.quiet()
    friendly = lived(lab, lab.session())
    session = lab.session()
    apply(session, setting)
    for rows, expected in zip(lived(lab, session), friendly, strict=True):
        assert rows == expected


@pytest.mark.parametrize("setting", SETTINGS)
def test_errors_under_one_setting(lab: Lab, setting: str) -> None:
    """Errors keep their names, and nothing stays of what failed."""
    session = lab.session()
    apply(session, setting)
    told = [
        session.outcome("celers_ack", "nonsense", new_id()),
        session.outcome("celers_ack", new_id(), new_id()),
        session.outcome("celers_extend", new_id(), 60),
        session.outcome("celers_enqueue", "no name", "job", "{}", None),
        session.outcome("celers_enqueue", "q", "job", "{", None),
        session.outcome("celers_enqueue", "q", "job", "{}", {"priority": "high"}),
        session.outcome("celers_enqueue", "q", "job", "{}", {"urgency": 1}),
        session.outcome("celers_enqueue_batch", "q", [{"task_name": "a", "payload": "{"}], None),
        session.outcome("celers_dequeue_wait", "q", "w", 1, {"wait_ms": 5000}),
    ]
    assert told == [
        *("UUID_INVALID", "TASK_NOT_FOUND", "LEASE_LOST", "QUEUE_NAME_INVALID", "PAYLOAD_INVALID"),
        *("OPTION_INVALID", "UNKNOWN_OPTION", "PAYLOAD_INVALID", "WAIT_OUT_OF_RANGE"),
    ]
    assert lab.check() == {}
    assert lab.open_transactions() == []


#: Settings that can make a call fail, for the caller who set them and for nobody else.
CLUMSY = (
    "SET max_join_size = 1, sql_big_selects = 0",
    "SET use_secondary_engine = FORCED",
    "SET max_points_in_geometry = 3, max_sp_recursion_depth = 0, parser_max_mem_size = 10000000",
    "SET TRANSACTION READ ONLY; SET autocommit = 0",
)


@pytest.mark.parametrize("setting", CLUMSY)
def test_a_call_under_a_clumsy_setting_works_or_leaves_nothing(lab: Lab, setting: str) -> None:
    lab.quiet()
    session = lab.session()
    session.sql(setting)
    acts: list[Callable[[], object]] = [
        lambda: session.enqueue(),
        lambda: session.enqueue_many(3),
        lambda: session.claim(2),
        lambda: session.call("celers_step", "w", None, None, {"queues": "q"}),
    ]
    for act in acts:
        lab.clear()
        known = lab.admin.enqueue_many(2)
        number = error_of(act)
        if session.value(AUTOCOMMIT) == 0:
            session.sql("COMMIT")
        assert lab.open_transactions() == []
        places = lab.check()
        if number is not None:
            assert places == dict.fromkeys(known, "ready")


# Parameters: what the caller's sql_mode would cut short or turn into something else.


def test_parameters_under_an_empty_sql_mode(lab: Lab) -> None:
    session = lab.session("SET sql_mode = ''")
    long = "x" * 300
    assert session.outcome("celers_enqueue", long, "job", "{}", None) == "QUEUE_NAME_INVALID"
    assert session.outcome("celers_enqueue", "q", long, "{}", None) == "TASK_NAME_INVALID"
    assert session.outcome("celers_enqueue", "q", long * 10, "{}", None) == "TASK_NAME_INVALID"
    assert session.outcome("celers_ack", f"{new_id()}{long * 10}", new_id()) == "UUID_INVALID"
    for limit in ("99999999999999999999", "-99999999999999999999", "1e30"):
        sql = f"CALL celers_dequeue_batch('q', 'w', {limit}, NULL)"
        assert error_of(partial(session.sql, sql)) == 50004
    assert error_of(lambda: session.sql(f"CALL celers_extend('{new_id()}', 1e30)")) == 50116
    assert (
        error_of(lambda: session.sql("CALL celers_enqueue_after('q','j','{}',1e300,NULL)")) == 50106
    )
    assert (
        error_of(lambda: session.sql("CALL celers_enqueue_at('q','j','{}','0000-00-00',NULL)"))
        == 50106
    )
    sql = "CALL celers_enqueue_at('q', 'j', '{}', '2030-02-30 00:00:00', NULL)"
    assert error_of(lambda: session.sql(sql)) == 50106
    assert lab.check() == {}


def test_text_of_a_latin1_session(lab: Lab) -> None:
    """Text parameters are converted; a payload's bytes are not touched, and must be UTF-8."""
    session = lab.session("SET NAMES latin1")
    run = session.connection.cmd_query
    session.sql("DO 0")
    run("CALL celers_enqueue('q', 'caf\u00e9', '{}', NULL)".encode("latin-1"))
    session.connection.get_rows()
    session.connection.next_result()
    assert lab.sql("SELECT task_name FROM celers_task") == [("caf\u00e9",)]
    lab.clear()
    for content_type in ("application/json", "text/plain"):
        options = json.dumps({"content_type": content_type})
        sql = f"CALL celers_enqueue('q', 'job', '\"caf\u00e9\"', '{options}')"
        assert error_of(partial(run, sql.encode("latin-1"))) == 50103
    assert lab.check() == {}


def test_instants_are_utc_whatever_the_time_zone(lab: Lab) -> None:
    lab.quiet()
    for zone in ("+14:00", "-13:59", "SYSTEM"):
        session = lab.session(f"SET time_zone = '{zone}'")
        lab.clear()
        now = lab.value("SELECT UTC_TIMESTAMP(6)")
        due_at = session.one("celers_enqueue", "q", "job", "{}", {"delay_s": 1000})["due_at"]
        assert abs((due_at - now).total_seconds() - 1000) < 60
        text = (now + datetime.timedelta(seconds=2000)).isoformat(sep=" ")
        due_at = session.one("celers_enqueue_at", "q", "job", "{}", text, None)["due_at"]
        assert abs((due_at - now).total_seconds() - 2000) < 1
        session.enqueue()
        session.enqueue_many(1)
        (first, second) = session.claim(2)
        assert abs((first["lease_expires_at"] - now).total_seconds() - 60) < 30
        for text in (first["receipt"], first["task_id"], second["task_id"]):
            made_at = datetime.datetime.fromtimestamp(
                int(text.replace("-", "")[:12], 16) / 1000, datetime.UTC
            )
            assert abs((made_at.replace(tzinfo=None) - now).total_seconds()) < 60, (zone, text)

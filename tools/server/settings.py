"""The settings of every server started here, in a private folder or in a container.

Durability is on in full, as in production: a test of what survives a crash must not depend on a
default. The `loose_` ones are unknown to some of the versions or builds that celers runs on.

The performance schema keeps the statements of routines with their whole text, for coverage. Their
memory is taken at the start, some 25 kB a statement: who needs a longer history asks for it.
"""

from collections.abc import Mapping

Setting = str | int

SETTINGS: Mapping[str, Setting] = {
    "sync_binlog": 1,
    "innodb_flush_log_at_trx_commit": 1,
    "log_bin": "binlog",
    "server_id": 1,
    "loose_binlog_format": "ROW",
    "event_scheduler": "ON",
    "character_set_server": "utf8mb4",
    "max_connections": 300,
    "innodb_buffer_pool_size": "1G",
    "loose_innodb_redo_log_capacity": "2G",
    "performance_schema_events_statements_history_long_size": 20_000,
    "performance_schema_max_sql_text_length": 16_384,
    "performance_schema_max_digest_length": 4_096,
    "loose_mysqlx": "OFF",
    "secure_file_priv": "NULL",
}


def arguments(settings: Mapping[str, Setting]) -> list[str]:
    """SETTINGS, changed and extended by `settings`, as arguments of mysqld.

    In names `_` and `-` are the same.
    """
    named = {name.replace("_", "-"): value for name, value in {**SETTINGS, **settings}.items()}
    return [f"--{name}={value}" for name, value in named.items()]

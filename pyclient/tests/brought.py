"""Connections as callers bring them, of every driver and in every disguise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mysql.connector.conversion import MySQLConverter

from pyclient.tests.conftest import Lab


class StrangeConverter(MySQLConverter):
    """Converts every text and number to something else."""

    def _string_to_python(self, value: Any, dsc: Any = None) -> Any:
        return "strange"

    def _long_to_python(self, value: Any, desc: Any = None) -> Any:
        return "strange"

    _longlong_to_python = _long_to_python
    _blob_to_python = _string_to_python
    _var_string_to_python = _string_to_python

    def _str_to_mysql(self, value: str) -> Any:
        return b"strange"


def connector(pure: bool, **changes: Any) -> Callable[[Lab], Any]:
    """mysql.connector with its C extension, or without."""
    return lambda lab: lab.connection(use_pure=pure, **changes)


def pymysql(cursor: str | None = None, **changes: Any) -> Callable[[Lab], Any]:
    """PyMySQL; cursor names its default cursor class."""

    def connect(lab: Lab) -> Any:
        driver = pytest.importorskip("pymysql")
        classes = {"cursorclass": getattr(driver.cursors, cursor)} if cursor else {}
        return driver.connect(**lab.where("unix_socket"), **classes, **changes)

    return connect


def mysqlclient(cursor: str | None = None, **changes: Any) -> Callable[[Lab], Any]:
    """mysqlclient; cursor names its default cursor class."""

    def connect(lab: Lab) -> Any:
        driver = pytest.importorskip("MySQLdb")
        cursors = pytest.importorskip("MySQLdb.cursors")
        classes = {"cursorclass": getattr(cursors, cursor)} if cursor else {}
        options = {"charset": "utf8mb4"} | changes | classes
        return driver.connect(**lab.where("unix_socket"), **options)

    return connect


CONNECTIONS: dict[str, Callable[[Lab], Any]] = {
    "c": connector(False),
    "pure": connector(True),
    "pymysql": pymysql(),
    "mysqlclient": mysqlclient(),
}
_VARIANTS: dict[str, dict[str, Any]] = {
    "raw": {"raw": True},
    "converter": {"converter_class": StrangeConverter},
    "no_unicode": {"use_unicode": False},
    "buffered": {"buffered": True},
    "warnings": {"get_warnings": True, "raise_on_warnings": True},
    "no_backslash": {"sql_mode": "NO_BACKSLASH_ESCAPES"},
    "ansi": {"sql_mode": "ANSI,TRADITIONAL"},
}
for _name, _changes in _VARIANTS.items():
    CONNECTIONS[f"c_{_name}"] = connector(False, **_changes)
    CONNECTIONS[f"pure_{_name}"] = connector(True, **_changes)
CONNECTIONS |= {
    "pymysql_stream_of_dicts": pymysql("SSDictCursor"),
    "pymysql_no_backslash": pymysql(sql_mode="NO_BACKSLASH_ESCAPES"),
    "mysqlclient_stream_of_dicts": mysqlclient("SSDictCursor"),
    "mysqlclient_no_backslash": mysqlclient(sql_mode="NO_BACKSLASH_ESCAPES"),
}
DRIVERS = ("c", "pure", "pymysql", "mysqlclient")

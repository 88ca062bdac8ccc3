"""Collect the SQL tests: ``pytest db/tests/broker/celers_enqueue.sql``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tools import sqltest
from tools.sqlclient import results


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file .sql under db/tests holds tests."""
    if file_path.suffix != ".sql":
        return None
    return SqlFile.from_parent(parent, path=file_path)


class SqlFile(pytest.File):
    """A file of SQL tests."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item per test in it."""
        try:
            tests = sqltest.parse(self.path)
        except sqltest.SqlTestError as error:
            raise pytest.Collector.CollectError(str(error)) from None
        for test in tests:
            yield SqlItem.from_parent(self, name=test.name, callobj=_runner(test, self.path))


class SqlItem(pytest.Function):
    """One SQL test."""

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """A failed expectation speaks for itself: no traceback."""
        if isinstance(excinfo.value, sqltest.SqlTestFailure | sqltest.SqlTestError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the test stands."""
        return self.path, 0, self.name


def _runner(test: sqltest.Test, path: Path) -> Callable[..., None]:
    def run(connect: Callable[..., Any]) -> None:
        connection = connect()
        sqltest.run(test, path, lambda sql: results(connection, sql))

    return run

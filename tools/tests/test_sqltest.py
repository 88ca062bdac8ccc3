"""The runner of SQL tests: what it reads, what it compares, what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools import sqltest
from tools.sqlclient import results


@pytest.fixture
def run(tmp_path: Path, database: Any) -> Callable[[str], None]:
    """Run a text as the tests of a file."""

    def run(text: str) -> None:
        path = tmp_path / "celers_x.sql"
        path.write_text(text, encoding="utf-8")
        for test in sqltest.parse(path):
            sqltest.run(test, path, lambda sql: results(database, sql))

    return run


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1, 'a', NULL;\n-- => 1 | a | NULL\n",
        "SELECT 1 AS a UNION ALL SELECT 2;\n-- => 1\n-- => *\n",
        "SELECT 1 AS a UNION ALL SELECT 2 UNION ALL SELECT 3;\n-- => 1\n-- => ...\n",
        "SELECT 1 FROM DUAL WHERE 1 = 0;\n-- => (no rows)\n",
        "SELECT 'a | b', '', x'0aFF';\n-- => a | b |  | 0x0AFF\n",
        "SELECT ';' AS a, -- a comment;\n  'x''; --' AS b;\n-- => ; | x'; --\n",
        "SELECT CAST('2026-01-02 03:04:05' AS DATETIME(6)), 1.50;\n"
        "-- => 2026-01-02 03:04:05.000000 | 1.50\n",
        "SELEKT 1;\n-- !! 1064\n",
        "CALL celers_enqueue('no queue', 'send', '{}', NULL);\n-- !! QUEUE_NAME_INVALID\n",
        "SELECT 7 AS a, 8 AS b;\n-- save x = b\nSELECT {{x}} + 1;\n-- => 9\n",
        "DO 1;\n",
    ],
)
def test_right_expectations(run: Callable[[str], None], text: str) -> None:
    run(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT 1;\n-- => 2\n", ":1\nstatement:\n    SELECT 1\nexpected:\n    2\ngot:\n    (1)\n    1"),
        ("DO 1;\n\nSELECT 1;\n-- => (no rows)\n", ":3\nstatement:\n    SELECT 1\nexpected:\n    (no"),
        ("SELECT 1 FROM DUAL WHERE 1 = 0;\n-- => 1\n", "got:\n    (1)\n    (no rows)"),
        ("SELECT 1, 2;\n-- => 1\n", "expected:\n    1\ngot:"),
        ("SELECT NULL;\n-- => \n", "got:\n    (NULL)\n    NULL"),
        ("SELECT 1;\n-- !! LEASE_LOST\n", "expected:\n    error LEASE_LOST\ngot:\n    (1)\n    1"),
        ("SELEKT 1;\n", "expected:\n    no error\ngot:\n    1064 (42000)"),
        ("SELEKT 1;\n-- !! 1065\n", "expected:\n    1065\ngot:\n    1064"),
        ("SELECT 1; SELECT 2;\n", "expected:\n    one result set\ngot:\n    2 result sets"),
        ("SELECT 1 AS a;\n-- save x = b\n", "expected:\n    a row with the column b"),
    ],
)  # fmt: skip
def test_wrong_expectations_are_told(run: Callable[[str], None], text: str, said: str) -> None:
    with pytest.raises(sqltest.SqlTestFailure) as raised:
        run(text)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-- => 1\n", "celers_x.sql:1: no statement stands above"),
        ("SELECT 1\n", "celers_x.sql:1: the statement does not end"),
        ("SELECT 1;\n-- save x\n", "celers_x.sql:2: write '-- save name = column'"),
        ("SELECT {{x}};\n", "celers_x.sql:1: nothing was saved as 'x'"),
    ],
)
def test_what_is_no_test_is_told(run: Callable[[str], None], text: str, said: str) -> None:
    with pytest.raises(sqltest.SqlTestError) as raised:
        run(text)
    assert said in str(raised.value)


def test_a_file_may_hold_several_tests(tmp_path: Path) -> None:
    path = tmp_path / "celers_x.sql"
    path.write_text("-- test: one\nSELECT 1;\n-- => 1\n-- test: two\nSELECT 2;\n", encoding="utf-8")
    assert [(test.name, len(test.steps)) for test in sqltest.parse(path)] == [
        ("one", 1),
        ("two", 1),
    ]


def test_tables_are_as_new_for_each_test(schema: Any, connect: Callable[..., Any]) -> None:
    from tools import freshschema

    connection = connect()
    results(connection, "DELETE FROM celers_error")
    results(connection, "CALL celers_enqueue('mail', 'send', '{}', NULL)")
    results(connection, "CREATE TABLE left_behind (a INT PRIMARY KEY)")
    freshschema.reset(schema)
    counts = "SELECT (SELECT COUNT(*) FROM celers_task), (SELECT COUNT(*) > 0 FROM celers_error)"
    assert results(connection, counts)[0] == [(0, 1)]
    assert results(connection, "SHOW TABLES LIKE 'left_behind'")[0] == []

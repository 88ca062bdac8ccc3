"""Fingerprints of what the server stores, taken by the server: kind, name, sha256.

They are kept in ``celers_migration.stored_sha256`` after each deployment; a difference later on
means that somebody changed the object by hand. NULL where the account may not see a definition.
"""

from __future__ import annotations

from pyclient.migrate.ledger import TABLE
from pyclient.migrate.session import COLLATION

_OURS = rf"REGEXP '^_?celers_' COLLATE {COLLATION}"


def _sha(*columns: str) -> str:
    text = ", ".join(f"COALESCE({column}, '~')" for column in columns)
    return f"SHA2(CONCAT_WS(CHAR(10), {text}), 256)"


_ROUTINE = _sha(
    "r.ROUTINE_DEFINITION",
    "p.text",
    "r.SQL_MODE",
    "r.SECURITY_TYPE",
    "r.SQL_DATA_ACCESS",
    "r.CHARACTER_SET_CLIENT",
    "r.COLLATION_CONNECTION",
    "r.DATABASE_COLLATION",
    "r.ROUTINE_COMMENT",
)
ROUTINES = f"""\
SELECT 'routine' AS kind, r.ROUTINE_NAME AS name,
    IF(r.ROUTINE_DEFINITION IS NULL, NULL, {_ROUTINE}) AS print
FROM information_schema.ROUTINES AS r
LEFT JOIN (
    SELECT SPECIFIC_NAME, GROUP_CONCAT(CONCAT_WS(' ', PARAMETER_MODE, PARAMETER_NAME,
        DTD_IDENTIFIER, COLLATION_NAME) ORDER BY ORDINAL_POSITION) AS text
    FROM information_schema.PARAMETERS
    WHERE SPECIFIC_SCHEMA = DATABASE()
    GROUP BY SPECIFIC_NAME
) AS p ON p.SPECIFIC_NAME = r.SPECIFIC_NAME
WHERE r.ROUTINE_SCHEMA = DATABASE() AND r.ROUTINE_TYPE = 'PROCEDURE' AND r.ROUTINE_NAME {_OURS}"""

VIEWS = f"""\
SELECT 'view' AS kind, v.TABLE_NAME AS name,
    IF(v.VIEW_DEFINITION = '', NULL, {_sha("v.VIEW_DEFINITION", "v.SECURITY_TYPE")}) AS print
FROM information_schema.VIEWS AS v
WHERE v.TABLE_SCHEMA = DATABASE() AND v.TABLE_NAME {_OURS}"""

_EVENT = _sha(
    "e.EVENT_DEFINITION",
    "e.EVENT_TYPE",
    "e.INTERVAL_VALUE",
    "e.INTERVAL_FIELD",
    "e.ON_COMPLETION",
    "e.SQL_MODE",
    "e.TIME_ZONE",
    "e.DATABASE_COLLATION",
)
EVENTS = f"""\
SELECT 'event' AS kind, e.EVENT_NAME AS name, {_EVENT} AS print
FROM information_schema.EVENTS AS e
WHERE e.EVENT_SCHEMA = DATABASE() AND e.EVENT_NAME {_OURS}"""

TABLES = f"""\
SELECT 'table' AS kind, t.TABLE_NAME AS name,
    {_sha("t.ENGINE", "t.TABLE_COLLATION", "c.text", "i.text", "k.text")} AS print
FROM information_schema.TABLES AS t
LEFT JOIN (
    SELECT TABLE_NAME, GROUP_CONCAT(CONCAT_WS(' ', COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE,
        COALESCE(COLUMN_DEFAULT, '~'), EXTRA, COALESCE(COLLATION_NAME, '~'),
        GENERATION_EXPRESSION) ORDER BY ORDINAL_POSITION) AS text
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() GROUP BY TABLE_NAME
) AS c ON c.TABLE_NAME = t.TABLE_NAME
LEFT JOIN (
    SELECT TABLE_NAME, GROUP_CONCAT(CONCAT_WS(' ', INDEX_NAME, NON_UNIQUE, SEQ_IN_INDEX,
        COALESCE(COLUMN_NAME, EXPRESSION), COALESCE(COLLATION, '~'), COALESCE(SUB_PART, '~'),
        IS_VISIBLE) ORDER BY INDEX_NAME, SEQ_IN_INDEX) AS text
    FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() GROUP BY TABLE_NAME
) AS i ON i.TABLE_NAME = t.TABLE_NAME
LEFT JOIN (
    SELECT n.TABLE_NAME, GROUP_CONCAT(CONCAT_WS(' ', n.CONSTRAINT_NAME, n.CONSTRAINT_TYPE,
        n.ENFORCED, COALESCE(x.CHECK_CLAUSE, '~')) ORDER BY n.CONSTRAINT_NAME) AS text
    FROM information_schema.TABLE_CONSTRAINTS AS n
    LEFT JOIN information_schema.CHECK_CONSTRAINTS AS x
        ON x.CONSTRAINT_SCHEMA = n.CONSTRAINT_SCHEMA AND x.CONSTRAINT_NAME = n.CONSTRAINT_NAME
    WHERE n.TABLE_SCHEMA = DATABASE() GROUP BY n.TABLE_NAME
) AS k ON k.TABLE_NAME = t.TABLE_NAME
WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE' AND t.TABLE_NAME {_OURS}
    AND t.TABLE_NAME <> '{TABLE}'"""

UNITS = f"{ROUTINES}\nUNION ALL\n{VIEWS}\nUNION ALL\n{EVENTS}"

# Keep the fingerprint of everything finished that has none yet.
KEEP_UNITS = f"""\
UPDATE {TABLE} AS m INNER JOIN (
{UNITS}
) AS s ON s.kind = m.kind AND CONVERT(s.name USING utf8mb4) COLLATE {COLLATION} = m.name
SET m.stored_sha256 = s.print
WHERE m.stored_sha256 IS NULL AND m.finished_at IS NOT NULL"""


def keep_tables(sha256: str, version: str) -> tuple[str, str]:
    """SQL that keeps the fingerprints of all tables as they are now.

    ``sha256`` stands for the migrations that led to them: with others they are taken anew.
    """
    return (
        f"DELETE FROM {TABLE} WHERE kind = 'table'",
        f"INSERT INTO {TABLE} (kind, name, sha256, stored_sha256, celers_version, started_at,"
        f" finished_at)\nSELECT s.kind, s.name, '{sha256}', s.print, '{version}',"
        f" UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)\nFROM (\n{TABLES}\n) AS s",
    )

"""Which statements of the routines did the tests execute?

The server's performance schema keeps the text of each statement that a routine executed. SET, IF
and the like have no text there: what is counted is SQL statements, which is enough to see a branch
that does anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import bodysql, sqlclient, sqltext
from tools.server import Server
from tools.spec import Routine, load_all

#: Statements of which the server keeps no text.
_SILENT = ("", "SET", "LEAVE", "ITERATE", "OPEN", "CLOSE", "FETCH", "RETURN")
_CALL = re.compile(r"CALL (\w+)")
_HISTORY = "performance_schema.events_statements_history_long"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a routine."""

    routine: str
    path: str
    line: int
    text: str


def statements(routine: Routine) -> Iterator[Statement]:
    """The statements of a body that the server reports by their text."""
    for piece in bodysql.pieces(routine):
        if not piece.is_expression and piece.verb not in _SILENT:
            yield Statement(routine.name, str(routine.path), piece.line, normal(piece.text))


def normal(text: str) -> str:
    """Without comments, blanks collapsed."""
    return re.sub(r"\s+", " ", sqltext.mask(text, strings=False)).strip(" ;")


class Coverage:
    """Collects executed statements from a server, and compares them with the files."""

    def __init__(self, root: Path) -> None:
        """Read the routines under db/."""
        spec = load_all(root)
        self._all = [found for routine in spec.routines.values() for found in statements(routine)]
        self._seen: dict[str, set[str]] = {}
        self._connection: Any = None

    def start(self, server: Server) -> None:
        """Have the server keep statements."""
        self._connection = sqlclient.connect(server.dsn(), database=None)
        for sql in (
            "UPDATE performance_schema.setup_consumers SET ENABLED = 'YES' "
            "WHERE NAME LIKE 'events_statements%' OR NAME LIKE '%instrumentation'",
            "UPDATE performance_schema.setup_instruments SET ENABLED = 'YES', TIMED = 'YES' "
            "WHERE NAME LIKE 'statement/%'",
            f"TRUNCATE TABLE {_HISTORY}",
        ):
            sqlclient.results(self._connection, sql)

    def collect(self) -> None:
        """Take what the server has kept since the last time."""
        sql = (
            f"SELECT DISTINCT OBJECT_NAME, SQL_TEXT FROM {_HISTORY} "
            "WHERE OBJECT_TYPE = 'PROCEDURE' AND SQL_TEXT IS NOT NULL AND NESTING_EVENT_LEVEL > 0"
        )
        for name, text in sqlclient.call(self._connection, sql):
            self._seen.setdefault(str(name), set()).add(normal(str(text)))
        sqlclient.results(self._connection, f"TRUNCATE TABLE {_HISTORY}")

    def stop(self) -> None:
        """Take the rest, and let go of the server."""
        self.collect()
        self._connection.close()

    def missed(self) -> list[Statement]:
        """The statements that nothing executed."""
        return [found for found in self._all if not self._was_seen(found)]

    def _was_seen(self, statement: Statement) -> bool:
        seen = self._seen.get(statement.routine, set())
        # the server cuts long texts
        return statement.text in seen or any(
            len(text) > 900 and statement.text.startswith(text.removesuffix("...")) for text in seen
        )

    def percent(self) -> float:
        """How many of all statements were executed, 0..100."""
        return 100.0 * (len(self._all) - len(self.missed())) / max(len(self._all), 1)

    def idle(self) -> list[str]:
        """The routines that nothing called, and of which nothing was executed."""
        missed = Counter(found.routine for found in self.missed())
        every = Counter(found.routine for found in self._all)
        texts = (text for seen in self._seen.values() for text in seen)
        called = {found[1] for found in map(_CALL.match, texts) if found}
        return [name for name in every if missed[name] == every[name] and name not in called]

    def report(self) -> list[str]:
        """One line per missed statement, the routines that nothing called, and the sum."""
        lines = [f"{found.path}:{found.line}: {found.text[:100]}" for found in self.missed()]
        total = len(self._all)
        idle = [f"{name} was never executed" for name in self.idle()]
        sums = f"{total - len(lines)} of {total} statements, {self.percent():.1f} %"
        return [*lines, *idle, sums]

"""Cut a migration file into its statements, and check that each can be recorded on its own.

A migration holds tables, indexes, views and rows, never a routine, so every semicolon outside a
string, a quoted name or a comment ends a statement. Files with routines are not cut here: they
hold one statement, and the server itself finds its end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPAQUE = re.compile(
    r"""--(?=\s|$)[^\n]* | \#[^\n]* | /\*.*?\*/
      | '(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `(?:[^`]|``)*`""",
    re.VERBOSE | re.DOTALL,
)
_LEFT_OPEN = re.compile(r"""['"`]|/\*""")
_VIEW_WORDS = (
    r"(?:OR\s+REPLACE\s+)?(?:ALGORITHM\s*=\s*\w+\s+)?(?:DEFINER\s*=\s*\S+\s+)?"
    r"(?:SQL\s+SECURITY\s+\w+\s+)?VIEW"
)
_VERBS = {
    "CREATE TABLE": r"CREATE\s+TABLE",
    "CREATE INDEX": r"CREATE\s+(?:UNIQUE\s+)?INDEX",
    "CREATE VIEW": r"CREATE\s+" + _VIEW_WORDS,
    "ALTER TABLE": r"ALTER\s+TABLE",
    "DROP TABLE": r"DROP\s+TABLE",
    "DROP INDEX": r"DROP\s+INDEX",
    "DROP VIEW": r"DROP\s+VIEW",
    "RENAME TABLE": r"RENAME\s+TABLE",
    "INSERT": r"INSERT",
    "REPLACE": r"REPLACE",
    "UPDATE": r"UPDATE",
    "DELETE": r"DELETE",
}
_FORMS = {verb: re.compile(form + r"\b", re.IGNORECASE) for verb, form in _VERBS.items()}
_NAME = re.compile(r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(\w+)", re.IGNORECASE)

ROW_VERBS = frozenset({"INSERT", "REPLACE", "UPDATE", "DELETE"})

# What the server answers when a statement had already run: the table (1050), column (1060), key
# (1061, 1068), constraint (1826, 3822) or partition (1517) is there, or what was to be dropped or
# renamed is gone (1051, 1091, 1146, 1507).
DONE_ALREADY: dict[str, frozenset[int]] = {
    "CREATE TABLE": frozenset({1050}),
    "CREATE INDEX": frozenset({1061}),
    "CREATE VIEW": frozenset({1050}),
    "ALTER TABLE": frozenset({1060, 1061, 1068, 1091, 1507, 1517, 1826, 3822}),
    "DROP TABLE": frozenset({1051}),
    "DROP INDEX": frozenset({1091}),
    "DROP VIEW": frozenset({1051}),
    "RENAME TABLE": frozenset({1050, 1146}),
}


class SplitError(ValueError):
    """A file that cannot be cut; ``line`` counts from 1."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"line {line}: {sentence}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a migration, without its semicolon; ``line`` is where its text begins."""

    text: str
    verb: str
    name: str
    line: int

    @property
    def changes_rows(self) -> bool:
        """Whether it changes rows, so that it can share a transaction with its record."""
        return self.verb in ROW_VERBS

    def had_run(self, errno: int) -> bool:
        """Whether ``errno`` says that this very statement had run before."""
        return errno in DONE_ALREADY.get(self.verb, frozenset())


def mask(sql: str) -> str:
    """Blank out comments and strings, and unquote names; every position stays the same."""

    def blank(match: re.Match[str]) -> str:
        text = match[0]
        if text[0] == "`":
            return " " + re.sub(r"\W", "_", text[1:-1]) + " "
        return re.sub(r"[^\n]", " ", text)

    return _OPAQUE.sub(blank, sql)


def statements(text: str) -> list[Statement]:
    """The statements of a migration file; raise SplitError at the first that has no place there."""
    masked = mask(text)
    left_open = _LEFT_OPEN.search(masked)
    if left_open:
        raise SplitError(_line(text, left_open.start()), "a quote or a comment is never closed")
    found: list[Statement] = []
    start = 0
    for end in (match.start() for match in re.finditer(";", masked)):
        found.append(_statement(text, masked, start, end))
        start = end + 1
    if masked[start:].strip():
        raise SplitError(_line(text, len(text.rstrip())), "the last statement must end with ';'")
    if not found:
        raise SplitError(1, "the file holds no statement")
    return found


def _statement(text: str, masked: str, start: int, end: int) -> Statement:
    piece = text[start:end]
    line = _line(text, start + len(piece) - len(piece.lstrip()))
    bare = masked[start:end].strip()
    if not bare:
        raise SplitError(line, "an empty statement")
    for verb, form in _FORMS.items():
        match = form.match(bare)
        if match:
            named = _NAME.match(bare[match.end() :].lstrip())
            return Statement(piece.strip(), verb, named[1] if named else "", line)
    allowed = ", ".join(_FORMS)
    words = " ".join(bare.split()[:2])
    raise SplitError(line, f"'{words}' has no place in a migration, which may hold only {allowed}")


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1

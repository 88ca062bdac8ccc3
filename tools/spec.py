"""Read what the files under db/ say about themselves: routines, events and the error catalogue.

The header is parsed by :mod:`pyclient._header`; this module adds the signature and the body, and
names file and line of whatever it cannot read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pyclient._header import Field, Header, HeaderError, parse
from tools import sqltext

KINDS = ("invalid", "not_found", "conflict", "limited", "unavailable", "internal")

_CREATE = re.compile(r"^CREATE (?P<kind>PROCEDURE|EVENT) `?(?P<name>\w+)`?", re.MULTILINE)
_PARAM = re.compile(r"(?P<mode>IN|OUT|INOUT) `?(?P<name>\w+)`? (?P<type>\S.*)$", re.DOTALL)
_BEGIN = re.compile(r"^(?:\w+: *)?BEGIN\b", re.MULTILINE)
_COMMENT = re.compile(r"COMMENT\s+'((?:[^'\\]|''|\\.)*)'")
_ERROR_LINE = re.compile(r"(\d{5})\t([A-Z][A-Z0-9_]*)\t(\w+)\t(\S.*)$")


class SpecError(Exception):
    """A file under db/ that cannot be read: ``path:line: sentence``."""

    def __init__(self, path: Path, line: int, sentence: str) -> None:
        super().__init__(f"{path}:{line}: {sentence}")
        self.path = path
        self.line = line
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class SignatureParam:
    """One parameter as declared in CREATE PROCEDURE."""

    name: str
    mode: str
    sql_type: str
    line: int


@dataclass(frozen=True, slots=True)
class Routine:
    """One routine (or event) file."""

    path: Path
    room: str
    header: Header
    kind: str
    created_name: str
    created_line: int
    signature: tuple[SignatureParam, ...]
    comment: str | None
    body: str
    body_line: int
    text: str

    @property
    def name(self) -> str:
        """The name in the header's first line."""
        return self.header.name

    @property
    def is_public(self) -> bool:
        """Whether applications may call it."""
        return self.header.is_public and self.kind == "PROCEDURE"

    @property
    def sentence(self) -> str:
        """What it does, in one sentence without its full stop."""
        return self.header.sentence

    @property
    def doc(self) -> str:
        """The free text of the header."""
        return self.header.doc

    @property
    def params(self) -> tuple[Field, ...]:
        """The parameters as the header describes them."""
        return self.header.params

    @property
    def options(self) -> tuple[Field, ...]:
        """The keys of p_options."""
        return self.header.options

    @property
    def returns_count(self) -> str:
        """'1 row', '0..1 row', 'rows' or 'none'."""
        return self.header.returns.count

    @property
    def errors(self) -> tuple[str, ...]:
        """The names of the errors that the header lists."""
        return self.header.errors

    @property
    def writes(self) -> tuple[str, ...]:
        """The tables that the header lists as written."""
        return self.header.writes

    @property
    def locks(self) -> tuple[str, ...]:
        """The order in which the header says that tables are locked."""
        return self.header.locks

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that may call it; admin always may."""
        return self.header.roles

    @property
    def example(self) -> str:
        """One CALL that runs on the contract test's data."""
        return self.header.example

    def line(self, word: str) -> int:
        """The line of a section of the header, or of its first line."""
        return self.header.lines.get(word, 1)


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One line of errors.tsv."""

    number: int
    name: str
    kind: str
    message: str
    line: int


@dataclass(slots=True)
class Spec:
    """Everything under db/ that describes itself, by name, in the order of the files."""

    root: Path
    routines: dict[str, Routine] = field(default_factory=dict)
    events: dict[str, Routine] = field(default_factory=dict)
    errors: dict[str, ErrorLine] = field(default_factory=dict)

    @property
    def public(self) -> list[Routine]:
        """The routines that applications may call, sorted by room and name."""
        found = [routine for routine in self.routines.values() if routine.is_public]
        return sorted(found, key=lambda routine: (routine.room, routine.name))

    def columns(self, routine: Routine) -> tuple[Field, ...]:
        """The columns of a routine's answer, followed through 'rows of another routine'."""
        return self.row_owner(routine).header.returns.columns

    def row_owner(self, routine: Routine) -> Routine:
        """The routine in whose header the columns are listed."""
        seen = {routine.name}
        while routine.header.returns.of:
            target = self.routines.get(routine.header.returns.of)
            if target is None or target.name in seen:
                of = routine.header.returns.of
                fault = f"'Returns' refers to {of}, which is no routine with columns"
                raise SpecError(routine.path, routine.line("Returns"), fault)
            seen.add(target.name)
            routine = target
        return routine


def read_routine(path: Path, root: Path) -> Routine:
    """Read one file; ``root`` is the repository, and paths are shown relative to it."""
    text = path.read_text(encoding="utf-8")
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    try:
        header = parse(text)
    except HeaderError as error:
        raise SpecError(shown, error.line, error.sentence) from None
    masked = sqltext.mask(text)
    created = _CREATE.search(masked)
    if created is None:
        fault = "no line begins with CREATE PROCEDURE or CREATE EVENT"
        raise SpecError(shown, len(text.splitlines()) or 1, fault)
    opened = _BEGIN.search(masked, created.end())
    start = opened.start() if opened else created.end()
    signature, rest = _signature(text, masked, created, shown)
    comment = _COMMENT.search(text, rest, start) if opened else _COMMENT.search(text, rest)
    return Routine(
        path=shown,
        room=path.parent.name,
        header=header,
        kind=created["kind"],
        created_name=created["name"],
        created_line=sqltext.line_of(text, created.start()),
        signature=signature,
        comment=comment[1].replace("''", "'") if comment else None,
        body=text[start:],
        body_line=sqltext.line_of(text, start),
        text=text,
    )


def _signature(
    text: str, masked: str, created: re.Match[str], shown: Path
) -> tuple[tuple[SignatureParam, ...], int]:
    """The declared parameters, and where the text after them begins."""
    if created["kind"] == "EVENT":
        return (), created.end()
    line = sqltext.line_of(text, created.start())
    opened = masked.find("(", created.end())
    closed = sqltext.closing(masked, opened) if opened >= 0 else -1
    if closed < 0:
        raise SpecError(shown, line, "the parameter list of CREATE PROCEDURE does not close")
    found = []
    for position, part in sqltext.split_list(text[opened + 1 : closed]):
        at = sqltext.line_of(text, opened + 1 + position)
        match = _PARAM.match(part)
        if match is None:
            raise SpecError(shown, at, f"'{part}' is not written as 'IN p_name TYPE'")
        sql_type = " ".join(match["type"].split())
        found.append(SignatureParam(match["name"], match["mode"], sql_type, at))
    return tuple(found), closed + 1


def read_errors(path: Path, root: Path) -> dict[str, ErrorLine]:
    """Read errors.tsv: number, name, kind and message, parted by tabs; '#' begins a comment."""
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    found: dict[str, ErrorLine] = {}
    numbers: set[int] = set()
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith(("#", "number\t")):
            continue
        match = _ERROR_LINE.match(line)
        if match is None:
            raise SpecError(shown, at, "expected number, NAME, kind and message, parted by tabs")
        entry = ErrorLine(int(match[1]), match[2], match[3], match[4], at)
        _check_error(entry, shown, found, numbers)
        found[entry.name] = entry
        numbers.add(entry.number)
    return found


def _check_error(
    entry: ErrorLine, shown: Path, found: dict[str, ErrorLine], numbers: set[int]
) -> None:
    if not 50000 <= entry.number <= 51999:
        raise SpecError(shown, entry.line, f"{entry.number} is not within 50000..51999")
    if entry.kind not in KINDS:
        fault = f"'{entry.kind}' is not one of the kinds {', '.join(KINDS)}"
        raise SpecError(shown, entry.line, fault)
    if entry.name in found or entry.number in numbers:
        raise SpecError(shown, entry.line, f"{entry.number} {entry.name} stands twice")


def load_all(root: Path) -> Spec:
    """Read db/ of the repository at ``root``."""
    spec = Spec(root)
    for path in sorted((root / "db" / "procedures").glob("*/*.sql")):
        _add(spec.routines, read_routine(path, root))
    for path in sorted((root / "db" / "events").glob("*.sql")):
        _add(spec.events, read_routine(path, root))
    errors = root / "db" / "errors.tsv"
    if errors.exists():
        spec.errors = read_errors(errors, root)
    return spec


def _add(into: dict[str, Routine], routine: Routine) -> None:
    if routine.name in into:
        fault = f"{routine.name} stands in {into[routine.name].path} too"
        raise SpecError(routine.path, 1, fault)
    into[routine.name] = routine

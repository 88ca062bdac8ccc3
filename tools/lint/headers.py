"""Is every header true? Compared with signature, body, error catalogue, lock order and tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools import views
from tools.lint.bodies import Bodies
from tools.lint.finding import Finding
from tools.spec import Routine, Spec, SpecError

BODY_LINES = 90
_LOCK_ORDER = re.compile(r"^Lock order:\s*(.+)$", re.MULTILINE)
_TEXT = r"VARCHAR|CHAR|TINYTEXT|TEXT|MEDIUMTEXT|LONGTEXT|JSON"
_BYTES = r"BINARY|VARBINARY|TINYBLOB|BLOB|MEDIUMBLOB|LONGBLOB"
_SQL_TYPES = {
    "str": _TEXT,
    "int": r"TINYINT|SMALLINT|MEDIUMINT|INT|BIGINT|DECIMAL",
    "float": r"DOUBLE|FLOAT|DECIMAL",
    "bool": r"BOOLEAN|BOOL|TINYINT|SMALLINT|INT|BIGINT",
    "uuid": rf"{_TEXT}|{_BYTES}",
    "datetime": rf"DATETIME|{_TEXT}",
    "json": _TEXT,
    "bytes": _BYTES,
    "options": _TEXT,
    "payload": rf"{_TEXT}|{_BYTES}",
    "tasks": _TEXT,
    "items": _TEXT,
}


def check(spec: Spec) -> list[Finding]:
    """Every finding about the headers of a repository."""
    bodies = Bodies(spec.routines)
    order = lock_order(spec.root)
    findings = [*_catalogue(spec, bodies), *_tests(spec)]
    views.load_all(spec.root)  # raises SpecError at the first fault
    if order is None:
        text = "no line 'Lock order: table > table > …'"
        findings.append(Finding("db/README.md", 1, "HD08", text))
    for routine in spec.routines.values():
        for section, code, text in _routine(routine, spec, bodies, order or []):
            line = section if isinstance(section, int) else routine.line(section)
            findings.append(Finding(str(routine.path), line, code, text))
    for event in spec.events.values():
        for section, code, text in _event(event, spec):
            findings.append(Finding(str(event.path), event.line(section), code, text))
    return findings


def lock_order(root: Path) -> list[str] | None:
    """The one lock order, as db/README.md has it."""
    path = root / "db" / "README.md"
    found = _LOCK_ORDER.search(path.read_text(encoding="utf-8")) if path.exists() else None
    return [table.strip(" .`") for table in found[1].split(">")] if found else None


_Fault = tuple[str | int, str, str]


def _routine(routine: Routine, spec: Spec, bodies: Bodies, order: list[str]) -> Iterator[_Fault]:
    yield from _names(routine)
    yield from _signature(routine)
    yield from _errors(routine, spec, bodies)
    yield from _tables(routine, bodies, order)
    yield from _calls(routine, spec, bodies)
    yield from _length(routine)
    yield from (_public(routine, spec, bodies) if routine.is_public else _internal(routine))


def _names(routine: Routine) -> Iterator[_Fault]:
    if routine.path.stem != routine.name:
        yield "name", "HD01", f"the file is named {routine.path.stem}, the header {routine.name}"
    if routine.created_name != routine.name:
        text = f"the header is of {routine.name}, CREATE of {routine.created_name}"
        yield routine.created_line, "HD01", text
    if routine.is_public is (routine.room == "lib") and routine.kind == "PROCEDURE":
        yield "name", "HD01", "internal routines (with an underscore), and only they, live in lib/"
    if routine.comment is None:
        yield routine.created_line, "HD04", f"no COMMENT '{routine.sentence}'"
    elif routine.comment != routine.sentence:
        text = f"COMMENT is '{routine.comment}', the header says '{routine.sentence}'"
        yield routine.created_line, "HD04", text


def _signature(routine: Routine) -> Iterator[_Fault]:
    described = [param.name for param in routine.params]
    declared = [param.name for param in routine.signature]
    if described != declared:
        text = f"Params has ({', '.join(described)}), the signature ({', '.join(declared)})"
        yield "Params", "HD02", text
        return
    for param, real in zip(routine.params, routine.signature, strict=True):
        base = re.split(r"[\s(]", real.sql_type.upper())[0]
        if not re.fullmatch(_SQL_TYPES[param.type], base):
            text = f"{param.name} is {param.type} in Params and {real.sql_type} in the signature"
            yield param.line, "HD03", text
        if real.mode != "IN" and routine.is_public:
            yield real.line, "HD02", f"{param.name}: a public routine has IN parameters only"


def _errors(routine: Routine, spec: Spec, bodies: Bodies) -> Iterator[_Fault]:
    raised = bodies.errors(routine.name)
    for name in sorted(raised - set(routine.errors)):
        yield "Errors", "HD05", f"{name} can be raised, and Errors does not list it"
    for name in sorted(set(routine.errors) - raised):
        yield "Errors", "HD05", f"Errors lists {name}, and nothing raises it"
    body = bodies.by_name[routine.name]
    for name, line in body.raises.items():
        if name not in spec.errors:
            yield line, "HD06", f"{name} is not in db/errors.tsv"
    for line in body.unnamed_raises:
        yield line, "HD17", "_celers_raise needs the error's name as a literal"


def _tables(routine: Routine, bodies: Bodies, order: list[str]) -> Iterator[_Fault]:
    written = bodies.writes(routine.name)
    for table in sorted(written - set(routine.writes)):
        yield "Writes", "HD07", f"{table} is written, and Writes does not list it"
    for table in sorted(set(routine.writes) - written):
        yield "Writes", "HD07", f"Writes lists {table}, and nothing writes it"
    unknown = [table for table in routine.locks if table not in order]
    if order and unknown:
        text = f"{', '.join(unknown)} is not in the lock order of db/README.md"
        yield "Locks", "HD08", text
    elif order and sorted(routine.locks, key=order.index) != list(routine.locks):
        yield "Locks", "HD08", f"not in the lock order of db/README.md: {' > '.join(order)}"
    for table in routine.locks:
        if table not in bodies.locks(routine.name):
            yield "Locks", "HD08", f"Locks lists {table}, and nothing locks rows of it"


def _calls(routine: Routine, spec: Spec, bodies: Bodies) -> Iterator[_Fault]:
    for callee, line in bodies.by_name[routine.name].calls.items():
        if callee not in spec.routines:
            yield line, "HD16", f"{callee} is called, and there is no such routine"


def _length(routine: Routine) -> Iterator[_Fault]:
    lines = len(routine.body.strip().splitlines())
    if lines > BODY_LINES:
        text = f"the body has {lines} lines; {BODY_LINES} fit on a screen: name a step of it"
        yield routine.body_line, "HD10", text


def _public(routine: Routine, spec: Spec, bodies: Bodies) -> Iterator[_Fault]:
    if not routine.name.startswith("celers_"):
        yield "name", "HD01", "a public routine's name begins with celers_"
    if not routine.roles:
        yield "Roles", "HD11", "a public routine names its roles (admin alone: 'Roles  admin')"
    if not re.match(rf"CALL {routine.name}\s*\(", routine.example):
        yield "Example", "HD13", f"Example must be a CALL of {routine.name}"
    for word in ("Errors", "Writes"):
        if word not in routine.header.lines:
            yield "name", "HD18", f"section {word} is missing ('{word}  none' where there is none)"
    yield from _returns(routine, spec)
    yield from _options(routine, bodies)
    for field in (*routine.params, *routine.options, *routine.header.returns.columns):
        if not field.text:
            yield field.line, "HD15", f"{field.name} needs a description"


def _returns(routine: Routine, spec: Spec) -> Iterator[_Fault]:
    if routine.returns_count == "none":
        yield "Returns", "HD14", "a public routine answers with one result set"
    try:
        spec.row_owner(routine)
    except SpecError as error:
        yield "Returns", "HD14", error.sentence


def _options(routine: Routine, bodies: Bodies) -> Iterator[_Fault]:
    typed = [param for param in routine.params if param.type == "options"]
    if typed and (typed[0].name != "p_options" or routine.params[-1] != typed[0]):
        yield typed[0].line, "HD12", "options are one parameter, p_options, and the last one"
    if bool(typed) is not bool(routine.options):
        yield "Params", "HD12", "Options and the parameter p_options go together"
    keys = {option.name for option in routine.options}
    known = bodies.by_name[routine.name].known_keys
    unlisted = set(known[0]) - keys if typed and len(known) == 1 else set()
    for key in sorted(unlisted):
        yield "Options", "HD12", f"the body knows the key {key}, and Options does not list it"
    for key in sorted(keys - bodies.mentions(routine.name)):
        yield "Options", "HD12", f"Options lists {key}, and nothing reads it"


def _internal(routine: Routine) -> Iterator[_Fault]:
    for word in ("Options", "Returns", "Locks", "Roles", "Example"):
        if word in routine.header.lines:
            yield word, "HD18", f"an internal routine has no section {word}"


def _event(event: Routine, spec: Spec) -> Iterator[tuple[str, str, str]]:
    for section, code, text in _names(event):
        yield "name" if isinstance(section, int) else section, code, text
    call = re.search(r"\bDO\s+CALL\s+(\w+)\s*\([^;]*\);\s*$", event.text)
    if call is None:
        yield "name", "HD19", "the body of an event is one CALL"
    elif call[1] not in spec.routines:
        yield "name", "HD16", f"{call[1]} is called, and there is no such routine"


def _catalogue(spec: Spec, bodies: Bodies) -> Iterator[Finding]:
    raised = {name for body in bodies.by_name.values() for name in body.raises}
    fallback = min((error.number for error in spec.errors.values()), default=0)
    for error in spec.errors.values():
        if error.name not in raised and error.number != fallback:
            text = f"{error.name} is raised by no routine"
            yield Finding("db/errors.tsv", error.line, "ER01", text)
        if len(f"{error.name}: {error.message}") > 128:
            text = f"the message of {error.name} is longer than the 128 characters that are sent"
            yield Finding("db/errors.tsv", error.line, "ER02", text)


def _tests(spec: Spec) -> Iterator[Finding]:
    tests = spec.root / "db" / "tests"
    expected = {f"{routine.room}/{routine.name}.sql": routine for routine in spec.public}
    for name, routine in expected.items():
        if not (tests / name).exists():
            text = f"db/tests/{name} is missing: every public routine has its test"
            yield Finding(str(routine.path), 1, "HD09", text)
    for path in sorted(tests.glob("*/*.sql")):
        name = f"{path.parent.name}/{path.name}"
        if name not in expected and path.stem.startswith(("celers_", "_celers_")):
            if path.stem in spec.routines and path.parent.name == "lib":
                continue
            yield Finding(f"db/tests/{name}", 1, "HD09", "tests a routine that is not there")

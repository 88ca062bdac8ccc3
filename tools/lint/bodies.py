"""What a routine's body does, read from its text: whom it calls, what it raises, writes, locks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tools import sqltext
from tools.spec import Routine

_CALL = re.compile(r"\bCALL\s+`?(\w+)`?")
_RAISE = re.compile(r"\bCALL\s+_celers_raise\s*\(")
_ERROR_NAME = re.compile(r"'([A-Z][A-Z0-9_]+)'")
_INSERT = re.compile(r"\b(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+`?(\w+)`?")
_DELETE = re.compile(
    r"\bDELETE\s+(?:IGNORE\s+)?(?P<aliases>[\w\s,.`]*?)\bFROM\s+(?P<rest>.*)", re.S
)
_UPDATE = re.compile(
    r"(?<!KEY\s)(?<!FOR\s)\bUPDATE\s+(?:IGNORE\s+)?(?P<tables>.*?)\bSET\b(?P<rest>.*)", re.S
)
_TRUNCATE = re.compile(r"\b(?:TRUNCATE|ALTER)\s+TABLE\s+`?(\w+)`?")
_TABLE = re.compile(r"(?:\bFROM|JOIN|,|^)\s*`?([a-z_]\w*)`?(?:\s+(?:AS\s+)?`?([a-z_]\w*)`?)?")
_ASSIGNED = re.compile(r"(?:^|,)\s*(?:(\w+)\s*\.\s*)?`?\w+`?\s*=(?!=)", re.M)
_FOR_UPDATE = re.compile(r"\bSELECT\b(?P<select>.*?)\bFOR\s+(?:UPDATE|SHARE)\b", re.S)
_STRING = re.compile(r"'(?:[^'\\]|\\.|'')*'")
_KNOWN_KEYS = re.compile(r"'(\[[^'\]]*\])'")


@dataclass(slots=True)
class Body:
    """One routine's own doings, and of whom it calls."""

    routine: Routine
    calls: dict[str, int] = field(default_factory=dict)
    raises: dict[str, int] = field(default_factory=dict)
    unnamed_raises: list[int] = field(default_factory=list)
    writes: dict[str, int] = field(default_factory=dict)
    locks: set[str] = field(default_factory=set)
    swallows: bool = False
    known_keys: list[tuple[str, ...]] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)


class Bodies:
    """All bodies, and what follows from who calls whom."""

    def __init__(self, routines: dict[str, Routine]) -> None:
        """Read every body once."""
        self.by_name = {name: read(routine) for name, routine in routines.items()}

    def errors(self, name: str) -> set[str]:
        """The errors that may leave a routine; a handler that does not resignal keeps them in."""
        return self._errors[name]

    def writes(self, name: str) -> set[str]:
        """The tables that a routine or whom it calls may write."""
        return self._writes[name]

    def locks(self, name: str) -> set[str]:
        """The tables in which a routine or whom it calls may lock rows."""
        return self._locks[name]

    def mentions(self, name: str) -> set[str]:
        """The words in the strings of a routine and of whom it calls."""
        return self._mentions[name]

    @cached_property
    def _mentions(self) -> dict[str, set[str]]:
        return self._spread({name: body.mentions for name, body in self.by_name.items()})

    @cached_property
    def _errors(self) -> dict[str, set[str]]:
        own = {name: set(body.raises) for name, body in self.by_name.items()}
        return self._spread(own, lambda body: body.swallows)

    @cached_property
    def _writes(self) -> dict[str, set[str]]:
        return self._spread({name: set(body.writes) for name, body in self.by_name.items()})

    @cached_property
    def _locks(self) -> dict[str, set[str]]:
        own = {name: body.locks | set(body.writes) for name, body in self.by_name.items()}
        return self._spread(own)

    def _spread(
        self, own: dict[str, set[str]], stops: Callable[[Body], bool] = lambda _: False
    ) -> dict[str, set[str]]:
        """Hand facts up from the called to the callers until nothing changes."""
        facts = {name: set() if stops(self.by_name[name]) else own[name] for name in own}
        changed = True
        while changed:
            changed = False
            for name, body in self.by_name.items():
                if stops(body):
                    continue
                called = [facts[callee] for callee in body.calls if callee in facts]
                merged = facts[name].union(*called)
                if merged != facts[name]:
                    facts[name] = merged
                    changed = True
        return facts


def read(routine: Routine) -> Body:
    """Read one body."""
    code = sqltext.mask(routine.body, strings=False)
    masked = sqltext.mask(routine.body)
    body = Body(routine)

    def line(position: int) -> int:
        return routine.body_line + routine.body.count("\n", 0, position)

    for call in _CALL.finditer(masked):
        body.calls.setdefault(call[1], line(call.start()))
    for raised in _RAISE.finditer(masked):
        opened = raised.end() - 1
        arguments = sqltext.split_list(code[opened + 1 : sqltext.closing(masked, opened)])
        names = _ERROR_NAME.findall(arguments[0][1]) if arguments else []
        for name in names:
            body.raises.setdefault(name, line(raised.start()))
        if not names and routine.name != "_celers_raise":
            body.unnamed_raises.append(line(raised.start()))
    for position, statement in sqltext.statements(masked):
        for table in _written(statement):
            body.writes.setdefault(table, line(position))
        for select in _FOR_UPDATE.finditer(statement):
            body.locks |= set(_aliases(select["select"]).values())
    body.swallows = _swallows(masked)
    body.known_keys = list(_known_keys(code))
    body.mentions = {word for text in _STRING.findall(code) for word in re.findall(r"\w+", text)}
    return body


def _written(statement: str) -> Iterator[str]:
    """The tables that one statement (masked) writes."""
    yield from _INSERT.findall(statement)
    yield from _TRUNCATE.findall(statement)
    delete = _DELETE.search(statement)
    if delete:
        listed = [alias.strip(" \n.*`") for alias in delete["aliases"].split(",")]
        names = _aliases("FROM " + delete["rest"])
        if any(listed):
            yield from (names.get(alias, alias) for alias in listed)
        else:
            target = re.match(r"`?(\w+)", delete["rest"])
            yield from [target[1]] if target else []
    update = _UPDATE.search(_flat(statement))
    if update:
        yield from _updated(update["tables"], update["rest"])


def _updated(tables: str, rest: str) -> set[str]:
    """Of the tables of an UPDATE, those with an assigned column."""
    names = _aliases(tables)
    if len(set(names.values())) == 1:
        return set(names.values())
    assignments = re.split(r"\b(?:WHERE|ORDER\s+BY|LIMIT)\b", rest)[0]
    aliases = {found[1] for found in _ASSIGNED.finditer(assignments)}
    return {names[alias] for alias in aliases if alias in names} or set(names.values())


def _flat(text: str) -> str:
    """Without what stands in brackets."""
    while True:
        shorter = re.sub(r"\([^()]*\)", "", text)
        if shorter == text:
            return text
        text = shorter


def _aliases(text: str) -> dict[str, str]:
    """Alias -> table for each table named in FROM, JOIN or UPDATE; the name is an alias too."""
    found: dict[str, str] = {}
    for table, alias in _TABLE.findall(text.strip()):
        if table.startswith("celers_"):
            found[table] = table
            if alias:
                found[alias] = table
    return found


def _swallows(masked: str) -> bool:
    """Whether an EXIT handler for every error is there that does not resignal."""
    return bool(
        re.search(r"\bEXIT\s+HANDLER\s+FOR\s+SQLEXCEPTION\b", masked)
        and not re.search(r"\bRESIGNAL\b", masked)
    )


def _known_keys(code: str) -> Iterator[tuple[str, ...]]:
    """Each string literal that is a JSON array of strings: the keys that a routine knows."""
    for literal in _KNOWN_KEYS.findall(code):
        try:
            keys = json.loads(literal)
        except ValueError:
            continue
        if keys and all(isinstance(key, str) for key in keys):
            yield tuple(keys)

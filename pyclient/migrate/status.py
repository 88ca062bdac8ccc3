"""The schema as a table: one row per migration and per object, with its state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pyclient.migrate import plan as planning
from pyclient.migrate.plan import Plan, State
from pyclient.migrate.session import COLLATION
from pyclient.migrate.tree import Tree

APPLIED = "applied"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """One migration or object.

    ``state`` is ``applied``; or what ``celers migrate`` would mend: ``pending``, ``changed``,
    ``unfinished``, ``failed``, ``missing``, ``edited``, ``foreign``, ``removed``; or ``newer``
    (unknown to this celers); or ``refused``: the deploying account lacks the privilege.
    """

    kind: str
    name: str
    state: str
    applied_at: datetime | None = None
    sha256: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a schema against this package's SQL."""

    schema: str
    where: str
    server: str
    version: str
    rows: list[Row] = field(default_factory=list)

    @property
    def pending(self) -> int:
        """How many rows are not as they should be, and could be."""
        return sum(row.state not in (APPLIED, REFUSED) for row in self.rows)

    @property
    def notes(self) -> list[str]:
        """What the deploying account was not allowed to do."""
        return [row.note for row in self.rows if row.note]


def rows(tree: Tree, state: State, schema: str) -> Iterator[Row]:
    """Every row, in the order in which things are applied."""
    plan = planning.make(tree, state)
    yield _database(state, schema)
    yield from _migrations(tree, state, plan)
    yield _one(state, "errors", "errors.tsv", tree.errors_sha256, due=plan.errors)
    yield from _units(tree, state, plan)
    yield from (Row(kind, name, "removed") for kind, name in plan.drops)
    yield _grants(state, plan)


def _database(state: State, schema: str) -> Row:
    if state.collation is None:
        return Row("database", schema, "pending")
    good = state.collation == COLLATION
    return Row("database", schema, APPLIED if good else "changed")


def _migrations(tree: Tree, state: State, plan: Plan) -> Iterator[Row]:
    due = {step.migration.name: step for step in plan.migrations}
    for migration in tree.migrations:
        entry = state.entries.get(("migration", migration.name))
        word = APPLIED
        if planning.edited(migration, state):
            word = "edited"
        elif migration.name in due:
            word = "pending" if entry is None else "failed" if entry.error else "unfinished"
        finished = entry.finished_at if entry else None
        yield Row("migration", migration.name, word, finished, migration.sha256)
    known = {migration.name for migration in tree.migrations}
    for (kind, name), entry in sorted(state.entries.items()):
        if kind == "migration" and name not in known:
            yield Row("migration", name, "newer", entry.finished_at, entry.sha256)


def _units(tree: Tree, state: State, plan: Plan) -> Iterator[Row]:
    due = {(step.unit.kind, step.unit.name): step.state for step in plan.units}
    for unit in tree.units:
        entry = state.entries.get((unit.kind, unit.name))
        word = due.get((unit.kind, unit.name), APPLIED)
        note = ""
        if word == "failed" and unit.kind == "event" and entry:
            word, note = REFUSED, f"event {unit.name}: {entry.error}"
        finished = entry.finished_at if entry else None
        yield Row(unit.kind, unit.name, word, finished, unit.sha256, note)


def _grants(state: State, plan: Plan) -> Row:
    due = bool(plan.roles or plan.grants or plan.mark_grants)
    row = _one(state, "grants", "roles", "", due=due)
    entry = state.entries.get(("grants", "roles"))
    if due and entry and entry.error:
        return Row("grants", "roles", REFUSED, None, entry.sha256, entry.error)
    return row


def _one(state: State, kind: str, name: str, sha256: str, *, due: bool) -> Row:
    entry = state.entries.get((kind, name))
    if entry is None:
        return Row(kind, name, "pending" if due else APPLIED, None, sha256)
    word = "changed" if due and entry.finished_at else "unfinished" if due else APPLIED
    return Row(kind, name, word, entry.finished_at, sha256 or entry.sha256)

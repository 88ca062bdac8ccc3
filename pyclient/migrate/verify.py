"""Compare the running schema with the tree and with what was recorded of it: what has drifted?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyclient.migrate import plan as planning
from pyclient.migrate import prints, roles
from pyclient.migrate.plan import Plan, State
from pyclient.migrate.session import COLLATION, Refused, Session
from pyclient.migrate.tree import Tree

_BY_MIGRATE = "celers migrate mends it"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it should be, in one sentence."""

    kind: str
    name: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def problems(session: Session, tree: Tree, state: State) -> Iterator[Problem]:
    """Everything found; nothing for a schema that is as deployed."""
    schema = session.schema
    if state.collation is None:
        yield Problem("database", schema, f"database {schema} does not exist")
        return
    if not state.has_ledger:
        yield Problem("database", schema, f"celers is not deployed in {schema}")
        return
    if state.collation != COLLATION:
        text = f"database {schema} has the default collation {state.collation}, not {COLLATION}"
        yield Problem("database", schema, text)
    sentence = planning.newer(tree, state, schema)
    if sentence:
        yield Problem("celers", schema, sentence)
    plan = planning.make(tree, state)
    yield from _migrations(tree, state, plan)
    yield from _units(tree, state, plan)
    yield from _tables(session, state)
    yield from _errors(session, tree)
    yield from _grants(state, plan)
    yield from _events(session, tree)
    yield from _definers(session)


def _migrations(tree: Tree, state: State, plan: Plan) -> Iterator[Problem]:
    for migration in tree.migrations:
        if planning.edited(migration, state):
            text = f"{migration.file} reads differently from what was applied"
            yield Problem("migration", migration.name, text)
    for step in plan.migrations:
        word = "was not brought to its end" if step.start or step.in_doubt else "is not applied"
        yield Problem("migration", step.migration.name, f"migration {step.migration.name} {word}")


_UNIT_STATES = {
    "pending": "is missing",
    "missing": "is missing",
    "changed": "is not the one of this celers",
    "unfinished": "was not deployed to its end",
    "failed": "could not be created",
    "edited": "was edited by hand",
    "foreign": "was not created by celers migrate",
}


def _units(tree: Tree, state: State, plan: Plan) -> Iterator[Problem]:
    for step in plan.units:
        unit = step.unit
        text = f"{unit.kind} {unit.name} {_UNIT_STATES[step.state]}: {_BY_MIGRATE}"
        yield Problem(unit.kind, unit.name, text)
    known = {(unit.kind, unit.name) for unit in tree.units}
    known |= {("view", name) for name in tree.view_roles}
    for kind, name in sorted(state.units):
        if (kind, name) not in known:
            how = f": {_BY_MIGRATE}" if (kind, name) in plan.drops else ""
            yield Problem(kind, name, f"{kind} {name} is not one of this celers{how}")


def _tables(session: Session, state: State) -> Iterator[Problem]:
    found = {str(row[1]): row[2] for row in session.rows(prints.TABLES)}
    kept = {name: entry for (kind, name), entry in state.entries.items() if kind == "table"}
    for name in sorted(kept.keys() | found.keys()):
        if name not in found:
            yield Problem("table", name, f"table {name} is missing")
        elif kept and name not in kept:
            yield Problem("table", name, f"table {name} was not created by a migration")
        elif name in kept and found[name] != kept[name].stored_sha256:
            text = f"table {name} was changed by hand: its columns, indexes or constraints differ"
            yield Problem("table", name, text)


def _errors(session: Session, tree: Tree) -> Iterator[Problem]:
    if not tree.errors:
        return
    try:
        rows = session.rows("SELECT number, name, kind, message FROM celers_error")
    except Refused as error:
        text = f"the error catalogue cannot be read: the server answered {error}"
        yield Problem("errors", "errors.tsv", text)
        return
    wanted = {(one.number, one.name, one.kind, one.message) for one in tree.errors}
    if {tuple(row) for row in rows} != wanted:
        text = "table celers_error differs from errors.tsv"
        yield Problem("errors", "errors.tsv", text)


def _grants(state: State, plan: Plan) -> Iterator[Problem]:
    entry = state.entries.get(("grants", "roles"))
    if (plan.roles or plan.grants) and entry is not None and entry.error:
        yield Problem("grants", "roles", entry.error)
        return
    for role in plan.roles:
        yield Problem("grants", role, f"role {role} is missing: {_BY_MIGRATE}")
    for grant in plan.grants:
        if not plan.roles:
            yield Problem("grants", grant.name, f"grant missing: {grant}: {_BY_MIGRATE}")


def _events(session: Session, tree: Tree) -> Iterator[Problem]:
    known = {unit.name for unit in tree.events}
    rows = session.rows(
        "SELECT EVENT_NAME, STATUS FROM information_schema.EVENTS"
        " WHERE EVENT_SCHEMA = DATABASE() AND STATUS <> 'ENABLED' ORDER BY 1"
    )
    for name, status in rows:
        if name in known:
            text = f"event {name} is {status}: ALTER EVENT {name} ENABLE turns it on"
            yield Problem("event", name, text)


def _definers(session: Session) -> Iterator[Problem]:
    rows = session.rows(
        "SELECT DEFINER, COUNT(*) FROM ("
        " SELECT DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()"
        " UNION ALL SELECT DEFINER FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()"
        " UNION ALL SELECT DEFINER FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()"
        ") AS d GROUP BY DEFINER ORDER BY DEFINER"
    )
    accounts = roles.accounts(session)
    for definer, count in rows if accounts is not None else ():
        if accounts is not None and str(definer) not in accounts:
            text = f"account {definer}, the definer of {count} objects, does not exist"
            yield Problem("definer", str(definer), text)

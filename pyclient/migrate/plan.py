"""What is there, and what is to be done: read, compared, not yet changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from pyclient._header import ROLES
from pyclient.migrate import ledger, prints, roles
from pyclient.migrate.errors import MigrationEdited, SchemaNewer
from pyclient.migrate.roles import Grant
from pyclient.migrate.session import COLLATION, Session, quote
from pyclient.migrate.tree import Migration, Tree, Unit


@dataclass(slots=True)
class State:
    """The schema as found."""

    collation: str | None = None
    has_ledger: bool = False
    entries: ledger.Entries = field(default_factory=dict)
    units: dict[tuple[str, str], str | None] = field(default_factory=dict)
    roles: set[str] | None = None
    grants: set[Grant] | None = None

    def finished(self, kind: str, name: str, sha256: str) -> bool:
        """Whether the ledger says that this text was applied to its end."""
        entry = self.entries.get((kind, name))
        return entry is not None and entry.finished_at is not None and entry.sha256 == sha256


@dataclass(frozen=True, slots=True)
class MigrationStep:
    """A migration to apply from statement ``start`` (from 0) on.

    ``in_doubt``: its run was cut off, so that the statement at ``start`` may have run or not.
    """

    migration: Migration
    start: int
    in_doubt: bool


WHY = {
    "missing": "it was missing",
    "failed": "it could not be created before",
    "unfinished": "its deployment was cut off",
    "edited": "it was edited by hand",
    "foreign": "it was not created by celers migrate",
}


@dataclass(frozen=True, slots=True)
class UnitStep:
    """A routine, view or event to create or replace.

    ``state`` says why: ``pending`` (new), ``changed`` (its text), or one of WHY.
    """

    unit: Unit
    creates: bool
    state: str

    @property
    def why(self) -> str:
        """The reason as a person reads it; nothing where it goes without saying."""
        return WHY.get(self.state, "")


@dataclass(slots=True)
class Plan:
    """Everything that a deployment has to do."""

    create_database: bool
    alter_database: bool
    create_ledger: bool
    migrations: list[MigrationStep]
    errors: bool
    units: list[UnitStep]
    drops: list[tuple[str, str]]
    roles: list[str]
    grants: list[Grant]
    grants_known: bool
    mark_grants: bool
    keep_prints: bool
    keep_tables: bool
    record: bool

    @property
    def empty(self) -> bool:
        """Whether there is nothing to change in the schema but bookkeeping."""
        return not (
            self.create_database
            or self.alter_database
            or self.create_ledger
            or self.migrations
            or self.errors
            or self.units
            or self.drops
            or self.roles
            or self.grants
        )


def read_state(session: Session) -> State:
    """Look at the schema; enter it if it is there."""
    state = State(roles=roles.existing(session), grants=roles.present(session))
    state.collation = session.value(
        "SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA"
        f" WHERE SCHEMA_NAME = {quote(session.schema)}"
    )
    if state.collation is None:
        return state
    session.use()
    state.has_ledger = bool(
        session.rows(
            "SELECT 1 FROM information_schema.TABLES"
            f" WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{ledger.TABLE}'"
        )
    )
    if state.has_ledger:
        state.entries = ledger.read(session)
    state.units = {(str(row[0]), str(row[1])): row[2] for row in session.rows(prints.UNITS)}
    return state


def check(tree: Tree, state: State, schema: str) -> None:
    """Refuse a schema that is newer than the tree, and a tree that rewrites history."""
    sentence = newer(tree, state, schema)
    if sentence:
        raise SchemaNewer(f"{sentence}; upgrade this one")
    for migration in tree.migrations:
        if edited(migration, state):
            raise MigrationEdited(
                f"{migration.file} was applied to {schema} and reads differently now:"
                " restore it, and put the change into a new migration"
            )


def newer(tree: Tree, state: State, schema: str) -> str:
    """What shows that a newer celers deployed the schema; nothing where none did."""
    known = {migration.name for migration in tree.migrations}
    for kind, name in sorted(state.entries):
        if kind == "migration" and name not in known:
            return f"schema {schema} has migration {name}, unknown to this celers {tree.version}"
    whole = state.entries.get(("celers", "celers"))
    if whole is not None and _version(whole.version) > _version(tree.version):
        deployed = f"schema {schema} was deployed by celers {whole.version}"
        return f"{deployed}, which is newer than this celers {tree.version}"
    return ""


def edited(migration: Migration, state: State) -> bool:
    """Whether a migration's text is no longer the one applied.

    Of one that was not brought to its end, only the statements already done are held fixed.
    """
    entry = state.entries.get(("migration", migration.name))
    if entry is None:
        return False
    if entry.finished_at is not None:
        return entry.sha256 != migration.sha256
    if entry.done_sha256 is None:
        return False
    count = entry.statements_done
    return count > len(migration.statements) or migration.done_sha256(count) != entry.done_sha256


def make(tree: Tree, state: State) -> Plan:
    """Compare tree and schema."""
    units = [step for step in (_unit_step(unit, state) for unit in tree.units) if step]
    migrations = [step for step in (_migration_step(one, state) for one in tree.migrations) if step]
    missing = _missing_grants(tree, state)
    again = {(step.unit.kind, step.unit.name) for step in units}
    latest = tree.migrations[-1].sha256 if tree.migrations else ""
    return Plan(
        create_database=state.collation is None,
        alter_database=state.collation not in (None, COLLATION),
        create_ledger=not state.has_ledger,
        migrations=migrations,
        errors=bool(tree.errors) and not state.finished("errors", "errors.tsv", tree.errors_sha256),
        units=units,
        drops=_drops(tree, state),
        roles=_missing_roles(tree, state),
        grants=sorted(grant for grant in missing if (grant.kind, grant.name) not in again),
        grants_known=state.grants is not None and state.roles is not None,
        mark_grants=not _grants_done(tree, state),
        keep_prints=bool(units) or any(_unprinted(entry) for entry in state.entries.values()),
        keep_tables=_tables_unkept(state, latest),
        record=not state.finished("celers", "celers", tree.sha256)
        or state.entries[("celers", "celers")].version != tree.version,
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _unprinted(entry: ledger.Entry) -> bool:
    kept = entry.kind in ("routine", "view", "event")
    return kept and entry.finished_at is not None and entry.stored_sha256 is None


def _tables_unkept(state: State, latest: str) -> bool:
    kept = [entry for entry in state.entries.values() if entry.kind == "table"]
    return not kept or any(entry.sha256 != latest for entry in kept)


def _migration_step(migration: Migration, state: State) -> MigrationStep | None:
    entry = state.entries.get(("migration", migration.name))
    if entry is None:
        return MigrationStep(migration, 0, in_doubt=False)
    if entry.finished_at is not None:
        return None
    return MigrationStep(migration, entry.statements_done, in_doubt=entry.error is None)


def _unit_step(unit: Unit, state: State) -> UnitStep | None:
    key = (unit.kind, unit.name)
    entry = state.entries.get(key)
    state_word = _unit_state(unit, entry, state)
    return UnitStep(unit, key not in state.units, state_word) if state_word else None


def _unit_state(unit: Unit, entry: ledger.Entry | None, state: State) -> str:
    """Why a unit is to be applied; empty where it is as it should be."""
    there = (unit.kind, unit.name) in state.units
    if entry is None:
        return "foreign" if there else "pending"
    if entry.finished_at is None:
        return "failed" if entry.error else "unfinished"
    if not there:
        return "missing"
    if entry.sha256 != unit.sha256:
        return "changed"
    return "edited" if hand_edited(entry, state) else ""


def hand_edited(entry: ledger.Entry, state: State) -> bool:
    """Whether what the server stores is no longer what it made of the text."""
    stored = state.units.get((entry.kind, entry.name))
    return None not in (stored, entry.stored_sha256) and stored != entry.stored_sha256


def _drops(tree: Tree, state: State) -> list[tuple[str, str]]:
    """What the ledger holds and the tree no longer does."""
    kept = {(unit.kind, unit.name) for unit in tree.units}
    gone = [key for key in state.entries if key[0] in ("routine", "view", "event")]
    return sorted(key for key in gone if key not in kept)


def _missing_grants(tree: Tree, state: State) -> set[Grant]:
    wanted = roles.wanted(tree)
    if state.grants is not None:
        return wanted - state.grants
    return set() if _grants_done(tree, state) else wanted


def _missing_roles(tree: Tree, state: State) -> list[str]:
    if state.roles is not None:
        return [role for role in ROLES if role not in state.roles]
    return [] if _grants_done(tree, state) else list(ROLES)


def _grants_done(tree: Tree, state: State) -> bool:
    return state.finished("grants", "roles", roles.checksum(roles.wanted(tree)))

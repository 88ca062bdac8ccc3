"""Carry out a plan; in a dry run, say what would be carried out.

Every step is recorded so that a run cut off anywhere is continued by the next one: DDL knows no
transaction, and what had run is told from what had not by the ledger and by the server's answer.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from pyclient.migrate import ledger, prints, roles
from pyclient.migrate.plan import MigrationStep, Plan, UnitStep
from pyclient.migrate.report import Voice, counted
from pyclient.migrate.session import COLLATION, Refused, Session, name, quote
from pyclient.migrate.split import Statement
from pyclient.migrate.tree import Tree, Unit

_NAMED_ONE_BY_ONE = 10
_NOT_PREPARED = 1295
_DROP = {
    "routine": "DROP PROCEDURE IF EXISTS",
    "event": "DROP EVENT IF EXISTS",
    "view": "DROP VIEW IF EXISTS",
}


def database_sql(schema: str, *, create: bool) -> str:
    """SQL that creates the database, or gives it the collation that routines are to inherit."""
    verb = "CREATE DATABASE IF NOT EXISTS" if create else "ALTER DATABASE"
    return f"{verb} {name(schema)} CHARACTER SET utf8mb4 COLLATE {COLLATION}"


def create_sql(unit: Unit) -> str:
    """The text that is sent: the file's own, a view's with OR REPLACE."""
    text = unit.text.rstrip().removesuffix(";")
    if unit.kind != "view":
        return text
    form = re.compile(r"^CREATE(?!\s+OR\b)", re.MULTILINE | re.IGNORECASE)
    return form.sub("CREATE OR REPLACE", text, count=1)


def errors_sql(tree: Tree) -> list[str]:
    """SQL that makes table celers_error equal to the catalogue."""
    rows = ",\n".join(
        f"({one.number}, {quote(one.name)}, {quote(one.kind)}, {quote(one.message)})"
        for one in tree.errors
    )
    return [
        "DELETE FROM celers_error",
        f"INSERT INTO celers_error (number, name, kind, message) VALUES\n{rows}",
    ]


class Deployment:
    """One run of a plan."""

    def __init__(self, session: Session, tree: Tree, plan: Plan, voice: Voice) -> None:
        self.session = session
        self.tree = tree
        self.plan = plan
        self.voice = voice
        self.dry = voice.report.dry_run
        self.granting = True
        self.denied: str | None = None
        self.events_refused = False

    def run(self) -> None:
        """Do everything, in an order in which each step finds what it needs."""
        self._database()
        self._compile()
        if self.plan.record:
            self._run(ledger.begin([("celers", "celers", self.tree.sha256)], self.tree.version))
        self._roles()
        for step in self.plan.migrations:
            self._migration(step)
        self._errors()
        for kind in ("view", "routine"):
            self._units(kind, [step for step in self.plan.units if step.unit.kind == kind])
        self._drops()
        self._grants()
        self._units("event", [step for step in self.plan.units if step.unit.kind == "event"])
        self._record()

    def _run(self, *statements: str) -> None:
        """Send bookkeeping, which is shown but never counts as a change."""
        self._change(list(statements), f"table {ledger.TABLE}")

    def _change(self, packet: list[str], what: str, again: Sequence[str] = ()) -> None:
        self.voice.sql(*packet)
        if not self.dry:
            self.session.change(packet, what, self.voice.say, again)

    def _database(self) -> None:
        schema = self.session.schema
        if self.plan.create_database or self.plan.alter_database:
            verb = "create" if self.plan.create_database else "alter"
            sql = database_sql(schema, create=self.plan.create_database)
            try:
                self._change([sql], f"database {schema}")
            except Refused as error:
                raise self.session.failed(f"cannot {verb} database {schema}", error) from error
            why = "" if self.plan.create_database else f"its default collation is {COLLATION} now"
            self.voice.did(verb, f"database {schema}", why=why)
        if not self.dry:
            self.session.use()
        if self.plan.create_ledger:
            try:
                self._change([ledger.CREATE], ledger.TABLE)
            except Refused as error:
                raise self.session.failed(f"cannot create {ledger.TABLE}", error) from error

    def _compile(self) -> None:
        """Have the server read every routine and event before any is dropped for its successor.

        PREPARE parses a CREATE PROCEDURE whole, and only then refuses it as a kind of statement.
        """
        if self.dry and self.plan.create_database:
            return
        for unit in (step.unit for step in self.plan.units if step.unit.kind != "view"):
            try:
                self.session.run(f"PREPARE celers_text FROM {quote(create_sql(unit))}")
            except Refused as error:
                if error.errno != _NOT_PREPARED:
                    raise self.session.failed(unit.file, error) from error

    def _roles(self) -> None:
        if not self.plan.roles:
            return
        names = ", ".join(roles.role_name(self.session.schema, role) for role in self.plan.roles)
        try:
            self._change(roles.create_sql(self.session.schema, self.plan.roles), "the roles")
        except Refused as error:
            if error.errno not in roles.DENIED:
                raise self.session.failed(f"cannot create the roles {names}", error) from error
            self.denied = roles.denial(self.session.schema, error)
            self.granting = not self.plan.grants_known
        else:
            self.voice.did("create", f"roles {names}")

    def _migration(self, step: MigrationStep) -> None:
        migration = step.migration
        begun = time.monotonic()
        self._run(
            ledger.begin([("migration", migration.name, migration.sha256)], self.tree.version)
        )
        for index, statement in enumerate(migration.statements[step.start :], start=step.start):
            in_doubt = step.in_doubt and index == step.start
            advance = ledger.advance(migration.name, index + 1, migration.done_sha256(index + 1))
            try:
                self._statement(statement, advance, in_doubt)
            except Refused as error:
                self._run(ledger.fail("migration", migration.name, str(error)))
                where = f"{migration.file}, the statement that begins at line {statement.line}"
                raise self.session.failed(where, error) from error
        self._run(ledger.finish("migration", migration.name))
        verb = "continue" if step.start or step.in_doubt else "apply"
        why = f"from statement {step.start + 1}" if verb == "continue" else ""
        self.voice.did(
            verb, f"migration {migration.name}", seconds=time.monotonic() - begun, why=why
        )

    def _statement(self, statement: Statement, advance: str, in_doubt: bool) -> None:
        """Run one statement of a migration and note it, in one transaction if it changes rows."""
        if statement.changes_rows:
            packet = ["START TRANSACTION", statement.text, advance, "COMMIT"]
            try:
                self._change(packet, f"rows of {statement.name}", ["ROLLBACK", *packet])
            except Refused:
                self.session.run("ROLLBACK")
                raise
            return
        try:
            self._change([statement.text], f"table {statement.name}")
        except Refused as error:
            if not (in_doubt and statement.had_run(error.errno)):
                raise
        self._run(advance)

    def _errors(self) -> None:
        if not self.plan.errors:
            return
        mark = ledger.begin([("errors", "errors.tsv", self.tree.errors_sha256)], self.tree.version)
        finish = ledger.finish("errors", "errors.tsv")
        packet = ["START TRANSACTION", *errors_sql(self.tree), mark, finish, "COMMIT"]
        try:
            self._change(packet, "table celers_error", ["ROLLBACK", *packet])
        except Refused as error:
            self.session.run("ROLLBACK")
            raise self.session.failed("errors.tsv", error) from error
        self.voice.did("load", f"{counted(len(self.tree.errors), 'error')} of errors.tsv")

    def _units(self, kind: str, steps: list[UnitStep]) -> None:
        if not steps:
            return
        items = [(kind, step.unit.name, step.unit.sha256) for step in steps]
        self._run(ledger.begin(items, self.tree.version))
        done: list[UnitStep] = []
        for step in steps:
            try:
                if self._unit(step):
                    done.append(step)
            except Refused as error:
                self._finish(kind, done)
                self._run(ledger.fail(kind, step.unit.name, str(error)))
                raise self.session.failed(step.unit.file, error) from error
        self._finish(kind, done)
        self._tell(kind, done)

    def _finish(self, kind: str, steps: list[UnitStep]) -> None:
        if steps:
            self._run(ledger.finish(kind, *(step.unit.name for step in steps)))

    def _unit(self, step: UnitStep) -> bool:
        """Create or replace one object in one packet; False where the account may not."""
        unit = step.unit
        packet = [create_sql(unit)]
        to = unit.roles if unit.kind == "routine" else self.tree.view_roles.get(unit.name, ())
        if self.granting and to:
            packet.append(roles.grant_sql(self.session.schema, unit.kind, unit.name, to))
        replace = packet
        if unit.kind != "view":
            replace = [f"{_DROP[unit.kind]} {name(unit.name)}", *packet]
        try:
            self._change(packet if step.creates else replace, unit.name, replace)
        except Refused as error:
            if error.errno not in roles.DENIED:
                raise
            if unit.kind == "event":
                self._cannot_create_event(unit, error)
                return False
            if not error.statement.startswith("GRANT "):
                raise
            self._cannot_grant(error)
        return True

    def _cannot_grant(self, error: Refused) -> None:
        self.granting = False
        self.denied = self.denied or roles.denial(self.session.schema, error)

    def _cannot_create_event(self, unit: Unit, error: Refused) -> None:
        self._run(ledger.fail(unit.kind, unit.name, str(error)))
        if not self.events_refused:
            self.voice.note(
                f"events were not created: this account lacks the privilege EVENT on"
                f" {self.session.schema}; celers works without them, only slower to react when idle"
            )
        self.events_refused = True

    def _tell(self, kind: str, steps: list[UnitStep]) -> None:
        """Name what was created and replaced: one by one, or a great many by their number."""
        created = [step for step in steps if step.state == "pending"]
        if len(created) == 1:
            self.voice.did("create", f"{kind} {created[0].unit.name}")
        elif created:
            self.voice.did("create", f"{len(created)} {kind}s")
        others = [step for step in steps if step not in created]
        if len(others) > _NAMED_ONE_BY_ONE:
            self.voice.did("replace", f"{len(others)} {kind}s")
            return
        for step in others:
            verb = "create" if step.creates else "replace"
            self.voice.did(verb, step.unit.name, why=step.why)

    def _drops(self) -> None:
        """Drop what left the tree."""
        for kind, what in self.plan.drops:
            try:
                self._change([f"{_DROP[kind]} {name(what)}"], what)
            except Refused as error:
                raise self.session.failed(f"cannot drop {kind} {what}", error) from error
            self._run(ledger.forget(kind, what))
            self.voice.did("drop", f"{kind} {what}")

    def _grants(self) -> None:
        """Issue the rights that no packet has issued, and note how far that went."""
        schema = self.session.schema
        mark = ("grants", "roles", roles.checksum(roles.wanted(self.tree)))
        if self.plan.mark_grants:
            self._run(ledger.begin([mark], self.tree.version))
        issued = 0
        for kind, what, to in roles.grouped(self.plan.grants):
            if not self.granting:
                break
            try:
                self._change([roles.grant_sql(schema, kind, what, to)], what)
                issued += len(to)
            except Refused as error:
                if error.errno not in roles.DENIED:
                    raise self.session.failed(f"cannot grant the use of {what}", error) from error
                self._cannot_grant(error)
        if issued:
            self.voice.did("grant", f"{counted(issued, 'right')} to the roles")
        if not self.granting and self.denied:
            self.voice.note(self.denied)
            self._run(ledger.fail("grants", "roles", self.denied))
        elif self.plan.mark_grants:
            self._run(ledger.finish("grants", "roles"))

    def _record(self) -> None:
        """Keep the fingerprints, and mark the whole as brought to its end."""
        if self.plan.keep_prints:
            self._run(prints.KEEP_UNITS)
        if self.plan.keep_tables or self.plan.migrations:
            latest = self.tree.migrations[-1].sha256 if self.tree.migrations else ""
            keep = prints.keep_tables(latest, self.tree.version)
            self._run("START TRANSACTION", *keep, "COMMIT")
        if self.plan.record:
            self._run(ledger.finish("celers", "celers"))

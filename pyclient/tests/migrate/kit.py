"""What the deployer's tests share: a small SQL tree to deploy, and a database to deploy it into."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyclient._header import ROLES
from pyclient.dsn import Dsn
from pyclient.migrate import Problem, Report, Status, migrate, roles, status, verify
from pyclient.migrate.session import Session, name, quote

FIRST = """\
-- The tables; a semicolon here; and it's a trap.
CREATE TABLE celers_error (
    number INT UNSIGNED NOT NULL PRIMARY KEY,
    name VARCHAR(64) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    message VARCHAR(128) NOT NULL
);

CREATE TABLE celers_task (
    id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    note VARCHAR(40) NOT NULL DEFAULT 'a;b',
    CHECK (id < 1000000)
);

CREATE INDEX ix_task_note ON celers_task (note);

INSERT INTO celers_task VALUES (1, 'it''s; one'), (2, 'two');

ALTER TABLE celers_task ADD COLUMN size INT NOT NULL DEFAULT 0;

UPDATE celers_task SET size = size + 10;

CREATE VIEW celers_tasks AS SELECT id, note FROM celers_task;
"""

SECOND = """\
ALTER TABLE celers_task ADD COLUMN state INT NOT NULL DEFAULT 0, ADD KEY ix_state (state);
UPDATE celers_task SET size = size + 1 -- each
;
CREATE TABLE celers_later (id INT NOT NULL PRIMARY KEY);
DROP INDEX ix_task_note ON celers_task;
RENAME TABLE celers_later TO celers_last;
"""

ERRORS = "50000\tINTERNAL\tinternal\tit's \\ wrong\n50001\tNOT_THERE\tnot_found\tno such thing ä\n"


class SmallTree:
    """A SQL tree in a folder of its own, small enough to be deployed hundreds of times."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("migrations", "procedures/lib", "procedures/broker", "events", "views"):
            (root / folder).mkdir(parents=True)
        self.write("migrations/0001_initial.sql", FIRST)
        self.write("errors.tsv", ERRORS)
        self.routine("_celers_help", "SELECT id FROM celers_task;", roles="")
        self.routine("celers_count", "SELECT COUNT(*) AS n FROM celers_task;", roles="viewer")
        self.routine("celers_take", "SELECT 1 AS n;", roles="worker")
        self.write(
            "events/celers_ev_tick.sql",
            "-- celers_ev_tick: call one.\n"
            "CREATE EVENT celers_ev_tick ON SCHEDULE EVERY 1 HOUR DO CALL celers_take();\n",
        )
        # Read in this order, the first needs the second.
        self.write(
            "views/celers_a.sql",
            "-- A view; of a view.\nCREATE VIEW celers_a AS SELECT * FROM celers_b;\n",
        )
        self.write("views/celers_b.sql", "CREATE VIEW celers_b AS SELECT id FROM celers_task;\n")

    def write(self, file: str, text: str) -> None:
        """Write a file of the tree."""
        (self.root / file).write_text(text, "utf-8")

    def remove(self, file: str) -> None:
        """Remove a file of the tree."""
        (self.root / file).unlink()

    def routine(self, routine: str, body: str, *, roles: str = "worker") -> None:
        """Write a routine of one statement; an internal one has no roles."""
        lines = [f"-- {routine}: do it; or don't.", "--"]
        if not routine.startswith("_"):
            lines += ["-- Returns  rows", "--   n  int  a number", "-- Errors  none"]
            lines += ["-- Writes  none", f"-- Roles  {roles}", f"-- Example  CALL {routine}();"]
        lines += [f"CREATE PROCEDURE {routine} ()", "BEGIN", f"    {body}", "END;"]
        self.write(self.file_of(routine), "\n".join(lines) + "\n")

    def file_of(self, routine: str) -> str:
        """Where a routine's file is."""
        return f"procedures/{'lib' if routine.startswith('_') else 'broker'}/{routine}.sql"

    def upgrade(self) -> None:
        """Turn the tree into its next version: one of each kind of change."""
        self.write("migrations/0002_next.sql", SECOND)
        self.write("errors.tsv", ERRORS.replace("wrong", "very wrong"))
        self.routine("celers_take", "SELECT 2 AS n;", roles="worker, viewer")
        self.routine("celers_new", "SELECT id AS n FROM celers_last;")
        self.remove(self.file_of("celers_count"))


@dataclass(slots=True)
class Place:
    """A database, perhaps not there yet, and the tree to be deployed into it."""

    dsn: Dsn
    tree: SmallTree
    accounts: list[str] = field(default_factory=list)

    @property
    def schema(self) -> str:
        """The database's name."""
        return str(self.dsn.database)

    def migrate(self, **options: Any) -> Report:
        """Deploy without a word."""
        options.setdefault("out", lambda sentence: None)
        return migrate(options.pop("dsn", self.dsn), root=self.tree.root, **options)

    def status(self) -> Status:
        """The state of everything."""
        return status(self.dsn, root=self.tree.root)

    def states(self) -> dict[str, str]:
        """Name and state of everything that is not applied."""
        return {row.name: row.state for row in self.status().rows if row.state != "applied"}

    def verify(self) -> list[Problem]:
        """What has drifted."""
        return verify(self.dsn, root=self.tree.root)

    def sentences(self) -> list[str]:
        """What has drifted, as text."""
        return [str(problem) for problem in self.verify()]

    @contextmanager
    def session(self, dsn: Dsn | None = None) -> Iterator[Session]:
        """A connection inside the database."""
        with Session(dsn or self.dsn) as session:
            session.use()
            yield session

    def run(self, sql: str) -> list[list[tuple[Any, ...]]]:
        """Run statements as the owner of everything."""
        with self.session() as session:
            return session.run(sql)

    def account(self, *grants: str) -> Dsn:
        """A new account with these rights: the DSN to log in with."""
        user = f"mig_{uuid.uuid4().hex[:10]}"
        self.accounts.append(user)
        with Session(self.dsn) as session:
            session.run(f"CREATE USER {quote(user)}@'%' IDENTIFIED BY 'a%:/@b'")
            for grant in grants:
                session.run(f"GRANT {grant} TO {quote(user)}@'%'")
            session.run(f"SET DEFAULT ROLE ALL TO {quote(user)}@'%'")
        return dataclasses.replace(self.dsn, user=user, password="a%:/@b")

    def account_with_role(self, role: str) -> Dsn:
        """A new account that has nothing but one of the roles."""
        return self.account(quote(roles.role_name(self.schema, role)))

    def drop(self) -> None:
        """Remove the database, its roles and its accounts."""
        names = [*(roles.role_name(self.schema, role) for role in ROLES), *self.accounts]
        with Session(self.dsn) as session:
            session.run(f"DROP DATABASE IF EXISTS {name(self.schema)}")
            session.run(f"DROP USER IF EXISTS {', '.join(quote(account) for account in names)}")


@contextmanager
def new_place(server: Dsn, root: Path) -> Iterator[Place]:
    """A place of its own for one test."""
    schema = f"mig_{uuid.uuid4().hex[:12]}"
    place = Place(dataclasses.replace(server, database=schema), SmallTree(root))
    try:
        yield place
    finally:
        place.drop()

"""The four roles of a schema, and what each may do: EXECUTE on its routines, SELECT on its views.

Nothing else is granted: an application's account gets one of the roles and can then call, but
neither read nor write a table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyclient._header import ROLES
from pyclient.migrate.session import Refused, Session, name, quote
from pyclient.migrate.tree import Tree, digest

ROUTINE = "routine"
VIEW = "view"
LONGEST = 32
# Access denied for a database, account, table, table's column, routine; for want of a privilege
# (1227, 1410); an account that does not exist (1410, 3523).
DENIED = frozenset({1044, 1045, 1142, 1143, 1227, 1370, 1410, 3523})


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One right: on a routine or view, to a role by its short name."""

    kind: str
    name: str
    role: str

    def __str__(self) -> str:
        right = "EXECUTE" if self.kind == ROUTINE else "SELECT"
        return f"{right} on {self.name} to {self.role}"


def role_name(schema: str, role: str) -> str:
    """The account name of a role: <schema>_<role>, the schema shortened where it would not fit."""
    full = f"{schema}_{role}"
    if len(full) <= LONGEST:
        return full
    kept = schema[: LONGEST - len(role) - 10]
    return f"{kept}_{digest(schema)[:8]}_{role}"


def role_names(schema: str) -> dict[str, str]:
    """Account name by short name."""
    return {role: role_name(schema, role) for role in ROLES}


def wanted(tree: Tree) -> set[Grant]:
    """Every right that the tree asks for."""
    found = {Grant(ROUTINE, unit.name, role) for unit in tree.routines for role in unit.roles}
    views = tree.view_roles.items()
    return found | {Grant(VIEW, view, role) for view, roles in views for role in roles}


def checksum(grants: Iterable[Grant]) -> str:
    """One checksum of a set of rights."""
    return digest("\n".join(str(grant) for grant in sorted(grants)))


def existing(session: Session) -> set[str] | None:
    """The short names of the roles that exist; None where the account may not look."""
    names = role_names(session.schema)
    listed = ", ".join(quote(account) for account in names.values())
    rows = _look(session, f"SELECT User FROM mysql.user WHERE Host = '%' AND User IN ({listed})")
    if rows is None:
        return None
    accounts = {str(row[0]) for row in rows}
    return {role for role, account in names.items() if account in accounts}


def present(session: Session) -> set[Grant] | None:
    """The rights that the roles have; None where the account may not look."""
    names = {account: role for role, account in role_names(session.schema).items()}
    listed = ", ".join(quote(account) for account in names)
    where = f"Db = {quote(session.schema)} AND Host = '%' AND User IN ({listed})"
    rows = _look(
        session,
        f"SELECT '{ROUTINE}', Routine_name, User FROM mysql.procs_priv WHERE {where}"
        " AND Routine_type = 'PROCEDURE' AND FIND_IN_SET('Execute', Proc_priv)"
        f" UNION ALL SELECT '{VIEW}', Table_name, User FROM mysql.tables_priv WHERE {where}"
        " AND FIND_IN_SET('Select', Table_priv)",
    )
    if rows is None:
        return None
    return {Grant(str(row[0]), str(row[1]), names[str(row[2])]) for row in rows}


def accounts(session: Session) -> set[str] | None:
    """Every account as user@host; None where the account may not look."""
    rows = _look(session, "SELECT CONCAT(User, '@', Host) FROM mysql.user")
    return None if rows is None else {str(row[0]) for row in rows}


def _look(session: Session, sql: str) -> list[tuple[object, ...]] | None:
    try:
        return session.rows(sql)
    except Refused as error:
        if error.errno in DENIED:
            return None
        raise


def create_sql(schema: str, missing: Iterable[str]) -> list[str]:
    """SQL that creates roles."""
    names = [quote(role_name(schema, role)) for role in missing]
    return [f"CREATE ROLE IF NOT EXISTS {account}" for account in names]


def grant_sql(schema: str, kind: str, what: str, to: Iterable[str]) -> str:
    """SQL that grants the one right there is on a routine or view to roles, by short name."""
    accounts = ", ".join(quote(role_name(schema, role)) for role in to)
    right = "EXECUTE ON PROCEDURE" if kind == ROUTINE else "SELECT ON"
    return f"GRANT {right} {name(schema, what)} TO {accounts}"


def grouped(grants: Iterable[Grant]) -> list[tuple[str, str, list[str]]]:
    """Rights by (kind, name), each with its roles, in a fixed order."""
    found: dict[tuple[str, str], list[str]] = {}
    for grant in sorted(grants, key=lambda one: (one.kind, one.name, ROLES.index(one.role))):
        found.setdefault((grant.kind, grant.name), []).append(grant.role)
    return [(kind, what, roles) for (kind, what), roles in found.items()]


def denial(schema: str, error: Refused) -> str:
    """One sentence that names the privilege whose lack was met while dealing with roles."""
    if error.errno == 1227:
        return (
            "roles were not created: this account lacks the privilege CREATE ROLE;"
            " grant it, or create them by hand, and run again"
        )
    if error.errno in (1410, 3523):
        return (
            "grants were not issued: the roles do not exist, or this account lacks"
            f" GRANT OPTION on {schema}; celers stays callable by the account that deployed it"
        )
    return (
        f"grants were not issued: this account lacks GRANT OPTION on {schema}"
        f" (the server answered {error.errno})"
    )

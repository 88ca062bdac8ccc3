"""Who may do what: the rights of the roles, and giving a role to an account."""

from __future__ import annotations

from dataclasses import dataclass

from pyclient.dsn import Dsn
from pyclient.errors import InvalidArgument
from pyclient.migrate import roles
from pyclient.migrate import tree as trees
from pyclient.migrate.errors import MigrateError
from pyclient.migrate.roles import DENIED, VIEW
from pyclient.migrate.session import Refused, Session, quote

_NO_SUCH_ACCOUNT = frozenset({1133, 1410, 3523})


@dataclass(frozen=True, slots=True)
class Right:
    """A right of a role on a routine or a view.

    Attributes:
        role: the name of its account.
        right: EXECUTE or SELECT.
        name: of the routine or view.
        is_given: None = the account that asks may not look.
    """

    role: str
    right: str
    name: str
    is_given: bool | None


def rights(dsn: str | Dsn | None) -> list[Right]:
    """Every right that a deployment gives, and whether it was given; nothing is changed."""
    wanted = roles.wanted(trees.read())
    with Session(dsn) as session:
        session.prepare()
        present = roles.present(session)
        names = roles.role_names(session.schema)
    return [
        Right(
            names[grant.role],
            "SELECT" if grant.kind == VIEW else "EXECUTE",
            grant.name,
            None if present is None else grant in present,
        )
        for grant in sorted(wanted, key=lambda grant: (names[grant.role], grant.kind, grant.name))
    ]


def role_sql(schema: str, account: str, role: str) -> list[str]:
    """SQL that gives a role to an account, and has it active whenever the account logs in.

    Args:
        schema: of celers.
        account: ``user@host``; without a host, any.
        role: its short name, ``worker``.

    Raises:
        InvalidArgument: the account has no name.
    """
    user, _, host = account.rpartition("@") if "@" in account else (account, "", "%")
    user, host = user.strip("'\"`"), host.strip("'\"`")
    if not user or not host:
        raise InvalidArgument(f"{account!r} is no account: it looks like app@% or app@10.0.0.7")
    whole = f"{quote(user)}@{quote(host)}"
    return [
        f"GRANT {quote(roles.role_name(schema, role))} TO {whole}",
        f"SET DEFAULT ROLE ALL TO {whole}",
    ]


def give_role(dsn: str | Dsn | None, account: str, role: str) -> None:
    """Give a role to an account that exists.

    Raises:
        MigrateError: there is no such account or role, or the one that asks may not give it.
    """
    with Session(dsn) as session:
        session.prepare()
        statements = role_sql(session.schema, account, role)
        try:
            session.run(*statements)
        except Refused as error:
            name = roles.role_name(session.schema, role)
            if error.errno in _NO_SUCH_ACCOUNT:
                raise MigrateError(
                    f"account {account} or role {name} does not exist: CREATE USER makes the one,"
                    " celers migrate the other"
                ) from error
            if error.errno in DENIED:
                raise MigrateError(
                    f"role {name} was not given: this account lacks the privilege ROLE_ADMIN"
                ) from error
            raise session.failed(f"cannot give role {name}", error) from error

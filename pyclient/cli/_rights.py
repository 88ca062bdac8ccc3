"""Which role has a right that an account lacks, read from what declares it."""

from __future__ import annotations

import re

from pyclient.cli import _declared
from pyclient.errors import AccessDenied
from pyclient.migrate import ledger, roles, tree

# "execute command denied to user 'a'@'%' for routine 'shop.celers_list_tasks'", and
# "SELECT command denied to user 'a'@'%' for table 'celers_tasks'"
_DENIED = re.compile(
    r"(?P<right>\w+) command denied to user '[^']*'@'[^']*'"
    r" for (?:routine|table) '(?:(?P<schema>[^'.]*)\.)?(?P<name>\w+)'"
)


def advice(error: AccessDenied, schema: str | None = None) -> str | None:
    """One sentence that names the right that is missing and the roles that have it.

    None where the error is of another kind: a login that was refused, for instance.
    """
    found = _DENIED.search(str(error))
    if found is None:
        return None
    right, name = found["right"].upper(), found["name"]
    holders = _holders(name)
    lack = f"{right} on {name} is missing"
    if name == ledger.TABLE:
        return f"{lack}: only the account that deploys the schema has it, no role does"
    if not holders:
        return lack
    schema = found["schema"] or schema
    accounts = [roles.role_name(schema, role) if schema else role for role in holders]
    advice = f"grant the role {_either(accounts)} to this account, see `celers migrate grants`"
    return f"{lack}: {advice}"


def _holders(name: str) -> tuple[str, ...]:
    """The roles that have the right on a routine or view, the admin only if no other has it."""
    routine = _declared.header(name)
    if routine is not None:
        return routine.roles or ("admin",)
    return tuple(role for role in tree.VIEW_ROLES if role != "admin" and _declared.is_view(name))


def _either(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last

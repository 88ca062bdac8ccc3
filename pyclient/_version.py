"""Which schema a client fits: the same major version."""

from __future__ import annotations

from importlib import metadata

from pyclient._call import Result
from pyclient.errors import SchemaOutdated

ROUTINE = "celers_version"
UNKNOWN = "0+unknown"
_COLUMN = "version"


def installed() -> str:
    """The version of the installed package ``celers``, or UNKNOWN where none is installed."""
    try:
        return metadata.version("celers")
    except metadata.PackageNotFoundError:
        return UNKNOWN


def of_result(result: Result) -> str:
    """The schema's version in the answer of celers_version().

    Raises:
        SchemaOutdated: the answer holds none.
    """
    columns, rows = result
    if _COLUMN not in columns or len(rows) != 1:
        raise SchemaOutdated(f"{ROUTINE} does not answer with one row and a column {_COLUMN}")
    return str(rows[0][columns.index(_COLUMN)])


def check(schema: str) -> None:
    """Refuse a schema of another major version than the installed package's.

    Raises:
        SchemaOutdated: it is.
    """
    client = installed()
    if client != UNKNOWN and _major(schema) != _major(client):
        raise SchemaOutdated(
            f"the schema is celers {schema}, this client is celers {client}: upgrade the older of "
            "the two (`celers migrate` upgrades the schema)"
        )


def _major(version: str) -> str:
    return version.partition(".")[0].partition("+")[0]

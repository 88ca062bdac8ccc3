"""The server that the environment names: somebody else's, used as it is."""

import os
from typing import TYPE_CHECKING

from tools.server import version
from tools.server.errors import ServerError
from tools.server.server import Server

if TYPE_CHECKING:
    from pyclient.dsn import Dsn

VARIABLE = "CELERS_DSN"


def given() -> Server | None:
    """The server of CELERS_DSN, None if it is not set.

    Raises ServerError if the DSN is malformed, nobody can log in with it, or celers does not run
    on that server.
    """
    url = os.environ.get(VARIABLE)
    if not url:
        return None
    dsn = _parse(url)
    return Server(
        url=url,
        host=dsn.host,
        port=dsn.port,
        socket=dsn.socket or "",
        version=version.require(_version_text(dsn), f"The server of {VARIABLE}"),
        how=f"the server of {VARIABLE}",
    )


# The driver and the client are imported only here: the rest of this package works without them.


def _parse(url: str) -> "Dsn":
    from pyclient.dsn import Dsn
    from pyclient.errors import InvalidDsn

    try:
        return Dsn.parse(url)
    except InvalidDsn as error:
        raise ServerError(f"{VARIABLE} is of no use: {error}.") from error


def _version_text(dsn: "Dsn") -> str:
    import mysql.connector

    # The database that it names may be yet to be made.
    login = {**dsn.connect_args(), "database": None}
    try:
        with mysql.connector.connect(**login) as connection:
            return str(connection.server_info)
    except (mysql.connector.Error, ImportError) as error:
        raise ServerError(f"Nobody can log in with {VARIABLE}: {error}.") from error

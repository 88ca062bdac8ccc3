"""Everything that pyclient raises.

The errors that the routines raise themselves have one class each, generated from db/errors.tsv:
``from pyclient.errors import LeaseLost``. Each is a subclass of its kind: InvalidArgument,
NotFound, Conflict, Limited, Unavailable or InternalError. What the client finds by itself has its
classes here. Every class is a CelersError.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyclient._errors_generated import *  # noqa: F403

_OWN_NUMBERS = range(50000, 52000)
_OWN_MESSAGE = re.compile(
    r"(?P<name>[A-Z][A-Z0-9_]*): (?:.*?)(?: \((?P<detail>.*?)\)?)?\Z", re.DOTALL
)


class CelersError(Exception):
    """Base of everything that pyclient raises.

    Attributes:
        number: the server's error number, or None where no server spoke.
        name: the name in the error catalogue (``LEASE_LOST``), or "" for all other errors.
        kind: ``invalid``, ``not_found``, ``conflict``, ``limited``, ``unavailable`` or
            ``internal`` as in the catalogue; ``setup`` where the installation needs a person.
        detail: what the routine added to the catalogue's text, or None.
        sqlstate: the server's SQLSTATE, or None where the driver does not tell.
    """

    number: int | None = None
    name: str = ""
    kind: str = "internal"

    def __init__(
        self,
        text: str = "",
        *,
        number: int | None = None,
        name: str | None = None,
        detail: str | None = None,
        sqlstate: str | None = None,
    ) -> None:
        super().__init__(text)
        if number is not None:
            self.number = number
        if name is not None:
            self.name = name
        self.detail = detail
        self.sqlstate = sqlstate

    @property
    def is_own(self) -> bool:
        """Whether a routine of celers raised it: the connection is then as good as before."""
        return self.number in _OWN_NUMBERS


class InvalidArgument(CelersError):
    """An argument that is wrong by itself: the same call can never succeed."""

    kind = "invalid"


class NotFound(CelersError):
    """What the call names does not exist."""

    kind = "not_found"


class Conflict(CelersError):
    """The state of things does not allow the call."""

    kind = "conflict"


class Limited(CelersError):
    """A limit or quota is reached: the same call may succeed later."""

    kind = "limited"


class Unavailable(CelersError):
    """The server cannot answer now: the same call may succeed later."""

    kind = "unavailable"


class InternalError(CelersError):
    """Something that should not happen: please report it."""


class InvalidDsn(InvalidArgument):
    """A DSN that cannot be read. The text never quotes the DSN: it holds a password."""


class ConnectionLost(Unavailable):
    """The server was not reached, or the connection broke or timed out in the middle of a call.

    The call may have been carried out. Calls are repeatable: the same arguments may be sent again.
    """


class PoolTimeout(Unavailable):
    """All connections of the pool stayed in use for as long as the caller was willing to wait."""


class DeadlockError(Unavailable):
    """The server chose the call as the victim of a deadlock, each time it was tried (1213)."""


class LockTimeout(Unavailable):
    """A row that the call needs stayed locked for too long, each time it was tried (1205)."""


class TransactionAborted(Conflict):
    """An earlier call broke the transaction: nothing of it is kept, and nothing more can join it.

    ``__cause__`` is the error of that earlier call.
    """


class SetupError(CelersError):
    """The installation is not right: a person has to act."""

    kind = "setup"


class SchemaMissing(SetupError):
    """The database, or the called routine in it, does not exist (1046, 1049, 1146, 1305)."""


class SchemaOutdated(SetupError):
    """The schema was deployed by a celers that this client does not fit."""


class AccessDenied(SetupError):
    """The account may not log in, or may not call the routine."""


class ServerUnsupported(SetupError):
    """The server is not a MySQL that celers runs on."""


class DriverUnsupported(SetupError):
    """The MySQL driver, or a connection brought by the caller, cannot be used as it is."""


class ServerError(InternalError):
    """Any other error of the server or the driver; ``__cause__`` is the driver's exception."""


_BY_ERRNO: dict[int, type[CelersError]] = {
    number: error_class
    for error_class, numbers in {
        DeadlockError: (1213,),
        LockTimeout: (1205, 3572),
        ConnectionLost: (
            *(1053, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 4031),  # broken while talking
            *(
                2001,
                2002,
                2003,
                2004,
                2005,
                2006,
                2011,
                2012,
                2013,
                2027,
                2055,
            ),  # seen by the client
            *(1290, 1836, 3100, 3101),  # read-only or refused: another server is the primary now
        ),
        SchemaMissing: (1046, 1049, 1146, 1305),
        AccessDenied: (
            *(1044, 1045, 1142, 1143, 1227, 1370, 1698, 1820, 1862, 3118, 3955),
            *(2059, 2061),  # an authentication that the driver or the connection does not offer
        ),
        Unavailable: (1040, 1203, 1226),  # too many connections, or an account's hourly quota
        InvalidArgument: (1153, 2020),  # larger than max_allowed_packet
    }.items()
    for number in numbers
}


def from_server(number: int, sqlstate: str | None, message: str) -> CelersError:
    """The exception for an error number that a server or a driver reported.

    Args:
        number: the error number, 0 or less where the driver has none.
        sqlstate: the five characters, or None where the driver does not tell.
        message: the text as the server sent it.
    """
    if number in _OWN_NUMBERS and sqlstate in (None, "45000"):
        return _own(number, sqlstate, message)
    error_class = _BY_ERRNO.get(number, ServerError)
    return error_class(_with_advice(error_class, number, message), number=number, sqlstate=sqlstate)


def _own(number: int, sqlstate: str | None, message: str) -> CelersError:
    from pyclient._errors_generated import BY_NUMBER

    found = _OWN_MESSAGE.match(message)
    return BY_NUMBER.get(number, CelersError)(
        message,
        number=number,
        name=found["name"] if found else None,
        detail=found["detail"] if found else None,
        sqlstate=sqlstate,
    )


def _with_advice(error_class: type[CelersError], number: int, message: str) -> str:
    if error_class is SchemaMissing:
        return f"{message} [{number}]: is celers deployed there? `celers migrate` does it"
    return f"{message} [{number}]"


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """The generated classes, loaded at their first use: they are subclasses of ours."""
        if not name.startswith("_"):
            from pyclient import _errors_generated

            if name in _errors_generated.__all__:
                return getattr(_errors_generated, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

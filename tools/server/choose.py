"""The order in which servers are tried, and the one that is taken."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tools.server import dev
from tools.server.container import container
from tools.server.errors import ServerError
from tools.server.given import VARIABLE, given
from tools.server.say import say
from tools.server.server import Server
from tools.server.throwaway import private

WAYS = (
    f"Set {VARIABLE} to the DSN of a MySQL server; or start Docker; or install MySQL 8.0.29 or "
    "newer, so that mysqld is on PATH; or use a Debian or Ubuntu machine, whose packages of MySQL "
    "are unpacked for you."
)


@contextmanager
def acquire() -> Iterator[Server]:
    """A server for the block: the first there is.

    The order: the one of CELERS_DSN, the development server, a container, a private server from
    mysqld on PATH, a private server from unpacked packages of Debian or Ubuntu.

    The choice is printed to stderr, with what was passed over and why. Raises ServerError if there
    is none, or if CELERS_DSN is set and is of no use.
    """
    with ExitStack() as stack:
        server = given() or dev.running() or _new(stack)
        passed_over = ["Passed over:", *server.passed_over] if server.passed_over else []
        say(" ".join([f"MySQL {server.version}: {server.how}.", *passed_over]))
        yield server


def _new(stack: ExitStack) -> Server:
    reasons: list[str] = []
    for way in (container, private):
        try:
            server = stack.enter_context(way())
        except ServerError as error:
            reasons.append(str(error))
        else:
            server.passed_over = (*reasons, *server.passed_over)
            return server
    raise ServerError(" ".join(["There is no MySQL server to be had.", WAYS, *reasons]))

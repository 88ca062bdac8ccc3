"""A MySQL server, a deployed schema, connections: the fixtures that all tests share."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tools import freshschema, sqlclient
from tools import server as servers
from tools.freshschema import Schema
from tools.routinecoverage import Coverage

_COVERAGE = pytest.StashKey[Coverage]()
Call = Callable[[Any, str], sqlclient.Rows]
Connect = Callable[..., Any]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option for the coverage of routines."""
    parser.addoption(
        "--routine-coverage",
        type=float,
        metavar="PERCENT",
        help="list the statements of routines that no test executed; fail below PERCENT, and where "
        "a routine was not executed at all; 0 = never fail",
    )


@pytest.fixture(scope="session")
def server() -> Iterator[servers.Server]:
    """A MySQL server: that of CELERS_DSN, or the first there is."""
    with servers.acquire() as found:
        yield found


@pytest.fixture(scope="session")
def deployed(server: servers.Server, request: pytest.FixtureRequest) -> Iterator[Schema]:
    """The schema of this process, deployed once and dropped at the end: use ``schema``."""
    schema = freshschema.deploy(server)
    coverage = request.config.stash.get(_COVERAGE, None)
    if coverage:
        coverage.start(server)
    yield schema
    if coverage:
        coverage.stop()
    freshschema.drop(schema)


@pytest.fixture
def schema(deployed: Schema, request: pytest.FixtureRequest) -> Iterator[Schema]:
    """A deployed schema, its tables as new: ``schema.name``, ``schema.dsn``."""
    freshschema.reset(deployed)
    yield deployed
    coverage = request.config.stash.get(_COVERAGE, None)
    if coverage:
        coverage.collect()


@pytest.fixture
def connect(schema: Schema) -> Iterator[Connect]:
    """Open raw connections to the schema, autocommit on; they are closed after the test.

    ``connect()``, ``connect(autocommit=False)``, ``connect(dsn=…)``.
    """
    opened: list[Any] = []

    def factory(dsn: str | None = None, **changes: Any) -> Any:
        opened.append(sqlclient.connect(dsn or schema.dsn, **changes))
        return opened[-1]

    yield factory
    for connection in opened:
        connection.close()


@pytest.fixture
def call() -> Call:
    """Send one statement over a raw connection, read all of the answer, return the rows.

    ``call(connection, "CALL celers_dequeue()")``; the rows know their ``columns``.
    """
    return sqlclient.call


def pytest_configure(config: pytest.Config) -> None:
    """Prepare coverage where it is asked for, and have Ctrl-C work in what tests start.

    A shell starts its background jobs with SIGINT ignored, and their children inherit that.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("routine_coverage", None) is not None:
        if hasattr(config, "workerinput") or config.getoption("numprocesses", None):
            raise pytest.UsageError("--routine-coverage needs one process: leave out -n")
        config.stash[_COVERAGE] = Coverage(config.rootpath)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not executed."""
    coverage = terminalreporter.config.stash.get(_COVERAGE, None)
    if coverage:
        terminalreporter.section("statements of routines that no test executed")
        for line in coverage.report():
            terminalreporter.write_line(line)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail below the threshold, and where a routine was not executed at all."""
    coverage = session.config.stash.get(_COVERAGE, None)
    wanted = session.config.getoption("routine_coverage", None)
    if coverage and wanted and (coverage.percent() < wanted or coverage.idle()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

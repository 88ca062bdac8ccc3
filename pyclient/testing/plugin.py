"""The pytest plugin: fixtures with a real schema on a real server, for applications' tests.

It is loaded in every project where celers is installed, so it imports nothing before a fixture is
used, and all of its names begin with ``celers_``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pyclient.app import App
    from pyclient.client import Client
    from pyclient.testing.schema import Schema
    from pyclient.testing.server import Server


@pytest.fixture(scope="session")
def celers_server() -> Iterator[Server]:
    """A MySQL server: that of CELERS_TEST_DSN or CELERS_DSN, else a container.

    Without one its tests are skipped; where the environment variable CI is set they fail.
    """
    from pyclient.testing.server import NoServer, find

    try:
        with find() as server:
            yield server
    except NoServer as error:
        if os.environ.get("CI"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def _celers_deployed(celers_server: Server) -> Iterator[Schema]:
    """The schema of this process, deployed once and dropped at the end."""
    from pyclient.errors import CelersError
    from pyclient.testing.schema import Schema

    try:
        schema = Schema(celers_server.dsn)
    except CelersError as error:
        notes = getattr(error, "__notes__", [])
        pytest.fail("\n".join([f"{celers_server.how}: {error}", *notes]), pytrace=False)
    yield schema
    schema.drop()


@pytest.fixture
def celers_schema(_celers_deployed: Schema) -> Schema:
    """A deployed schema, its tables as new: ``celers_schema.dsn``, ``celers_schema.name``."""
    _celers_deployed.reset()
    return _celers_deployed


@pytest.fixture
def celers_client(celers_schema: Schema) -> Iterator[Client]:
    """A client of the schema."""
    import pyclient

    with pyclient.connect(celers_schema.dsn) as client:
        yield client


@pytest.fixture
def celers_bind(
    celers_schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[App], App]]:
    """Point apps at the schema until the end of the test: ``celers_bind(app)`` gives the app back.

    CELERS_DSN is set too, and the functions of the module pyclient go there: for code that enqueues
    without an app, and for programs that the test starts.
    """
    from pyclient import _default
    from pyclient.dsn import Dsn
    from pyclient.testing._binding import bound

    monkeypatch.setenv("CELERS_DSN", celers_schema.dsn)
    monkeypatch.setattr(_default, "_client", None)
    with ExitStack() as stack:

        def bind(app: App) -> App:
            stack.enter_context(bound(app, Dsn.parse(celers_schema.dsn)))
            return app

        yield bind
        if _default._client is not None:
            _default._client.close()

"""The plugin is tried as its users do: in projects of their own, run by pytest's own fixture."""

from __future__ import annotations

import pytest

from pyclient.testing import Server as TestServer
from tools.server import Server

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session")
def celers_server(server: Server) -> TestServer:
    """The plugin's tests in this process use the server of the repository's tests."""
    return TestServer(server.dsn(), server.how)


@pytest.fixture
def project(
    pytester: pytest.Pytester, server: Server, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """A folder with a project that uses celers, and CELERS_TEST_DSN set."""
    monkeypatch.setenv("CELERS_TEST_DSN", server.dsn())
    monkeypatch.delenv("CELERS_DSN", raising=False)
    monkeypatch.delenv("CI", raising=False)
    return pytester

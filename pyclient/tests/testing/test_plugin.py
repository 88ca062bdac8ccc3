"""The fixtures of the plugin, in other people's projects."""

from __future__ import annotations

import sys

import pytest

from tools import sqlclient
from tools.server import Server

USES_IT = """
    def test_first(celers_client):
        celers_client.call_enqueue("mail", "send", {"to": "a@b.c"})
        assert celers_client.call_queue_size("mail").ready == 1

    def test_second(celers_client, celers_schema):
        assert celers_client.call_queue_size("mail").ready == 0
        print("used", celers_schema.name)
"""
DATABASES = "SHOW DATABASES LIKE 'celers\\_test\\_%'"


def test_each_test_sees_a_schema_as_new(project: pytest.Pytester, server: Server) -> None:
    project.makepyfile(USES_IT)
    result = project.runpytest_subprocess("-s", "-W", "error")
    result.assert_outcomes(passed=2)
    [used] = [line for line in result.outlines if "used" in line]
    connection = sqlclient.connect(server.dsn(), database=None)
    left = [name for (name,) in sqlclient.results(connection, DATABASES)[0]]
    assert used.split()[-1].startswith("celers_test_")
    assert used.split()[-1] not in left
    connection.close()


def test_processes_of_xdist_do_not_meet(project: pytest.Pytester) -> None:
    project.makepyfile(test_a=USES_IT, test_b=USES_IT)
    project.runpytest_subprocess("-n2").assert_outcomes(passed=4)


def test_celers_dsn_will_do(
    project: pytest.Pytester, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CELERS_TEST_DSN")
    monkeypatch.setenv("CELERS_DSN", server.dsn("some_database_that_is_not_touched"))
    project.makepyfile(USES_IT)
    project.runpytest_subprocess().assert_outcomes(passed=2)
    connection = sqlclient.connect(server.dsn(), database=None)
    databases = sqlclient.results(connection, "SHOW DATABASES LIKE 'some\\_database%'")[0]
    assert databases == []
    connection.close()


@pytest.mark.parametrize(("missing", "said"), [
    ("docker", "testcontainers is not installed"),
    ("nothing_at_all", "Docker does not answer"),
])  # fmt: skip
def test_without_a_server_tests_are_skipped_with_advice(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, missing: str, said: str
) -> None:
    monkeypatch.delenv("CELERS_TEST_DSN")
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    project.makeconftest(f"import sys; sys.modules[{missing!r}] = None")
    project.makepyfile(USES_IT)
    result = project.runpytest_subprocess("-rs")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(
        [f"*no MySQL server: {said}. set CELERS_TEST_DSN to the DSN of a MySQL server*"]
    )


def test_without_a_server_tests_fail_where_it_counts(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CELERS_TEST_DSN")
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    monkeypatch.setenv("CI", "true")
    project.makepyfile(USES_IT)
    result = project.runpytest_subprocess()
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*no MySQL server: *set CELERS_TEST_DSN*"])


def test_a_wrong_dsn_is_an_error_and_shows_no_password(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELERS_TEST_DSN", "mysql://root:verysecret@127.0.0.1:1/")
    project.makepyfile(USES_IT)
    result = project.runpytest_subprocess("-l")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["CELERS_TEST_DSN: Can't connect to MySQL server on *"])
    result.stdout.no_fnmatch_line("*verysecret*")


def test_a_project_that_does_not_use_it_loads_nothing(project: pytest.Pytester) -> None:
    project.makepyfile("""
        import sys

        def test_loaded():
            loaded = {name for name in sys.modules if name.startswith(("pyclient", "mysql"))}
            assert loaded == {"pyclient", "pyclient.testing", "pyclient.testing.plugin"}
    """)
    project.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_plugin_is_there_by_installing(project: pytest.Pytester) -> None:
    result = project.run(sys.executable, "-m", "pytest", "--fixtures", "-p", "no:xdist")
    result.stdout.fnmatch_lines(["*fixtures defined from pyclient.testing.plugin*"])

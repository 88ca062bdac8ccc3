"""``celers completion``, and what is completed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

import pyclient
from pyclient.tests.cli.datakit import HOSTILE, enqueue
from pyclient.tests.cli.opskit import account, celers
from tools.freshschema import Schema


def complete(dsn: str | None, *words: str) -> list[str]:
    """What bash would offer for the last of the words."""
    code = (
        "import sys; sys.argv = ['celers']; from pyclient.cli._group import build;"
        " from pyclient.cli import COMMANDS;"
        " build(COMMANDS).main(prog_name='celers', complete_var='_CELERS_COMPLETE')"
    )
    environment = {
        **os.environ,
        "_CELERS_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["celers", *words]),
        "COMP_CWORD": str(len(words)),
    }
    environment.pop("CELERS_DSN", None)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment if dsn is None else {**environment, "CELERS_DSN": dsn},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_printed(shell: str) -> None:
    done = celers(None, "completion", shell)
    assert done.code == 0
    assert f"_CELERS_COMPLETE={shell}_complete" in done.out
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=done.out, text=True, timeout=60, check=True)


def test_another_shell_is_refused() -> None:
    assert celers(None, "completion", "tcsh").code == 2


def test_commands_and_options_are_completed_without_a_server() -> None:
    assert "task" in complete(None, "ta")
    assert complete(None, "task", "sh") == ["show"]
    assert "--show-payload" in complete(None, "task", "show", "--show")
    assert complete(None, "task", "list", "--state", "fa") == ["failed"]


def test_names_are_completed(schema: Schema, client: pyclient.Client) -> None:
    enqueue(client, "mail", "send")
    enqueue(client, "mails", "scale")
    enqueue(client, "images", HOSTILE)
    assert complete(schema.dsn, "task", "list", "-Q", "ma") == ["mail", "mails"]
    assert complete(schema.dsn, "queue", "pause", "im") == ["images"]
    assert complete(schema.dsn, "enqueue", "s") == ["scale", "send"]
    assert complete(schema.dsn, "enqueue", "a") == []


def test_without_a_right_nothing_is_offered(schema: Schema, client: pyclient.Client) -> None:
    enqueue(client)
    assert complete(account(schema, "producer"), "queue", "pause", "m") == []


def test_a_server_that_is_not_there_or_silent_does_not_hold_the_shell_up() -> None:
    assert complete("mysql://u:geheim@127.0.0.1:1/celers", "queue", "pause", "m") == []
    assert complete("nonsense", "queue", "pause", "m") == []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        began = time.monotonic()
        assert complete(f"mysql://u@127.0.0.1:{port}/celers", "queue", "pause", "m") == []
        assert time.monotonic() - began < 30

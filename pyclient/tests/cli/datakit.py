"""What the tests of the data commands share: stdin, terminals, tasks in every state."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios
from typing import Any

from click.testing import CliRunner

import pyclient
from pyclient.cli import COMMANDS
from pyclient.cli._group import build
from pyclient.tests.cli.opskit import Run

#: What a terminal could be tricked with, what breaks lines and columns, and what needs four bytes.
HOSTILE = "a\x1b[31mred\x07\tb\nc\r\x9b2Jd\u202egnp\u2028e\\f\x7f'\"`%s{}[bold]🦊"
_STYLE = re.compile("\x1b\\[[0-9;]*m")


def feed(dsn: str, content: str | bytes, *words: str) -> Run:
    """Run a command with this on its stdin."""
    runner = CliRunner(env={"CELERS_DSN": dsn, "CELERS_CONFIG": None})
    done = runner.invoke(build(COMMANDS), words, input=content, prog_name="celers")
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Run(done.exit_code, done.stdout, done.stderr)


def on_terminal(dsn: str, *words: str, keys: str = "", width: int = 160, **more: str) -> Run:
    """Run a command on a terminal of its own, where stderr is shown too; answer its question."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, width))
    foreign = ("NO_COLOR", "COLUMNS", "LINES")  # the test decides, not the terminal it runs in
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    process = subprocess.Popen(
        [sys.executable, "-m", "pyclient", *words],
        env=environment | {"CELERS_DSN": dsn, "TERM": "xterm", **more},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        shown += chunk
        if keys and b"[y/N]" in shown:
            os.write(ours, keys.encode())
            keys = ""
    os.close(ours)
    return Run(process.wait(60), shown.decode().replace("\r\n", "\n"), "")


def plain(text: str) -> str:
    """The text without colours."""
    return _STYLE.sub("", text)


def enqueue(client: pyclient.Client, queue: str = "mail", name: str = "send", **more: Any) -> str:
    """One task; its id."""
    return client.call_enqueue(queue, name, more.pop("payload", {}), **more).task_id


def kill(client: pyclient.Client, queue: str = "mail", error: str = "no route", **more: Any) -> str:
    """A dead letter; its id."""
    task_id = enqueue(client, queue, **more)
    claimed = next(row for row in client.call_dequeue_batch(queue, "w", 1))
    assert claimed.task_id == task_id
    client.call_reject(task_id, claimed.receipt, error, retry=False)
    return task_id


def finish(client: pyclient.Client, queue: str = "mail", result: str = '{"sent":1}') -> str:
    """A completed task; its id."""
    task_id = enqueue(client, queue)
    claimed = client.call_dequeue_batch(queue, "w", 1)[0]
    assert claimed.task_id == task_id
    item = {"task_id": task_id, "receipt": claimed.receipt, "result": result}
    client.call_ack_batch([item])
    return task_id

"""``celers top``: on a terminal of its own, in a pipe, and while the server is away."""

from __future__ import annotations

import dataclasses
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator

import pytest

import pyclient
from pyclient.dsn import Dsn
from pyclient.tests.cli.datakit import kill
from pyclient.tests.cli.opskit import account, celers, url
from pyclient.tests.cutter import Cutter
from tools.freshschema import Schema

_ESCAPE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
_ALTERNATE, _NORMAL = b"\x1b[?1049h", b"\x1b[?1049l"


#: Without the size of the terminal that the test itself runs in.
_OWN = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}


class Screen:
    """``celers top`` on a terminal, its keyboard and its screen."""

    def __init__(self, dsn: str, *words: str, size: tuple[int, int]) -> None:
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, size)
        self._before = termios.tcgetattr(theirs)
        self._theirs = theirs
        self.shown = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pyclient", "top", *words],
            env={**_OWN, "CELERS_DSN": dsn, "TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )

    def until(self, text: str, timeout_s: float = 60) -> str:
        """Wait until the screen, of which only what is new counts, shows this."""
        begun, start = time.monotonic(), len(self.shown)
        while time.monotonic() - begun < timeout_s:
            if select.select([self._ours], [], [], 0.2)[0]:
                self.shown += os.read(self._ours, 65536)
            now = _ESCAPE.sub(b"", self.shown[start:]).decode(errors="replace")
            if text in now:
                return now
        raise AssertionError(f"never saw {text!r} in {now!r}")

    def press(self, key: str) -> None:
        """Press a key."""
        os.write(self._ours, key.encode())

    def end(self) -> int:
        """Wait for its end; the exit code. The terminal is as it was."""
        code = self.process.wait(60)
        while select.select([self._ours], [], [], 0)[0]:
            self.shown += os.read(self._ours, 65536)
        assert self.shown.count(_ALTERNATE) == self.shown.count(_NORMAL) == 1
        assert termios.tcgetattr(self._theirs) == self._before
        return code

    def close(self) -> None:
        """End it whatever happened."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)


Show = Callable[..., Screen]


@pytest.fixture
def show() -> Iterator[Show]:
    """Start it on a terminal; what still runs at the end of the test is killed."""
    started: list[Screen] = []

    def start(dsn: str, *words: str, size: tuple[int, int] = (30, 120)) -> Screen:
        started.append(Screen(dsn, *words, size=size))
        return started[-1]

    yield start
    for screen in started:
        screen.close()


def test_a_key_ends_it(schema: Schema, client: pyclient.Client, show: Show) -> None:
    client.call_enqueue("mail", "send", {})
    screen = show(account(schema, "viewer"), "-i", "200ms")
    assert "READY  SCHEDULED  RUNNING" in screen.until("mail ")
    client.call_enqueue("parcels", "send", {})
    screen.until("parcels ")
    screen.press("xq")
    assert screen.end() == 0


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_signals_end_it(schema: Schema, show: Show, number: signal.Signals, code: int) -> None:
    screen = show(schema.dsn, "-i", "200ms")
    screen.until("QUEUE")
    screen.process.send_signal(number)
    assert screen.end() == code


def test_a_small_screen_shows_the_busiest(
    schema: Schema, client: pyclient.Client, show: Show
) -> None:
    for number in range(20):
        tasks = [{"task_name": "send", "payload": {}}] * (number + 1)
        client.call_enqueue_batch(f"queue{number:02}", tasks)
    kill(client, "grave")
    screen = show(schema.dsn, size=(14, 80))
    seen = screen.until("no route")
    assert "queue19" in seen
    assert "and 17 more" in seen
    assert "P95 WAIT" not in seen
    screen.press("q")
    assert screen.end() == 0


def test_while_the_server_is_away_the_last_look_stays(schema: Schema, show: Show) -> None:
    parsed = Dsn.parse(schema.dsn)
    cutter = Cutter(parsed.host, parsed.port)
    away = dataclasses.replace(parsed, socket=None, port=cutter.port, host="127.0.0.1")
    try:
        screen = show(url(away), "-i", "100ms", "--timeout", "1s")
        screen.until("QUEUE")
        cutter.share = 1.0
        screen.until("as it was then: ")
        cutter.share = 0.0
        screen.until("QUEUE")
        screen.press("q")
        assert screen.end() == 0
    finally:
        cutter.close()


def test_in_a_pipe_it_is_one_look(schema: Schema, client: pyclient.Client) -> None:
    kill(client, "mail", error="no route\n\nin send, line 1")
    done = celers(schema.dsn, "top")
    assert (done.code, done.err) == (0, "")
    assert "no route" in done.out
    assert "in send" not in done.out
    assert "\x1b" not in done.out
    lines = done.out.splitlines()
    assert lines[0].endswith(f"  {schema.name} @ {_place(schema)}")
    queue = next(line for line in lines if line.startswith("mail "))
    assert queue.split()[1:6] == ["active", "0", "0", "0", "1"]
    assert any(line.startswith("DEAD LETTER") for line in lines)


def _place(schema: Schema) -> str:
    parsed = Dsn.parse(schema.dsn)
    return parsed.socket or f"{parsed.host}:{parsed.port}"


def test_in_json_it_is_one_object(schema: Schema, client: pyclient.Client) -> None:
    client.call_enqueue("mail", "send", {})
    client.call_register_worker("w", queues="mail")
    (record,) = celers(schema.dsn, "top", "--json").records
    assert list(record) == ["schema", "at", "overdue_s", "queues", "workers", "failures"]
    assert [(queue["queue"], queue["ready"]) for queue in record["queues"]] == [("mail", 1)]
    assert [worker["worker_id"] for worker in record["workers"]] == ["w"]


def test_what_cannot_be_is_said(schema: Schema) -> None:
    assert celers(schema.dsn, "top", "-i", "0s").code == 2
    denied = celers(account(schema, "producer"), "top")
    assert denied.code == 1
    assert f"{schema.name}_viewer" in denied.err

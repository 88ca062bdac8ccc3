"""How data look on a terminal, in a pipe and as JSON, whatever they hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import pyclient
from pyclient.cli._output import as_cell, as_json, visible
from pyclient.cli._table import as_span, as_text
from pyclient.tests.cli.datakit import HOSTILE, enqueue, kill, on_terminal, plain
from pyclient.tests.cli.opskit import celers, start
from tools.freshschema import Schema


@pytest.fixture
def hostile(client: pyclient.Client) -> str:
    """A dead letter whose name and error are hostile; its id."""
    return kill(client, name=HOSTILE, error=HOSTILE)


def unescaped(cell: str) -> str:
    """What as_cell() was given."""
    return cell.encode("latin-1", "backslashreplace").decode("unicode_escape")


def test_a_pipe_gets_one_line_a_task_and_one_cell_a_field(schema: Schema, hostile: str) -> None:
    done = celers(schema.dsn, "task", "list")
    heading, line = done.out.splitlines()
    assert heading.split("\t") == [
        "task_id",
        "queue",
        "task_name",
        "state",
        "attempt",
        "created_at",
        "error",
    ]
    cells = line.split("\t")
    assert len(cells) == 7
    assert (cells[0], cells[1], cells[3], cells[4]) == (hostile, "mail", "dead", "1")
    assert unescaped(cells[2]) == unescaped(cells[6]) == HOSTILE
    assert cells[5].endswith("Z")


def test_json_keeps_hostile_text_and_holds_no_control_character(
    schema: Schema, hostile: str
) -> None:
    done = celers(schema.dsn, "task", "show", hostile, "--json")
    assert done.out.count("\n") == 1
    assert visible(done.out, keep="\n") == done.out
    (task,) = done.records
    assert task["task_name"] == task["error"] == task["attempts"][0]["error"] == HOSTILE


@pytest.mark.parametrize("words", [["task", "list"], ["dlq", "show"], ["task", "show"]])
def test_a_terminal_sees_escapes_instead_of_control_characters(
    schema: Schema, hostile: str, words: list[str]
) -> None:
    shown = plain(on_terminal(schema.dsn, *words, *([hostile] if "show" in words else [])).out)
    assert hostile in shown
    assert r"a\x1b[31mred\x07\tb" in shown
    assert visible(shown, keep="\n") == shown
    assert "[bold]" in shown or words == ["task", "list"]


def test_colours_are_for_terminals_that_want_them(schema: Schema, hostile: str) -> None:
    assert "\x1b[31mdead" in on_terminal(schema.dsn, "task", "list").out
    assert "\x1b" not in on_terminal(schema.dsn, "task", "list", "--no-color").out
    assert "\x1b" not in on_terminal(schema.dsn, "task", "list", NO_COLOR="please").out
    assert "\x1b" not in celers(schema.dsn, "task", "list").out


def test_ids_are_whole_on_a_narrow_terminal(schema: Schema, hostile: str) -> None:
    assert hostile in on_terminal(schema.dsn, "task", "list", width=60).out


def test_nothing_but_long_texts_is_shortened_on_a_narrow_terminal(
    schema: Schema, client: pyclient.Client
) -> None:
    name = "accounting.invoices.remind"
    task_id = kill(client, name=name, error="no route to the host of the recipient")
    heading, line = plain(on_terminal(schema.dsn, "dlq", "list", width=60).out).splitlines()[-2:]
    assert [task_id, "mail", name, "permanent", "1"] == line.split()[:5]
    assert line.rstrip().endswith("…")
    assert heading.split()[-3:] == ["ERRORS", "DIED", "ERROR"]
    duties = plain(on_terminal(schema.dsn, "maintenance", "list", width=60).out)
    assert "archive_completed_tasks  yes         60 000  1 000" in duties


def test_headings_are_folded_where_room_is_short(schema: Schema, client: pyclient.Client) -> None:
    client.call_enqueue("mail", "send", {})
    wide = plain(on_terminal(schema.dsn, "queue", "list").out)
    assert "OLDEST READY" in wide
    narrow = plain(on_terminal(schema.dsn, "queue", "list", width=64).out).splitlines()
    assert (narrow[0].split(), narrow[1].split()[6]) == (["OLDEST"], "READY")


def test_a_list_without_anything_has_its_heading_in_a_pipe_only(schema: Schema) -> None:
    done = celers(schema.dsn, "task", "list")
    assert (done.out.count("\n"), done.err) == (1, "no task is like that\n")
    assert celers(schema.dsn, "task", "list", "-q").err == ""
    assert celers(schema.dsn, "task", "list", "--json").out == ""
    assert on_terminal(schema.dsn, "task", "list").out == "no task is like that\n"


def test_a_reader_that_leaves_ends_the_command_quietly(
    schema: Schema, client: pyclient.Client
) -> None:
    client.call_enqueue_batch("mail", [{"task_name": "t", "payload": {"x": "y" * 900}}] * 300)
    process = start(schema.dsn, "export")
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith('{"schema"')
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(60) == 141
    process.stderr.close()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_a_full_disk_is_said(schema: Schema, client: pyclient.Client) -> None:
    enqueue(client)
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pyclient", "export"],
            env=os.environ | {"CELERS_DSN": schema.dsn},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=100,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "celers: [Errno 28] No space left on device\n"


def test_an_encoding_without_the_characters_gets_escapes(
    schema: Schema, client: pyclient.Client
) -> None:
    enqueue(client, name="größe🦊")
    done = subprocess.run(
        [sys.executable, "-m", "pyclient", "task", "list", "--json"],
        env=os.environ | {"CELERS_DSN": schema.dsn, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["task_name"] == "größe🦊"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.25, "0.2s"),
        (42, "42s"),
        (723, "12m3s"),
        (3600, "1h"),
        (3603, "1h"),
        (93_784, "1d2h"),
        (604_800, "7d"),
    ],
)
def test_spans_are_short(seconds: float, text: str) -> None:
    assert as_span(seconds) == text


def test_a_value_is_read_by_its_type_and_its_field() -> None:
    assert as_text("ready", 1204).plain == "1 204"
    assert as_text("wait_p95_ms", 1204.56).plain == "1 204.6"
    assert as_text("pid", 12345).plain == "12345"
    assert as_text("oldest_ready_s", 723).plain == "12m3s"
    assert as_text("is_paused", True).plain == "yes"
    assert as_text("error", None).plain == "-"
    assert as_text("headers", {"a": "\x1b"}).plain == '{"a": "\\u001b"}'
    assert as_cell(True) == "1"
    assert as_cell("a\\b\tc") == "a\\\\b\\tc"
    assert as_json({"a": b"\x00\xff"}) == '{"a": "AP8="}'

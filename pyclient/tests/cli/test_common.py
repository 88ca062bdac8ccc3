"""What all commands share: spans, instants, where the DSN comes from, the options themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pyclient
from pyclient.cli import COMMANDS
from pyclient.cli._common import parse_duration, parse_instant
from pyclient.cli._group import build
from pyclient.cli._output import as_cell, visible
from pyclient.tests.cli.datakit import enqueue
from pyclient.tests.cli.opskit import celers
from tools.freshschema import Schema


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10s", 10),
        ("5m", 300),
        ("2h30m", 9000),
        ("7d", 604_800),
        ("1w", 604_800),
        ("500ms", 0.5),
        ("1.5h", 5400),
        ("90", 90),
        ("0", 0),
        (" 5M ", 300),
    ],
)
def test_spans_of_time(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "-5s", "5 s", "5y", "1h-5m", "5s5", "nan", "5ss"])
def test_what_is_no_span_of_time(text: str) -> None:
    with pytest.raises(ValueError, match="is no span of time; it looks like 10s, 5m, 2h30m or 7d"):
        parse_duration(text)


def test_a_span_has_an_end() -> None:
    assert parse_duration("36500d") == 36_500 * 86_400
    with pytest.raises(ValueError, match="is longer than 100 years"):
        parse_duration("36501d")


def test_instants_are_utc_unless_they_say_otherwise() -> None:
    noon = datetime(2030, 1, 31, 12, tzinfo=UTC)
    for text in ("2030-01-31T12:00:00Z", "2030-01-31 12:00", "20300131T120000"):
        assert parse_instant(text) == noon
    assert parse_instant("2030-01-31") == noon - timedelta(hours=12)
    assert parse_instant("2030-01-31T17:30:00+05:30") == noon
    assert parse_instant("2030-01-31T17:30:00+05:30").tzinfo is UTC
    for nonsense in ("", "noon", "2030-02-31", "12:00", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(ValueError, match="is no instant"):
            parse_instant(nonsense)


@given(st.text())
def test_a_cell_can_be_read_back_and_holds_nothing_unsafe(text: str) -> None:
    cell = as_cell(text)
    assert visible(cell) == cell
    assert "\t" not in cell
    assert "\n" not in cell
    doubled = text.replace("\\", "\\\\")
    assert visible(doubled) == cell


def test_the_dsn_comes_from_the_flag_the_environment_or_the_file(
    schema: Schema, client: pyclient.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    task_id = enqueue(client)
    file = tmp_path / "other.toml"
    file.write_text(f'dsn = "{schema.dsn}"\n')
    nowhere = "mysql://u@127.0.0.1:1/celers"
    assert celers(None, "task", "show", task_id, "--config", str(file)).code == 0
    assert celers(nowhere, "task", "show", task_id, "--dsn", schema.dsn).code == 0
    assert celers(nowhere, "task", "show", task_id, "--config", str(file)).code == 3
    (tmp_path / "celers.toml").write_text(f'dsn = "{schema.dsn}"\n')
    assert celers(None, "task", "show", task_id).code == 0


def test_a_broken_configuration_is_said_with_its_line(
    schema: Schema, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "other.toml"
    file.write_text('dns = "mysql://u:geheim@h/x"\n')
    done = celers(schema.dsn, "task", "list", "--config", str(file))
    assert done.code == 2
    assert "other.toml:1" in done.err
    assert "geheim" not in done.err
    assert celers(schema.dsn, "task", "list", "--config", "/nowhere.toml").code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["enqueue", "\udcff"],
        ["enqueue", "send", "--key", "\udcff"],
        ["enqueue", "send", '"\udcff"'],
        ["enqueue", "send", "--in", "99999999999d"],
        ["enqueue", "send", "--at", "9999-12-31T23:59:59-14:00"],
        ["enqueue", "send", "--priority", "9" * 40],
        ["enqueue", "send", "--headers", '{"a": NaN}'],
        ["enqueue", "send", '"\\ud800"'],
        ["task", "list", "-Q", "\udcff"],
        ["task", "list", "--limit", "9" * 40],
        ["task", "list", "--dsn", "mysql://\udcff@127.0.0.1/x"],
        ["dlq", "list", "--older-than", "99999999999d"],
        ["dlq", "list", "--error", "\udcff"],
        ["queue", "pause", "\udcff"],
        ["queue", "config", "set", "mail", "lease_s=" + "9" * 40],
        ["queue", "config", "set", "mail", "max_retries=" + "9" * 40],
    ],
)
def test_nonsense_is_wrong_usage(schema: Schema, words: list[str]) -> None:
    done = celers(schema.dsn, *words)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err


def leaves(command: click.Command, path: tuple[str, ...]) -> dict[tuple[str, ...], click.Command]:
    """Every command that is no group, by its words."""
    if not isinstance(command, click.Group):
        return {path: command}
    ctx = click.Context(command)
    found: dict[tuple[str, ...], click.Command] = {}
    for name in command.list_commands(ctx):
        below = command.get_command(ctx, name)
        assert below is not None
        found |= leaves(below, (*path, name))
    return found


OURS = ("enqueue", "task", "dlq", "queue", "export", "import")


def test_every_command_has_the_same_options() -> None:
    root = build(COMMANDS)
    wanted = {"dsn", "config", "is_json", "quiet", "verbose", "no_color", "timeout_s"}
    for words, command in leaves(root, ()).items():
        if words[0] in OURS:
            names = {parameter.name for parameter in command.params}
            assert wanted <= names, words


def test_every_command_has_a_help_that_fits_the_screen() -> None:
    for words, command in leaves(build(COMMANDS), ()).items():
        if words[0] not in OURS:
            continue
        shown = celers(None, *words, "--help")
        assert shown.code == 0
        assert max(map(len, shown.out.splitlines())) <= 80, words
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.help is not None:
                assert parameter.help.endswith((".", "]")) or ":" in parameter.help, parameter.name

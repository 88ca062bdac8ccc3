"""docs/cli.md, which is made from what --help says."""

from __future__ import annotations

import re

import click
import pytest

from pyclient.cli import COMMANDS
from pyclient.cli._group import build
from tools import clidocs


def test_every_command_has_a_section_with_its_help() -> None:
    text = clidocs.render()
    sections = re.findall(r"^##+ (celers .+)$", text, re.MULTILINE)
    assert sections == list(dict.fromkeys(sections))
    assert {f"celers {name}" for name in COMMANDS} <= set(sections)
    assert "celers migrate grants" in sections
    for section in sections:
        assert f"Usage: {section} [OPTIONS]" in text


def test_the_common_options_stand_there_once() -> None:
    text = clidocs.render()
    assert text.count("--no-color") == 1
    assert text.count("[default: 50ms]") == 1
    assert max(map(len, text.splitlines())) < 140


def test_it_does_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    before = clidocs.render()
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("CELERS_DSN", "mysql://root:geheim@db/celers")
    assert clidocs.render() == before


def test_links_lead_somewhere() -> None:
    text = clidocs.render()
    anchors = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


def test_a_command_keeps_its_options() -> None:
    """Rendering hides the common ones, and takes them away from nobody."""
    clidocs.render()
    root = build(COMMANDS)
    command = root.get_command(click.Context(root), "doctor")
    assert command is not None
    assert {"dsn", "is_to_fix"} <= {param.name for param in command.params}

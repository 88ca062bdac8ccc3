"""sqlfluff over db/, with our grammar and our rules, in two processes."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Sequence
from pathlib import Path

from sqlfluff.core import FluffConfig, Linter
from sqlfluff.core.plugin.host import get_plugin_manager

import tools.sqlfluff_celers as plugin
from tools.lint.finding import Finding, shown

_FOLDERS = ("migrations", "views", "procedures", "events", "security")


def files(root: Path) -> list[Path]:
    """The SQL files that are linted: all of db/ but the tests, whose form is their own."""
    found = [path for folder in _FOLDERS for path in (root / "db" / folder).rglob("*.sql")]
    return sorted(found, key=lambda path: -path.stat().st_size)


def check(root: Path, config: Path, processes: int = 2) -> list[Finding]:
    """Every finding of sqlfluff, in the order of file and line."""
    paths = files(root)
    if processes < 2 or len(paths) < 8:
        return lint(paths, root, config)
    _register()
    shares = [(paths[number::processes], root, config) for number in range(processes)]
    # fork, not spawn: what is imported and patched need not be so again
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return sorted(finding for found in pool.starmap(lint, shares) for finding in found)


def _register() -> None:
    """Make sure that the plugin is there, even where the project is not installed."""
    manager = get_plugin_manager()
    if not manager.is_registered(plugin):
        manager.register(plugin, name="celers")


def lint(paths: Sequence[Path], root: Path, config: Path) -> list[Finding]:
    """The findings in some files."""
    _register()
    linter = Linter(config=FluffConfig.from_root(extra_config_path=str(config)))
    findings = []
    for path in paths:
        linted = linter.lint_string(path.read_text(encoding="utf-8"), fname=str(path))
        for violation in linted.get_violations():
            code = violation.rule_code().removeprefix("Celers_")
            text = re.sub(r"\s+", " ", violation.desc()).strip()
            findings.append(Finding(shown(path, root), violation.line_no, code, text[:200]))
    return sorted(findings)

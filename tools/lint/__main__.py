"""The command line of the lint."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tools.lint import headers, python, sql
from tools.lint.finding import Finding
from tools.spec import SpecError, load_all

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ("headers", "sql", "python")


def run(root: Path, parts: tuple[str, ...] = PARTS) -> list[Finding]:
    """All findings of the chosen parts, sorted."""
    mypy = python.Mypy(root) if "python" in parts else None
    checks: dict[str, Callable[[], list[Finding]]] = {
        "headers": lambda: _headers(root),
        "sql": lambda: sql.check(root, ROOT / "pyproject.toml"),
        "python": lambda: python.ruff(root),
    }
    findings = [finding for part in parts for finding in checks[part]()]
    if mypy:
        findings += mypy.findings()
    return sorted(findings)


def _headers(root: Path) -> list[Finding]:
    try:
        return headers.check(load_all(root))
    except SpecError as error:
        return [Finding(str(error.path), error.line, "HD00", error.sentence)]


def main(arguments: list[str] | None = None) -> int:
    """Print one line per finding; 0 = none."""
    parser = argparse.ArgumentParser(prog="python -m tools.lint", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository")
    options = parser.parse_args(arguments)
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"'{unknown[0]}' is not one of {', '.join(PARTS)}")
    findings = run(options.root.resolve(), tuple(options.parts) or PARTS)
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "clean", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

"""ruff and mypy, their findings in our form."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tools.lint.finding import Finding

TYPED = ("pyclient", "tools", "loadtests", "examples")
_RUFF = re.compile(r"(?P<path>[^:\n]+):(?P<line>\d+):\d+: (?P<code>[A-Z]+[0-9]+|\S+) (?P<text>.*)")
_UNFORMATTED = re.compile(r"^(?P<path>[^:\n]+):(?P<line>\d+):\d+: unformatted", re.MULTILINE)
_MYPY = re.compile(r"(?P<path>[^:\n]+):(?P<line>\d+): error: (?P<text>.*?)(?:  \[(?P<code>.+)\])?$")


class Mypy:
    """mypy in the background, since it takes longest."""

    def __init__(self, root: Path) -> None:
        """Start it."""
        folders = [name for name in TYPED if any((root / name).rglob("*.py"))]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *folders],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def findings(self) -> list[Finding]:
        """Wait for it, and read what it says."""
        output, _ = self._process.communicate()
        found = []
        for line in output.splitlines():
            match = _MYPY.match(line)
            if match:
                code = f"mypy[{match['code']}]" if match["code"] else "mypy"
                found.append(Finding(match["path"], int(match["line"]), code, match["text"]))
        if self._process.returncode and not found:
            found.append(Finding("pyproject.toml", 1, "mypy", _last_line(output)))
        return found


def ruff(root: Path) -> list[Finding]:
    """ruff check and ruff format --check."""
    checked = _run(root, "check", "--output-format=concise", "--quiet", ".")
    found = [
        Finding(match["path"], int(match["line"]), match["code"].rstrip(":"), match["text"])
        for match in map(_RUFF.match, checked.stdout.splitlines())
        if match
    ]
    if checked.returncode and not found:
        found.append(Finding("pyproject.toml", 1, "ruff", _last_line(checked.stderr)))
    formatted = _run(root, "format", "--check", "--output-format=concise", ".")
    for match in _UNFORMATTED.finditer(formatted.stdout):
        text = "not formatted: run 'ruff format'"
        found.append(Finding(match["path"], int(match["line"]), "FMT", text))
    if formatted.returncode and not _UNFORMATTED.search(formatted.stdout):
        found.append(Finding("pyproject.toml", 1, "FMT", _last_line(formatted.stderr)))
    return found


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ruff", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "failed without a word"

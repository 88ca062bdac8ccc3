"""``python -m loadtests.peers.install``: the environment of the side-by-side comparison.

A virtual environment in ``.peers/venv`` with celers from this checkout and the Python systems, and
in ``.peers/node`` those of Node, where npm is there. What cannot be installed is said, and keeps
only its own systems away. Uses the standard library alone, since nothing else is there yet.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
HOME = CHECKOUT / ".peers"
NODE = HOME / "node"
_PYTHON = HOME / "venv" / "bin" / "python"
_HERE = Path(__file__).parent
_LAST_LINES = 2


def main() -> int:
    """Make the environment, or bring it up to date; 1 if not even celers can be installed."""
    HOME.mkdir(exist_ok=True)
    if not _PYTHON.exists():
        venv.create(HOME / "venv", with_pip=True)
    if problem := _pip("--editable", f"{CHECKOUT}[cli]"):
        print(f"celers cannot be installed: {problem}", file=sys.stderr)
        return 1
    everything = _HERE / "requirements.txt"
    if _pip("--requirement", str(everything)):
        for line in requirements(everything.read_text()):
            _say(line, _pip(line))
    if (_HERE / "package.json").exists():
        _say("the packages of Node", _npm())
    return 0


def requirements(text: str) -> list[str]:
    """The lines of a requirements file that name a package."""
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    return [line for line in lines if line]


def _pip(*words: str) -> str:
    return _run([str(_PYTHON), "-m", "pip", "install", "--quiet", *words], CHECKOUT)


def _npm() -> str:
    npm = shutil.which("npm")
    if npm is None:
        return "there is no npm on PATH"
    NODE.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        if (_HERE / name).exists():
            shutil.copy(_HERE / name, NODE / name)
    return _run([npm, "install", "--silent", "--no-audit", "--no-fund"], NODE)


def _run(command: Sequence[str], folder: Path) -> str:
    """Run it; returns why it failed, or an empty text."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return " / ".join(lines[-_LAST_LINES:]) or f"exit code {done.returncode}"


def _say(what: str, problem: str) -> None:
    if problem:
        print(f"{what} cannot be installed: {problem}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

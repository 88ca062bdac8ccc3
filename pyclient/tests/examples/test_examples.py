"""The examples: programs that check what they did, run as their readers would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.freshschema import Schema

HERE = Path(__file__).resolve().parents[3]
FOLDER = HERE / "examples"
SAID = {
    "web_mails": "3 orders, 2 stored, 2 mails",
    "image_pipeline": "3 pictures blurred, half of each in a later attempt",
    "rate_limited_api": "30 users, and the API answered {200: 29, 404: 1, 429: ",
    "nightly": "3 nights made up for, the next one is due at ",
    "dag": "merged: 'the' is the first of all",
}


@pytest.mark.parametrize("name", SAID)
def test_an_example_runs_again_and_again(name: str, schema: Schema) -> None:
    for _ in range(2):
        ended = subprocess.run(
            [sys.executable, "-m", f"examples.{name}"],
            cwd=HERE,
            env=os.environ | {"CELERS_DSN": schema.dsn},
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert SAID[name] in ended.stdout.splitlines()[-1]


def test_the_page_names_every_program() -> None:
    page = (FOLDER / "README.md").read_text()
    programs = [path for path in FOLDER.glob("*.py") if "__main__" in path.read_text()]
    assert {path.stem for path in programs} == {*SAID, "stdlib_index"}
    for path in programs:
        assert f"({path.name})" in page


@pytest.mark.parametrize("name", SAID)
def test_an_example_is_small(name: str) -> None:
    assert 60 <= len((FOLDER / f"{name}.py").read_text().splitlines()) <= 120

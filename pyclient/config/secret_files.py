"""Values that lie in files of their own: the DSN, which holds a password."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic_settings import SecretsSettingsSource

from pyclient.config import layer
from pyclient.config.environment import PREFIX, Readable, name_of
from pyclient.config.layer import Layer
from pyclient.config.problems import Problem

DSN_FILE, DIRECTORY = "CELERS_DSN_FILE", "CELERS_SECRETS_DIR"
USUAL_DIRECTORY = "/run/secrets"
_LONGEST = 10_000


def read_dsn_file(variables: Mapping[str, str], source: str) -> Layer:
    """What the file of CELERS_DSN_FILE says; ``source`` is what the variables are called."""
    path = variables.get(DSN_FILE)
    if not path:
        return Layer({}, lambda path: "")
    where = f"{source} {DSN_FILE}"
    problems, values = [], {}
    if variables.get(name_of(("dsn",))):
        problems.append(Problem(f"and {name_of(('dsn',))} are both set: one of them", where))
    try:
        with open(path, encoding="utf-8") as file:
            values["dsn"] = file.read(_LONGEST).strip()
    except (OSError, ValueError) as error:
        problems.append(Problem(f"{path} cannot be read: {reason_of(error)}", where))
    return Layer(values, lambda _: f"secret file {path}", problems)


def read_directory(variables: Mapping[str, str]) -> Layer:
    """What files such as celers_dsn say in the directory CELERS_SECRETS_DIR, or /run/secrets."""
    named = variables.get(DIRECTORY)
    folder = Path(named or USUAL_DIRECTORY)

    def place(path: layer.Path) -> str:
        return f"secret file {folder / name_of(path[:1]).lower()}"

    if not (os.path.isdir(folder) and os.access(folder, os.R_OK | os.X_OK)):
        problem = Problem(f"{folder} is not a directory that can be read", DIRECTORY)
        return Layer({}, place, [problem] if named else [])
    try:
        return Layer(SecretsSettingsSource(Readable, folder)(), place)
    except (OSError, ValueError) as error:
        text = f"a file {PREFIX.lower()}… cannot be read: {reason_of(error)}"
        return Layer({}, place, [Problem(text, str(folder))])


def read_fallback(variables: Mapping[str, str], source: str) -> Layer:
    """DATABASE_URL, where it is the URL of a MySQL database."""
    url = variables.get("DATABASE_URL", "")
    is_ours = "://" in url and url.partition("://")[0].partition("+")[0] == "mysql"
    return Layer({"dsn": url} if is_ours else {}, lambda path: f"{source} DATABASE_URL")


def reason_of(error: OSError | ValueError) -> str:
    """Why a file cannot be read, without a word of what is in it."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "it is not text in UTF-8"

"""What the environment, .env and secret files say."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from pyclient.config import layer
from pyclient.config.layer import Layer
from pyclient.config.problems import Problem, did_you_mean
from pyclient.config.section import Section, section_of
from pyclient.config.settings import Settings

PREFIX = "CELERS_"
DELIMITER = "__"
_OLD_PREFIX = "TASK_QUEUE_"
SECRETS = "/run/secrets"
#: Variables that are read, and are not settings.
OTHER_VARIABLES = ("CELERS_CONFIG", "CELERS_DSN_FILE", "CELERS_SECRETS_DIR", "CELERS_PURE_PYTHON")


class _Readable(BaseSettings, Settings):
    """The settings, for the readers of pydantic-settings."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        env_ignore_empty=True,
        enable_decoding=False,
    )


def name_of(path: layer.Path) -> str:
    """The environment variable for a path."""
    return PREFIX + DELIMITER.join(str(step) for step in path).upper()


def read_dotenv(path: Path = Path(".env")) -> tuple[dict[str, str], list[Problem]]:
    """The variables of a .env file, which may be missing."""
    if not path.is_file():
        return {}, []
    try:
        found = dotenv_values(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text in UTF-8"
        return {}, [Problem(f"cannot be read: {reason}", str(path))]
    return {name: value for name, value in found.items() if value is not None}, []


def read_variables(variables: Mapping[str, str], source: str) -> Layer:
    """What variables named CELERS_<SECTION>__<KEY> say; ``source`` is what they are called."""
    ours = {name.upper(): value for name, value in variables.items() if value}
    given, warnings = _with_old_names(ours, source)
    reader = EnvSettingsSource(_Readable)
    reader.env_vars = {name.lower(): value for name, value in given.items()}
    values = reader()
    secret = given.get(name_of(("dsn",)) + "_FILE")
    problems = list(_misplaced(given, source))
    if secret is not None:
        problems += _add_secret(values, secret, source)

    def place(path: layer.Path) -> str:
        if path == ("dsn",) and secret is not None:
            return f"secret file {secret}"
        wanted = (name_of(path[:length]) for length in range(len(path), 0, -1))
        within = (name for name in given if name.startswith(name_of(path) + DELIMITER))
        name = next((name for name in wanted if name in given), None) or next(within, "")
        return f"{source} {name}"

    warnings += _lookalikes(given, source)
    return Layer(values, place, problems, warnings)


def _with_old_names(given: Mapping[str, str], source: str) -> tuple[dict[str, str], list[str]]:
    """The variables, and those named TASK_QUEUE_<SECTION>_<KEY> under the names they have now."""
    found, warnings = dict(given), []
    names = _old_names()
    for old in sorted(name for name in given if name.startswith(_OLD_PREFIX)):
        new = names.get(old)
        if new is None:
            warnings.append(f"{source} {old} is not read: no setting has that name")
            continue
        is_overruled = new in given
        found.setdefault(new, given[old])
        told = f"{source} {old} is deprecated: use {new}"
        warnings.append(told + (", which is set too and counts" if is_overruled else ""))
    return found, warnings


def _old_names() -> dict[str, str]:
    """The new name of every old one that can be told, however few of its tables it names."""
    found: dict[str, set[str]] = {}
    for path in paths():
        for skipped in range(1, len(path)):
            short = (path[0], *path[skipped:])
            old = _OLD_PREFIX + "_".join(short).upper()
            found.setdefault(old, set()).add(name_of(path))
    return {old: new.pop() for old, new in found.items() if len(new) == 1}


def paths(model: type[Section] = Settings) -> Iterator[tuple[str, ...]]:
    """The path of every key."""
    for name, field in model.model_fields.items():
        inner = section_of(field)
        if inner is None:
            yield (name,)
        else:
            yield from ((name, *path) for path in paths(inner))


def _misplaced(given: Mapping[str, str], source: str) -> Iterator[Problem]:
    """Variables of sections that do not exist, and of parts of a value."""
    sections = [name for name, field in Settings.model_fields.items() if section_of(field)]
    names = [name_of(path) for path in paths()]
    for name in given:
        section, mark, _ = name.removeprefix(PREFIX).lower().partition(DELIMITER)
        if not (name.startswith(PREFIX) and mark):
            continue
        whole = next((known for known in names if name.startswith(known + DELIMITER)), None)
        if whole is not None:
            yield Problem(f"is one value: set {whole}", f"{source} {name}")
        elif section not in sections:
            guess = did_you_mean(section, sections)
            yield Problem(f"there is no section {section}{guess}", f"{source} {name}")


def _lookalikes(given: Mapping[str, str], source: str) -> Iterator[str]:
    """Variables that are not ours, and that somebody may think are."""
    known = [*map(name_of, paths()), *OTHER_VARIABLES]
    for name in given:
        if name.startswith(PREFIX) and DELIMITER not in name and name not in known:
            near = difflib.get_close_matches(name, known, 1, cutoff=0.85)
            if near:
                yield f"{source} {name} is not read; did you mean {near[0]}?"


def _add_secret(values: dict[str, Any], file: str, source: str) -> Iterator[Problem]:
    """The DSN in a file of its own."""
    name = name_of(("dsn",))
    if "dsn" in values:
        yield Problem(f"is set, and {name}_FILE too: one of them", f"{source} {name}", "dsn")
        return
    try:
        values["dsn"] = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        yield Problem(f"{file} cannot be read: {reason}", f"{source} {name}_FILE", "dsn")


def read_secrets(variables: Mapping[str, str]) -> Layer:
    """What files such as celers_dsn say in the directory CELERS_SECRETS_DIR, or /run/secrets."""
    named = variables.get("CELERS_SECRETS_DIR")
    folder = Path(named or SECRETS)

    def place(path: layer.Path) -> str:
        return f"secret file {folder / name_of(path[:1]).lower()}"

    if not os.access(folder, os.R_OK | os.X_OK) or not folder.is_dir():
        problem = Problem(f"{folder} is not a directory that can be read", "CELERS_SECRETS_DIR")
        return Layer({}, place, [problem] if named else [])
    try:
        return Layer(SecretsSettingsSource(_Readable, folder)(), place)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text in UTF-8"
        return Layer({}, place, [Problem(f"a secret cannot be read: {reason}", str(folder))])


def read_fallback(variables: Mapping[str, str], source: str) -> Layer:
    """DATABASE_URL, where it is the URL of a MySQL database."""
    url = variables.get("DATABASE_URL", "")
    is_ours = url.partition("://")[0].partition("+")[0] == "mysql"
    return Layer({"dsn": url} if is_ours else {}, lambda path: f"{source} DATABASE_URL")

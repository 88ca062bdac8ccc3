"""Settings given as KEY=VALUE, read by the types that a routine declares for its options."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from typing import Any

import click

from pyclient._header import Field
from pyclient.cli import _declared
from pyclient.cli._common import parse_duration
from pyclient.types import NULL

_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

_WANTED = {
    "int": "whole number",
    "float": "number",
    "bool": f"one of {', '.join(_TRUTH)}",
    "json": "JSON",
}


def read_settings(routine: str, words: Iterable[str]) -> dict[str, Any]:
    """The options of a call; ``default`` takes a setting back, spans of time may be human.

    Raises:
        click.UsageError: a word is no KEY=VALUE, its key is not known, or its value is of another
            type than the routine declares.
    """
    header = _declared.header(routine)
    known = {option.name: option for option in (header.options if header else ())}
    found: dict[str, Any] = {}
    for word in words:
        key, is_set, text = word.partition("=")
        if not is_set:
            raise click.UsageError(f"{word!r} is not of the form KEY=VALUE")
        if key not in known:
            raise click.UsageError(_unknown(key, known))
        found[key] = _value(known[key], text)
    return found


def _unknown(key: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, list(known), 1)
    guess = f"; did you mean {near[0]}?" if near else "."
    return f"there is no setting {key!r}{guess} Known are {', '.join(known)}."


def _value(option: Field, text: str) -> Any:
    if text.lower() in ("default", "null"):
        return NULL
    try:
        if option.type == "int" and option.name.endswith("_s"):
            return round(parse_duration(text))
        if option.type == "int":
            return int(text)
        if option.type == "float":
            return float(text)
        if option.type == "bool":
            return _TRUTH[text.lower()]
        return json.loads(text) if option.type == "json" else text
    except (ValueError, KeyError) as error:
        is_span = option.type == "int" and option.name.endswith("_s")
        wanted = "time like 90, 10s, 5m, 2h30m or 7d" if is_span else _WANTED[option.type]
        raise click.UsageError(f"{option.name}={text}: this is no {wanted}") from error

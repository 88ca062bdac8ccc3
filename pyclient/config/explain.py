"""Pydantic's errors, said in the words of the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic_core import ErrorDetails

from pyclient.config.layer import Path
from pyclient.config.problems import did_you_mean
from pyclient.config.section import OTHER_NAMES, Section, section_of
from pyclient.config.settings import Settings, section_at
from pyclient.config.words import as_number

_TEXTS = {
    "bool": "must be true or false",
    "dict": "must be a table",
    "float": "must be a number",
    "int": "must be a whole number",
    "list": "must be a list",
    "model": "must be a table of keys",
    "path": "must be the path of a file",
    "string": "must be text",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "string_pattern_mismatch": "must match {pattern}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "finite_number": "must be a finite number",
}
_LONGEST = 60


def text_of(error: ErrorDetails) -> str:
    """One error in a sentence; it holds the value, if that is short."""
    path, kind, context = error["loc"], error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind == "invalid_key":
        return "is no key: keys are text"
    if kind == "fault":
        return str(context["text"])
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        guess = did_you_mean(str(error["input"])[:_LONGEST], words)
        return f"must be {context['expected']}{_not(error['input'])}{guess}"
    template = _TEXTS.get(kind) or _TEXTS.get(kind.partition("_")[0])
    bounds = {name: as_number(b) if isinstance(b, float) else b for name, b in context.items()}
    text = template.format_map(bounds) if template else error["msg"]
    return text + _not(error["input"])


def _not(value: object) -> str:
    """``, not 'x'``."""
    if not isinstance(value, bool | int | float | str):
        return ""
    try:
        shown = repr(value)
    except ValueError:  # an int of thousands of digits
        return ""
    return f", not {shown}" if len(shown) <= _LONGEST else ""


def _unknown(path: Path) -> str:
    *above, last = path
    model = section_at(above)
    key = str(last)
    kind = "key" if above else "section or key"
    homes = list(_homes(key))
    if len(homes) == 1:
        return f"unknown {kind}; it belongs in [{homes[0]}]"
    names = [*model.model_fields, *(OTHER_NAMES[p] for p in OTHER_NAMES if p[:-1] == tuple(above))]
    guess = did_you_mean(key, names)
    return f"unknown {kind}{guess or '; known are ' + ', '.join(model.model_fields)}"


def _homes(key: str, model: type[Section] = Settings, name: str = "") -> Iterator[str]:
    """The sections that have a key of that name."""
    for field_name, field in model.model_fields.items():
        inner = section_of(field)
        here = f"{name}.{field_name}" if name else field_name
        if inner is not None:
            if key in inner.model_fields:
                yield here
            yield from _homes(key, inner, here)

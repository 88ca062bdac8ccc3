"""What there is to say about each key, taken from the settings themselves."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo

from pyclient.config.environment import name_of
from pyclient.config.section import OTHER_NAMES, Section, section_of
from pyclient.config.settings import Settings, section_at
from pyclient.config.words import as_number
from pyclient.dsn import Dsn

_KINDS = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "path",
    Dsn: "URL",
    list: "list of texts",
    dict: "list or table",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Attributes:
        path: of the key: ("workers", "prefetch").
        text: what it means; its unit where it has one.
        kind: the Python type, without None.
        choices: all that it can be, or () = more than can be listed.
        limits: bounds by their names in pydantic: ge, gt, le, lt.
        default: as Python has it.
        example: a value for a key that has no default.
    """

    path: tuple[str, ...]
    text: str
    kind: Any
    choices: tuple[str, ...]
    limits: Mapping[str, float]
    default: Any
    example: Any

    @property
    def name(self) -> str:
        """The key with its sections."""
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        """The environment variable."""
        return name_of(self.path)

    @property
    def other_name(self) -> str | None:
        """A second name, in the same section."""
        return OTHER_NAMES.get(self.path)

    @property
    def values(self) -> str:
        """What it can be: ``whole number, 1 to 1000``."""
        if self.choices:
            return " | ".join(self.choices)
        return ", ".join(filter(None, (_KINDS[self.kind], _range(self.limits))))


def keys(model: type[Section] = Settings, above: tuple[str, ...] = ()) -> Iterator[Key]:
    """Every key of a section, and of those in it."""
    for name, field in model.model_fields.items():
        inner = section_of(field)
        if inner is None:
            yield _key((*above, name), field)
    for name, field in model.model_fields.items():
        inner = section_of(field)
        if inner is not None:
            yield from keys(inner, (*above, name))


def key(section: str, field: str) -> Key:
    """One key, by the dotted name of its section ("" = none) and its own."""
    path = tuple(section.split(".")) if section else ()
    return _key((*path, field), section_at(path).model_fields[field])


def document_of(path: tuple[str, ...]) -> str:
    """What a section is about, in a sentence."""
    return (section_at(path).__doc__ or "").strip()


def as_toml(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, float):
        return as_number(value)
    if isinstance(value, dict):
        if set(value.values()) == {1}:
            return as_toml(list(value))
        return "{" + ", ".join(f"{json.dumps(k)} = {v}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _key(path: tuple[str, ...], field: FieldInfo) -> Key:
    kind = _without_none(field.annotation)
    limits = {
        name: getattr(bound, name)
        for bound in field.metadata
        for name in ("ge", "gt", "le", "lt")
        if isinstance(bound, annotated_types.BaseMetadata) and hasattr(bound, name)
    }
    return Key(
        path=path,
        text=field.description or "",
        kind=get_origin(kind) if get_origin(kind) in (list, dict) else kind,
        choices=get_args(kind) if get_origin(kind) is Literal else (),
        limits=limits,
        default=field.default,
        example=field.examples[0] if field.examples else None,
    )


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        (annotation,) = (part for part in get_args(annotation) if part is not types.NoneType)
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _range(limits: Mapping[str, float]) -> str:
    low = as_number(limits["ge"]) if "ge" in limits else None
    high = as_number(limits["le"]) if "le" in limits else None
    if "gt" in limits:
        return f"above {as_number(limits['gt'])}" + (f" up to {high}" if high else "")
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else ""

"""What all sections of the configuration have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

#: Keys that have a second name.
OTHER_NAMES: dict[tuple[str, ...], str] = {("workers", "initial_count"): "processes"}


class Section(BaseModel):
    """A table of the configuration. Unknown keys are refused, and nothing changes later."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        validate_default=True,
    )

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_switch_for_number(cls, value: object, info: ValidationInfo) -> object:
        """True would else count as 1."""
        if (
            isinstance(value, bool)
            and cls.model_fields[info.field_name or ""].annotation is not bool
        ):
            raise fault("must not be true or false")
        return value


def fault(text: str, *keys: str) -> PydanticCustomError:
    """An error for a validator to raise; the keys, if any, are those that do not fit together."""
    context: dict[str, Any] = {"text": text, "keys": keys}
    return PydanticCustomError("fault", "{text}", context)


def section_of(field: FieldInfo | None) -> type[Section] | None:
    """The section that a field holds, or None where it holds a value."""
    kind = None if field is None else field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def paths(model: type[Section]) -> Iterator[tuple[str, ...]]:
    """The path of every key below a section: ("workers", "prefetch")."""
    for name, field in model.model_fields.items():
        inner = section_of(field)
        if inner is None:
            yield (name,)
        else:
            yield from ((name, *path) for path in paths(inner))

"""Values as one text: as environment variables and flags have them, and as people read them."""

from __future__ import annotations

import json
from typing import Any

from pyclient.config.section import fault


def read_list(value: object) -> Any:
    """``a,b`` or ``["a", "b"]`` as a list; anything but text as it is."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return _json(value)
    return [word.strip() for word in value.split(",") if word.strip()]


def read_map(value: object) -> Any:
    """``{"a": 1}`` as a dict; anything else as it is."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return _json(value)
    return value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise fault("looks like JSON, and cannot be read as JSON") from None


def as_number(value: float) -> str:
    """A number without a fraction that is none: 5, 0.5."""
    return str(int(value)) if float(value).is_integer() else repr(value)

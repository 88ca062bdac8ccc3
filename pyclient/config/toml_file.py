"""TOML files."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pyclient.config.document import Document, Unreadable
from pyclient.config.toml_lines import lines_of

_AT = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)\Z")
_LONG_NUMBER = re.compile(r"\d[\d_]{1000,}")


def read_toml(text: str) -> Document:
    """Read a whole file.

    Raises:
        Unreadable: it is not TOML.
    """
    values = _values(text)
    lines = lines_of(text)

    def line_of(path: tuple[str | int, ...]) -> int:
        while path and path not in lines:
            path = path[:-1]
        return lines.get(path, 1)

    return Document(values, line_of)


def _values(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        line = int(at["line"]) if at and at["line"] else text.count("\n") + 1
        raise Unreadable(_AT.sub("", str(error)), line) from None
    except ValueError:  # of int(), which knows no line
        found = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        raise Unreadable("a number has too many digits", line) from None

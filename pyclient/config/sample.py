"""A configuration file with every key, at its default."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import groupby

from pyclient.config.described import Key, as_toml, document_of, keys

_WIDTH = 100
_HEAD = """\
# The configuration of celers, with every key at its default. What is left out keeps its default.
# Flags, environment variables such as CELERS_WORKERS__PREFETCH, .env and secret files decide over
# this file. `celers config show --origin` tells where each value comes from.
"""


def sample() -> str:
    """The text of the file, in TOML."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    for section, members in groupby(keys(), key=lambda key: key.path[:-1]):
        if section:
            yield f"# {document_of(section)}"
            yield f"[{'.'.join(section)}]"
        for key in members:
            yield from _entry(key)
        yield ""


def _entry(key: Key) -> Iterator[str]:
    yield from textwrap.wrap(
        f"{key.text} ({key.values})", _WIDTH, initial_indent="# ", subsequent_indent="# "
    )
    if key.default is None:
        yield f"# {key.path[-1]} = {as_toml(key.example)}"
    else:
        yield f"{key.path[-1]} = {as_toml(key.default)}"

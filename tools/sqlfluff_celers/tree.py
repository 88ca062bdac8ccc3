"""Finding one's way in sqlfluff's tree of a routine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from sqlfluff.core.parser import BaseSegment


def find(segment: BaseSegment, *types: str) -> Iterator[BaseSegment]:
    """Every segment of these types below ``segment``, itself included."""
    return segment.recursive_crawl(*types)


def first(segment: BaseSegment, *types: str) -> BaseSegment | None:
    """The first segment of these types, or None."""
    return next(find(segment, *types), None)


def keywords(segment: BaseSegment) -> list[str]:
    """The keywords that are children of a segment, in capitals."""
    return [child.raw_upper for child in segment.segments if child.is_type("keyword")]


def words(segment: BaseSegment) -> str:
    """The code of a segment in capitals, parted by single blanks."""
    return " ".join(raw.raw_upper for raw in segment.raw_segments if raw.is_code)


def name_of(routine: BaseSegment) -> str:
    """The name in CREATE PROCEDURE name."""
    found = first(routine, "function_name")
    return found.raw.strip("`") if found else ""


def is_public(routine: BaseSegment) -> bool:
    """Whether applications call the routine: its name begins without an underscore."""
    return not name_of(routine).startswith("_")


def statements(routine: BaseSegment) -> list[BaseSegment]:
    """The statements directly in the outermost block, without their wrapping 'statement'."""
    block = first(routine, "statement_list")
    if block is None:
        return []
    found = [child for child in block.segments if child.is_type("statement")]
    return [next(part for part in child.segments if part.is_code) for child in found]


def parameters(routine: BaseSegment) -> list[tuple[BaseSegment, str]]:
    """Each parameter with its type in capitals: ('p_limit', 'BIGINT UNSIGNED')."""
    listed = first(routine, "procedure_parameter_list")
    if listed is None:
        return []
    parts = list(find(listed, "parameter", "data_type"))
    return [
        (part, re.sub(r"\s*([(),])\s*", r"\1", words(following)))
        for part, following in pairwise(parts)
        if part.is_type("parameter") and following.is_type("data_type")
    ]


def functions(segment: BaseSegment) -> Iterator[tuple[BaseSegment, str]]:
    """Every function name with its text in capitals."""
    for found in find(segment, "function_name", "bare_function"):
        yield found, found.raw_upper.strip()


def tables(statement: BaseSegment) -> list[BaseSegment]:
    """The references to tables in FROM and JOIN of a statement, and behind UPDATE."""
    return list(find(statement, "table_reference"))

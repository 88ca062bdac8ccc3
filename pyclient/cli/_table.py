"""Tables for people, drawn on the terminal with rich."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from rich import progress
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pyclient.cli._output import Record, as_instant, as_json, as_number, visible

T = TypeVar("T")

_STYLES = {
    **dict.fromkeys(("completed", "active", "requeued", "created", "SUCCESS"), "green"),
    **dict.fromkeys(("failed", "dead", "expired", "crashed", "lost", "not_found"), "red"),
    **dict.fromkeys(("processing", "busy"), "cyan"),
    **dict.fromkeys(("paused", "retried", "cancel_requested", "offline"), "yellow"),
    **dict.fromkeys(("cancelled",), "dim"),
}
_STATES = frozenset(("state", "status", "outcome", "reason"))
_NAMES = frozenset(("queue", "task_name", "duty"))
_LONGEST_WHOLE_NAME = 40
_WIDEST = 10_000
_SPAN = re.compile(r"_s\Z")


def draw_fields(record: Record, *, has_color: bool) -> None:
    """One field a line, without those that are not known; lists of objects as tables below."""
    grid = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    tables = {key: value for key, value in record.items() if _is_table(value)}
    for key, value in record.items():
        if key not in tables and value not in (None, []):
            grid.add_row(_heading(key), as_text(key, value))
    _draw(grid, has_color)
    for key, rows in tables.items():
        _draw(Text(f"\n{_heading(key)}", style="bold"), has_color)
        draw_list(rows, list(rows[0]), has_color=has_color)


def draw_list(records: Sequence[Record], columns: Sequence[str], *, has_color: bool) -> None:
    """One record a line, without the columns in which nothing stands.

    Ids, states, instants, numbers and all but very long names are never shortened; of other texts
    the first line is shown, as far as there is room. Headings are folded where room is short.
    """
    shown = [key for key in columns if any(record.get(key) is not None for record in records)]
    rows = [[_first_line(as_text(key, record.get(key))) for key in shown] for record in records]
    widths = [max(cell.cell_len for cell in cells) for cells in zip(*rows, strict=True)]
    wholes = [_is_whole(key, width, records) for key, width in zip(shown, widths, strict=True)]
    headings = list(map(_heading, shown))
    needs = [
        max(len(heading), width if whole else 0)
        for heading, width, whole in zip(headings, widths, wholes, strict=True)
    ]
    if sum(needs) + 2 * len(needs) > console(has_color=has_color).width:
        headings = [
            heading.replace(" ", "\n") if len(heading) > width else heading
            for heading, width in zip(headings, widths, strict=True)
        ]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for key, heading, width, whole in zip(shown, headings, widths, wholes, strict=True):
        least = max(map(len, heading.split("\n")))
        table.add_column(
            heading,
            justify="right" if _is_number(key, records) else "left",
            no_wrap=whole,
            min_width=max(least, width) if whole else least,
        )
    for row in rows:
        table.add_row(*row)
    _draw(table, has_color)


def _is_whole(key: str, width: int, records: Sequence[Record]) -> bool:
    """Whether a column keeps its width, whatever room there is."""
    if key in _NAMES:
        return width <= _LONGEST_WHOLE_NAME
    is_word = key in _STATES or key.endswith(("_id", "_at")) or key.startswith("is_")
    return is_word or _is_number(key, records)


def _is_number(key: str, records: Sequence[Record]) -> bool:
    return not key.startswith("is_") and any(
        isinstance(record.get(key), int | float) for record in records
    )


def _first_line(text: Text) -> Text:
    first, *more = text.split("\n", include_separator=False) or [text]
    line = first.append(" …", style="dim") if more else first
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def draw_line(record: Record, columns: Sequence[str], *, has_color: bool) -> None:
    """One record on a line of its own; what is not known is left out, numbers have their names."""
    known = [key for key in columns if record.get(key) is not None]
    cells = [_labelled(key, record[key]) for key in known]
    console(has_color=has_color).print(Text("  ").join(cells), soft_wrap=True)


def _labelled(key: str, value: Any) -> Text:
    text = _first_line(as_text(key, value))
    return Text(f"{_heading(key).lower()} ").append(text) if isinstance(value, int) else text


def track(items: Sequence[T], doing: str, *, has_color: bool) -> Iterable[T]:
    """The items, with a bar on stderr that vanishes at the end."""
    screen = console(has_color=has_color, to_stderr=True)
    return progress.track(items, description=doing, console=screen, transient=True)


def _draw(what: Table | Text, has_color: bool) -> None:
    screen = console(has_color=has_color)
    unbounded = screen.options.update_width(_WIDEST)
    screen.width = max(screen.width, screen.measure(what, options=unbounded).minimum)
    screen.print(what)


def console(*, has_color: bool, to_stderr: bool = False) -> Console:
    """A console of rich that takes text as it is."""
    return Console(
        file=sys.stderr if to_stderr else sys.stdout,
        color_system="auto" if has_color else None,
        highlight=False,
        markup=False,
        emoji=False,
    )


def as_text(key: str, value: Any) -> Text:
    """A value as a person likes to read it, by its type and the name of its field."""
    if value is None:
        return Text("-", style="dim")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, datetime):
        return Text(as_instant(value, "seconds"))
    if isinstance(value, int | float) and key != "pid":  # a pid is a name
        return Text(as_span(value) if _SPAN.search(key) else as_number(value))
    text = visible(value if isinstance(value, str) else as_json(value), keep="\n")
    return Text(text, style=_STYLES.get(text, "") if key in _STATES else "")


def as_span(seconds: int | float) -> str:
    """A span of time in its two largest units: 42s, 12m3s, 3d4h."""
    if seconds < 10 and not float(seconds).is_integer():
        return f"{seconds:.1f}s"
    rest = round(seconds)
    parts: list[str] = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        if count or parts:
            parts.append(f"{count}{unit}" if count else "")
    return "".join(parts[:2]) or "0s"


def _heading(key: str) -> str:
    return _SPAN.sub("", key).removesuffix("_at").removeprefix("is_").replace("_", " ").upper()


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)

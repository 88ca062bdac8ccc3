"""Structured logs on stderr: everything that goes through the standard logging, one way.

Fields are given as usual: ``log.info("done", extra={"task_id": …, "duration_ms": 12.5})``. The
time is UTC, and a log line written inside a span carries its trace.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, Any

from pyclient import tracing
from pyclient._extra import required
from pyclient.errors import InvalidArgument

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

LEVELS = {
    "trace": logging.DEBUG,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
FORMATS = ("json", "compact", "pretty")
_FIRST = ("timestamp", "level", "event")
_ours: logging.Handler | None = None


def configure(level: str = "info", format: str = "pretty") -> None:  # noqa: A002
    """Have everything logged from this level on written to stderr, warnings too.

    Once more changes level and format. Handlers that others installed stay.

    Args:
        level: ``trace`` (as ``debug``), ``debug``, ``info``, ``warn`` or ``warning``, ``error``.
        format: ``json``, one object a line; ``compact``, one line of key=value; ``pretty``, for
            a person, coloured on a terminal unless NO_COLOR is set.

    Raises:
        InvalidArgument: another level or format.
        ExtraMissing: structlog is not installed.
    """
    global _ours
    if level.lower() not in LEVELS:
        raise InvalidArgument(f"a log level is one of {', '.join(LEVELS)}, not {level!r:.40}")
    if format not in FORMATS:
        raise InvalidArgument(f"a log format is one of {', '.join(FORMATS)}, not {format!r:.40}")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(format))
    root = logging.getLogger()
    if _ours is not None:
        root.removeHandler(_ours)
    root.addHandler(handler)
    root.setLevel(LEVELS[level.lower()])
    logging.captureWarnings(True)
    _ours = handler


def _formatter(form: str) -> logging.Formatter:
    structlog = required("structlog", "cli")
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_process_and_trace,
    ]
    formatter: logging.Formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_renderers(structlog, form),
        ],
    )
    return formatter


def _renderers(structlog: Any, form: str) -> list[Processor]:
    processors = structlog.processors
    if form == "pretty":
        return [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty() and not os.environ.get("NO_COLOR"),
                # the default one would show local variables, and so payloads
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
    if form == "compact":
        return [
            processors.format_exc_info,
            processors.LogfmtRenderer(key_order=_FIRST, bool_as_flag=False),
        ]
    return [processors.format_exc_info, processors.JSONRenderer()]


def _add_process_and_trace(_: Any, __: str, event: EventDict) -> EventDict:
    event["pid"] = event["_record"].process
    if "trace_id" not in event:
        trace_id = tracing.trace_id()
        if trace_id is not None:
            event["trace_id"] = trace_id
    return event

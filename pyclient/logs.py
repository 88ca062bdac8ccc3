"""Structured logs on stderr: everything that goes through the standard logging, one way.

Fields are given as usual: ``log.info("done", extra={"duration_ms": 12.5})``. What a running task
logs says which task that is, and what is logged inside a span says which trace. Times are UTC.
"""

from __future__ import annotations

import logging
import os
import re
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
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_handler: logging.Handler | None = None


def configure(level: str = "info", format: str = "pretty") -> None:  # noqa: A002
    """Write everything that is logged from this level on to stderr, warnings too.

    Once more changes level and format. Handlers that others installed stay.

    Args:
        level: ``trace`` or ``debug``, which are the same; ``info``; ``warn`` or ``warning``;
            ``error``.
        format: ``json``, one object a line; ``compact``, one line of key=value; ``pretty``, for
            a person, coloured on a terminal unless NO_COLOR is set.

    Raises:
        InvalidArgument: another level or format.
        ExtraMissing: structlog is not installed.
    """
    global _handler
    if level.lower() not in LEVELS:
        raise InvalidArgument(f"a log level is one of {', '.join(LEVELS)}, not {level!r:.40}")
    if format not in FORMATS:
        raise InvalidArgument(f"a log format is one of {', '.join(FORMATS)}, not {format!r:.40}")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(format))
    root = logging.getLogger()
    if _handler is not None:
        root.removeHandler(_handler)
    root.addHandler(handler)
    root.setLevel(LEVELS[level.lower()])
    logging.captureWarnings(True)
    _handler = handler


def _formatter(form: str) -> logging.Formatter:
    structlog = required("structlog", "cli")
    formatter: logging.Formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_log_level,
            _message_third,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            _add_task,
            _add_trace,
            _add_process,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            *_renderers(structlog, form),
        ],
    )
    return formatter


def _renderers(structlog: Any, form: str) -> list[Processor]:
    if form == "json":
        return [structlog.processors.JSONRenderer()]
    if form == "compact":
        return [_escape_controls, structlog.processors.LogfmtRenderer(bool_as_flag=False)]
    return [
        _escape_controls,
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty() and not os.environ.get("NO_COLOR"),
            # the default one shows local variables, and so payloads
            exception_formatter=structlog.dev.plain_traceback,
        ),
    ]


def _message_third(_: Any, __: str, event: EventDict) -> EventDict:
    """A person reads the time, the level and the message first."""
    event["event"] = event.pop("event")
    return event


def _add_task(_: Any, __: str, event: EventDict) -> EventDict:
    module = sys.modules.get("pyclient.app.context")  # where it is not loaded no task runs
    task = module._running.get(None) if module is not None else None
    if task is not None:
        event.setdefault("task_id", task.task_id)
        event.setdefault("task", task.task_name)
        event.setdefault("queue", task.queue)
        event.setdefault("attempt", task.attempt)
        event.setdefault("worker", task.worker_id)
    return event


def _add_trace(_: Any, __: str, event: EventDict) -> EventDict:
    if "trace_id" not in event:
        trace_id = tracing.trace_id()
        if trace_id is not None:
            event["trace_id"] = trace_id
    return event


def _add_process(_: Any, __: str, event: EventDict) -> EventDict:
    for left_by_another_formatter in ("message", "asctime"):
        event.pop(left_by_another_formatter, None)
    event["pid"] = event["_record"].process
    return event


def _escape_controls(_: Any, __: str, event: EventDict) -> EventDict:
    """Names and errors come from anywhere: they do not get to steer a terminal, or fake a line."""
    for key, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            event[key] = _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
    return event

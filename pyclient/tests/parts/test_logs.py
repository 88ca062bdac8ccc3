"""Whatever is logged goes to stderr in one form, with what is needed to find it again."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from pyclient import logs
from pyclient._extra import ExtraMissing, required
from pyclient.app.context import TaskContext, running
from pyclient.errors import InvalidArgument

log = logging.getLogger("celers.test")
Written = Callable[[], str]
FIELDS = {
    "task_id": "0197aaaa",
    "task": "mail.send",
    "queue": "mail",
    "attempt": 2,
    "worker": "host-1",
    "duration_ms": 12.5,
    "trace_id": "ab" * 16,
}


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What went to stderr; the logging of this process is as before afterwards."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield lambda: capsys.readouterr().err
    root.setLevel(level)
    root.handlers[:] = handlers
    logging.captureWarnings(False)


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_is_one_object_a_line(written: Written) -> None:
    logs.configure("info", "json")
    log.info("done in %s\nways", 2, extra=FIELDS)
    [line] = objects(written())
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line.pop("timestamp"))
    assert line == FIELDS | {
        "event": "done in 2\nways",
        "level": "info",
        "logger": "celers.test",
        "pid": os.getpid(),
    }


def test_an_exception_is_a_field_without_values(written: Written) -> None:
    logs.configure("info", "json")
    log_a_failure()
    [line] = objects(written())
    assert line["event"] == "it failed"
    assert line["exception"].startswith("Traceback (most recent call last):\n")
    assert line["exception"].endswith("ZeroDivisionError: division by zero")


@pytest.mark.parametrize("form", logs.FORMATS)
def test_local_variables_are_never_shown(written: Written, form: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        logs.configure("info", form)
        log_a_failure()
    text = written()
    assert "ZeroDivisionError" in text
    assert "Logging error" not in text
    assert "hunter" + "2" not in text


def log_a_failure() -> None:
    payload = "hunter" + str(2)
    try:
        len(payload) / 0
    except ZeroDivisionError:
        log.exception("it failed")


def test_compact_is_one_line_of_pairs(written: Written) -> None:
    logs.configure("info", "compact")
    log.warning('it said "no"\nand left', extra={"queue": "mail", "is_last": True})
    log_a_failure()
    first, second = written().splitlines()
    assert re.fullmatch(
        r'timestamp=\S+Z level=warning event="it said \\"no\\"\\nand left" logger=celers.test '
        rf"queue=mail is_last=true pid={os.getpid()}",
        first,
    )
    assert "exception=" in second


@pytest.mark.parametrize("form", logs.FORMATS)
def test_what_is_logged_cannot_steer_a_terminal_or_fake_a_line(written: Written, form: str) -> None:
    logs.configure("info", form)
    log.info("a\x1b[2Jb\rc", extra={"task": "x\x1by\x9b\u2028z"})
    try:
        raise ValueError("\x1b]0;title\x07")
    except ValueError:
        log.exception("odd")
    text = written()
    assert not set(text) & set("\x1b\r\x9b\x07\u2028")
    assert "\\u001b" in text


@pytest.mark.parametrize(
    ("is_terminal", "no_color", "is_coloured"),
    [
        (True, None, True),
        (True, "", True),
        (True, "1", False),
        (False, None, False),
    ],
)
def test_pretty_is_coloured_for_a_person_who_wants_it(
    written: Written,
    monkeypatch: pytest.MonkeyPatch,
    is_terminal: bool,
    no_color: str | None,
    is_coloured: bool,
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    logs.configure("info", "pretty")
    log.info("done", extra=FIELDS)
    text = written()
    assert ("\x1b[" in text) == is_coloured
    assert all(field in text for field in ("done", "mail.send", "0197aaaa"))


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        ("trace", ["debug", "info", "warning", "error"]),
        ("debug", ["debug", "info", "warning", "error"]),
        ("Info", ["info", "warning", "error"]),
        ("warn", ["warning", "error"]),
        ("warning", ["warning", "error"]),
        ("ERROR", ["error"]),
    ],
)
def test_the_level_decides_what_is_seen(written: Written, level: str, seen: list[str]) -> None:
    logs.configure(level, "json")
    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)("x")
    assert [line["level"] for line in objects(written())] == seen


def test_twice_changes_the_form_and_doubles_nothing(written: Written) -> None:
    others = list(logging.getLogger().handlers)
    logs.configure("error", "pretty")
    logs.configure("info", "json")
    log.info("once")
    assert [line["event"] for line in objects(written())] == ["once"]
    assert [handler in logging.getLogger().handlers for handler in others] == [True] * len(others)


def test_warnings_are_logged(written: Written) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logs.configure("info", "json")
        warnings.warn("this is old", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(False)
    [line] = objects(written())
    assert line["logger"] == "py.warnings"
    assert "DeprecationWarning: this is old" in line["event"]


def test_what_is_no_json_is_logged_all_the_same(written: Written) -> None:
    logs.configure("info", "json")
    log.info("x", extra={"thing": {1, 2}, "half": "\ud800"})
    [line] = objects(written())
    assert line["thing"] == "{1, 2}"


def test_what_a_task_logs_says_which_task_it_is(written: Written) -> None:
    logs.configure("info", "json")
    none = cast(Any, SimpleNamespace())
    context = TaskContext("0197", "r", "send", "mail", 3, 0, {}, "host-1", none, none)
    with running(context):
        logging.getLogger("shop").info("halfway", extra={"attempt": 7})
    log.info("after")
    inside, after = objects(written())
    assert {key: inside[key] for key in ("task_id", "task", "queue", "attempt", "worker")} == {
        "task_id": "0197",
        "task": "send",
        "queue": "mail",
        "attempt": 7,
        "worker": "host-1",
    }
    assert "task_id" not in after


def test_what_is_logged_in_a_span_says_which_trace_it_is(written: Written) -> None:
    logs.configure("info", "json")
    with TracerProvider().get_tracer("t").start_as_current_span("x") as span:
        log.info("inside")
        log.info("told", extra={"trace_id": "mine"})
    log.info("outside")
    inside, told, outside = objects(written())
    assert inside["trace_id"] == trace.format_trace_id(span.get_span_context().trace_id)
    assert told["trace_id"] == "mine"
    assert "trace_id" not in outside


@pytest.mark.parametrize(("level", "form"), [("loud", "json"), ("info", "xml")])
def test_another_level_or_format_is_refused(level: str, form: str) -> None:
    before = list(logging.getLogger().handlers)
    with pytest.raises(InvalidArgument, match="one of"):
        logs.configure(level, form)
    assert logging.getLogger().handlers == before


def test_without_structlog_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    required.cache_clear()
    monkeypatch.setitem(sys.modules, "structlog", None)
    with pytest.raises(ExtraMissing, match=r"structlog .* pip install 'celers\[cli\]'"):
        logs.configure()

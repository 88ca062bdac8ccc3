"""Spans around sending and running tasks, where opentelemetry is installed; else nothing.

The names and attributes are those of OpenTelemetry's messaging conventions. The trace context
travels in the headers of a task, as the configured propagators write it: by default the keys
``traceparent`` and ``tracestate`` of W3C Trace Context.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Link, Span, Tracer

Headers = Mapping[str, Any]


def sending(
    queue: str, task_name: str, headers: Headers | None, *, task_id: str | None = None
) -> AbstractContextManager[dict[str, Any] | None]:
    """A span around sending one task; gives the headers to send.

    Headers that bring a valid trace context are sent as they are, and the span is linked to it.

    Args:
        queue: where it goes.
        task_name: what it is.
        headers: its headers, None = none.
        task_id: its id, where it is known already.
    """
    tracer = _tracer()
    if tracer is None:
        return nullcontext(_copy(headers))
    return _sending(tracer, queue, task_name, headers, task_id)


def sending_many(
    queue: str, tasks: Iterable[tuple[str, Headers | None]]
) -> AbstractContextManager[list[dict[str, Any] | None]]:
    """A span around sending a batch; gives the headers to send, of each task in order.

    Each task has a span ``create`` of its own, whose context it carries; the span ``send`` is
    linked to them.

    Args:
        queue: where they go.
        tasks: name and headers of each.
    """
    tracer = _tracer()
    if tracer is None:
        return nullcontext([_copy(headers) for _, headers in tasks])
    return _sending_many(tracer, queue, tasks)


def processing(
    *,
    queue: str,
    task_name: str,
    task_id: str,
    attempt: int,
    headers: Headers | None,
    worker_id: str | None,
) -> AbstractContextManager[str | None]:
    """A span around one attempt to run a task, in the trace of the one that sent it; gives its id.

    It is the child of the sender's span and linked to it: a task belongs to one message. Without
    a valid context in the headers it begins a trace. An exception that leaves the block is the
    failure, except where the task only asked to be put off, was cancelled, or its worker ends.
    """
    tracer = _tracer()
    if tracer is None or (not headers and not _is_set_up()):
        return _NOTHING
    attributes = {
        **_attributes(queue, "process", "process", task_name),
        "messaging.message.id": task_id,
        "celers.task.attempt": attempt,
        **({"messaging.client.id": worker_id} if worker_id is not None else {}),
    }
    return _processing(tracer, f"process {queue}", headers, attributes)


def trace_id() -> str | None:
    """The trace of the current span as 32 hexadecimal digits; None where there is none."""
    if _tracer() is None:
        return None
    from opentelemetry import trace

    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None


_is_on = True


def switch_off() -> None:
    """Make no spans in this process, whatever is installed."""
    global _is_on
    _is_on = False
    _tracer.cache_clear()


@cache
def _tracer() -> Tracer | None:
    if not _is_on:
        return None
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    from pyclient._version import installed

    return trace.get_tracer("celers", installed())


def _is_set_up() -> bool:
    """Whether the program has said where spans go; without that they pass a context on, no more."""
    api = _api()
    return not isinstance(api.get_tracer_provider(), api.ProxyTracerProvider)


@cache
def _api() -> Any:
    from opentelemetry import trace

    return trace


@contextmanager
def _sending(
    tracer: Tracer, queue: str, task_name: str, headers: Headers | None, task_id: str | None
) -> Iterator[dict[str, Any] | None]:
    from opentelemetry.trace import SpanKind

    attributes = _attributes(queue, "send", "send", task_name)
    if task_id is not None:
        attributes["messaging.message.id"] = task_id
    name, links = f"send {queue}", _links(_extracted(headers))
    with _span(tracer, name, kind=SpanKind.PRODUCER, attributes=attributes, links=links):
        yield _copy(headers) if links else _with_context(headers)


@contextmanager
def _sending_many(
    tracer: Tracer, queue: str, tasks: Iterable[tuple[str, Headers | None]]
) -> Iterator[list[dict[str, Any] | None]]:
    from opentelemetry.trace import Link, SpanKind

    sent: list[dict[str, Any] | None] = []
    links: list[Link] = []
    for task_name, headers in tasks:
        brought = _links(_extracted(headers))
        if brought:
            sent.append(_copy(headers))
            links += brought
            continue
        attributes = _attributes(queue, "create", "create", task_name)
        name = f"create {queue}"
        with _span(tracer, name, kind=SpanKind.PRODUCER, attributes=attributes) as span:
            sent.append(_with_context(headers))
            links.append(Link(span.get_span_context()))
    attributes = _attributes(queue, "send", "send", None)
    attributes["messaging.batch.message_count"] = len(sent)
    name = f"send {queue}"
    with _span(tracer, name, kind=SpanKind.CLIENT, attributes=attributes, links=links):
        yield sent


@contextmanager
def _processing(
    tracer: Tracer, name: str, headers: Headers | None, attributes: dict[str, Any]
) -> Iterator[str | None]:
    from opentelemetry.trace import SpanKind

    parent = _extracted(headers)
    place = {"context": parent, "links": _links(parent)}
    with _span(tracer, name, kind=SpanKind.CONSUMER, attributes=attributes, **place):
        yield trace_id()


@contextmanager
def _span(tracer: Tracer, name: str, **settings: Any) -> Iterator[Span]:
    """A current span that tells failures, also those that are no Exception."""
    from opentelemetry.trace import Status, StatusCode

    with tracer.start_as_current_span(
        name, **settings, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except BaseException as error:
            if _is_failure(error):
                kind = type(error)
                span.set_attribute("error.type", f"{kind.__module__}.{kind.__qualname__}")
                span.set_status(Status(StatusCode.ERROR))
                span.record_exception(error)
            raise


def _is_failure(error: BaseException) -> bool:
    from pyclient.app.interrupts import Shutdown, TaskCancelled
    from pyclient.app.verdict import Cancel, Snooze

    return not isinstance(error, Snooze | Cancel | TaskCancelled | Shutdown)


def _copy(headers: Headers | None) -> dict[str, Any] | None:
    return None if headers is None else dict(headers)


def _with_context(headers: Headers | None) -> dict[str, Any] | None:
    from opentelemetry.propagate import inject

    carrier = dict(headers or {})
    inject(carrier)
    return carrier or _copy(headers)


def _extracted(headers: Headers | None) -> Context:
    """The context that headers bring. Anybody may write them: what is no text is left out."""
    from opentelemetry.context import Context
    from opentelemetry.propagate import extract

    texts = {key: value for key, value in (headers or {}).items() if isinstance(value, str)}
    return extract(texts, context=Context())


def _links(context: Context) -> list[Link]:
    from opentelemetry.trace import Link, get_current_span

    origin = get_current_span(context).get_span_context()
    return [Link(origin)] if origin.is_valid else []


def _attributes(queue: str, name: str, kind: str, task_name: str | None) -> dict[str, Any]:
    attributes = {
        "messaging.system": "celers",
        "messaging.destination.name": queue,
        "messaging.operation.name": name,
        "messaging.operation.type": kind,
    }
    return attributes if task_name is None else attributes | {"celers.task.name": task_name}


_NOTHING: AbstractContextManager[str | None] = nullcontext()

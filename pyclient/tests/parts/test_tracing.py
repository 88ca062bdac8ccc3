"""Producer and consumer are one trace; without the library there is none, and nothing breaks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import pyclient
from pyclient import tracing
from pyclient.app import (
    Cancel,
    Reject,
    Retry,
    Shutdown,
    Snooze,
    TaskCancelled,
    TaskLeaseLost,
    TaskTimeout,
)

JOB: dict[str, Any] = {
    "queue": "mail",
    "task_name": "send",
    "task_id": "0197aaaa",
    "attempt": 2,
    "headers": None,
    "worker_id": "host-1",
}
CONTEXT = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01", "tracestate": "vendor=1"}


@pytest.fixture(scope="module")
def exporter() -> InMemorySpanExporter:
    """Takes the spans of this process, whose provider can be set only once."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    """The spans that ended in this test."""
    exporter.clear()
    yield exporter
    exporter.clear()


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if opentelemetry were not installed."""
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    tracing._tracer.cache_clear()
    yield
    tracing._tracer.cache_clear()


def ids(span: ReadableSpan | trace.Span) -> tuple[str, str]:
    context = span.get_span_context()
    assert context is not None
    return trace.format_trace_id(context.trace_id), trace.format_span_id(context.span_id)


def linked(span: ReadableSpan) -> list[tuple[str, str]]:
    return [
        (trace.format_trace_id(link.context.trace_id), trace.format_span_id(link.context.span_id))
        for link in span.links
    ]


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def test_a_task_on_its_way_is_one_trace(spans: InMemorySpanExporter, schema: Any) -> None:
    tracer = trace.get_tracer("test")
    with pyclient.connect(schema.dsn) as client:
        with (
            tracer.start_as_current_span("request") as request,
            tracing.sending("mail", "send", {"tenant": 7}, task_id="x") as headers,
        ):
            sent = client.call_enqueue("mail", "send", {"to": "a@b.c"}, headers=headers)
        [task] = client.call_dequeue_batch("mail", "host-1", 1)
        assert task.task_id == sent.task_id
        with tracing.processing(**JOB | {"headers": task.headers, "task_id": task.task_id}):
            inside = tracing.trace_id()
            client.call_ack(task.task_id, task.receipt)
    assert task.headers is not None
    assert task.headers["tenant"] == 7
    assert tracing.trace_id() is None
    sending, _, processing = spans.get_finished_spans()
    assert {ids(span)[0] for span in (request, sending, processing)} == {inside}
    assert sending.parent == request.get_span_context()
    assert (sending.name, sending.kind) == ("send mail", SpanKind.PRODUCER)
    assert attributes(sending) == {
        "messaging.system": "celers",
        "messaging.destination.name": "mail",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.message.id": "x",
        "celers.task.name": "send",
    }
    assert processing.parent is not None
    assert trace.format_span_id(processing.parent.span_id) == ids(sending)[1]
    assert linked(processing) == [ids(sending)]
    assert (processing.name, processing.kind) == ("process mail", SpanKind.CONSUMER)
    assert attributes(processing) == {
        "messaging.system": "celers",
        "messaging.destination.name": "mail",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.message.id": task.task_id,
        "messaging.client.id": "host-1",
        "celers.task.name": "send",
        "celers.task.attempt": 2,
    }
    assert {span.status.status_code for span in (sending, processing)} == {StatusCode.UNSET}


def test_a_batch_has_a_span_for_each_task_and_one_for_the_sending(
    spans: InMemorySpanExporter,
) -> None:
    with tracing.sending_many(
        "mail", [("send", None), ("send", {"a": 1}), ("count", CONTEXT)]
    ) as headers:
        pass
    first, second, sending = spans.get_finished_spans()
    for span, given in zip((first, second), headers, strict=False):
        assert (span.name, span.kind) == ("create mail", SpanKind.PRODUCER)
        assert attributes(span)["celers.task.name"] == "send"
        assert given is not None
        assert given["traceparent"].split("-")[1:3] == list(ids(span))
    assert headers[1] is not None
    assert headers[1]["a"] == 1
    assert headers[2] == CONTEXT
    assert (sending.name, sending.kind) == ("send mail", SpanKind.CLIENT)
    assert linked(sending) == [ids(first), ids(second), ("ab" * 16, "cd" * 8)]
    assert attributes(sending)["messaging.batch.message_count"] == 3


def test_headers_that_bring_a_context_are_sent_as_they_are(spans: InMemorySpanExporter) -> None:
    with tracing.sending("mail", "send", CONTEXT) as headers:
        pass
    assert headers == CONTEXT
    [span] = spans.get_finished_spans()
    assert linked(span) == [("ab" * 16, "cd" * 8)]


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        {"traceparent": ""},
        {"traceparent": "garbage"},
        {"traceparent": 7},
        {"traceparent": None, "tracestate": {"a": 1}},
        {"traceparent": [CONTEXT["traceparent"]]},
        {"traceparent": f"00-{'0' * 32}-{'cd' * 8}-01"},
        {"traceparent": f"ff-{'ab' * 16}-{'cd' * 8}-01"},
        {"traceparent": "x" * 60_000},
        {"tracestate": "=;,=", "baggage": "\x00=%%"},
    ],
)
def test_without_a_valid_context_a_trace_begins(
    spans: InMemorySpanExporter, headers: dict[str, Any] | None
) -> None:
    ambient = trace.get_tracer("test").start_span("of the worker")
    with trace.use_span(ambient), tracing.processing(**JOB | {"headers": headers}):
        assert tracing.trace_id() != ids(ambient)[0]
    with tracing.sending("mail", "send", headers) as sent:
        assert sent is not None
        assert sent["traceparent"].split("-")[1] == tracing.trace_id()
    processing, sending = spans.get_finished_spans()
    for span in (processing, sending):
        assert span.parent is None
        assert linked(span) == []


def test_a_broken_tracestate_costs_only_itself(spans: InMemorySpanExporter) -> None:
    with tracing.processing(**JOB | {"headers": CONTEXT | {"tracestate": "=;,="}}):
        assert tracing.trace_id() == "ab" * 16


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError("no"), "builtins.ValueError"),
        (SystemExit(3), "builtins.SystemExit"),
        (Retry(), "pyclient.app.verdict.Retry"),
        (Reject("never"), "pyclient.app.verdict.Reject"),
        (TaskTimeout("slow"), "pyclient.app.interrupts.TaskTimeout"),
        (TaskLeaseLost(), "pyclient.app.interrupts.TaskLeaseLost"),
        (Snooze(5), None),
        (Cancel(), None),
        (TaskCancelled(), None),
        (Shutdown(), None),
    ],
)
def test_a_failure_is_told_and_what_was_meant_is_none(
    spans: InMemorySpanExporter, error: BaseException, kind: str | None
) -> None:
    with pytest.raises(type(error)) as caught, tracing.processing(**JOB):
        raise error
    assert caught.value is error
    [span] = spans.get_finished_spans()
    assert attributes(span).get("error.type") == kind
    is_error = span.status.status_code is StatusCode.ERROR
    assert is_error == (kind is not None)
    assert [event.name for event in span.events] == ["exception"] * is_error


def test_a_program_that_set_up_no_spans_passes_a_context_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trace, "get_tracer_provider", trace.ProxyTracerProvider)
    with tracing.processing(**JOB | {"headers": CONTEXT}) as trace_id:
        assert trace_id == "ab" * 16
        with tracing.sending("mail", "send", None) as sent:
            assert sent is not None
            assert trace_id in sent["traceparent"]
    with tracing.processing(**JOB) as trace_id:
        assert trace_id is None


def test_a_failure_to_send_is_told(spans: InMemorySpanExporter) -> None:
    with (
        pytest.raises(pyclient.errors.ConnectionLost),
        tracing.sending("mail", "send", None),
        pyclient.connect("mysql://root@127.0.0.1:1/none") as client,
    ):
        client.call_enqueue("mail", "send", {})
    [span] = spans.get_finished_spans()
    assert attributes(span)["error.type"] == "pyclient.errors.ConnectionLost"


@pytest.mark.parametrize("headers", [None, {"a": 1}, CONTEXT])
def test_without_the_library_headers_pass_through(
    no_library: None, headers: dict[str, Any] | None
) -> None:
    with tracing.sending("mail", "send", headers) as sent:
        assert tracing.trace_id() is None
    with tracing.sending_many("mail", [("send", headers), ("send", None)]) as many:
        pass
    with tracing.processing(**JOB):
        assert tracing.trace_id() is None
    assert sent == headers
    assert many == [headers, None]
    assert sent is None or sent is not headers

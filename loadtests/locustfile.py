"""The load test: ``locust -f loadtests/locustfile.py --headless``, or ``make load``.

See docs/performance/load.md.
"""

from __future__ import annotations

from locust import events

from loadtests.load.life import attach
from loadtests.load.operators import Operator
from loadtests.load.producers import BatchProducer, OutboxProducer, SingleProducer
from loadtests.load.shape import CelersShape
from loadtests.load.workers import BatchWorker, SingleWorker, StepWorker, Waiter

__all__ = [
    "SingleProducer",
    "BatchProducer",
    "OutboxProducer",
    "SingleWorker",
    "BatchWorker",
    "StepWorker",
    "Waiter",
    "Operator",
    "CelersShape",
]

attach(events)

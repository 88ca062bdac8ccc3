"""Scales a pool of workers by what its queues and its workers show: see docs/autoscaling.md."""

from __future__ import annotations

from pyclient.worker.autoscale.autoscaler import Autoscaler
from pyclient.worker.autoscale.config import AutoscalerConfig, ScalingTriggers, TargetSla
from pyclient.worker.autoscale.controller import Controller
from pyclient.worker.autoscale.decision import Decision
from pyclient.worker.autoscale.metrics import Metrics, QueueSample, Sample
from pyclient.worker.autoscale.signals import Signal
from pyclient.worker.autoscale.target import Target, resident_mb

__all__ = [
    "Autoscaler",
    "AutoscalerConfig",
    "ScalingTriggers",
    "TargetSla",
    "Target",
    "resident_mb",
    "Controller",
    "Decision",
    "Signal",
    "Metrics",
    "Sample",
    "QueueSample",
]

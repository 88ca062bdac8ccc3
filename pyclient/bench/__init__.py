"""A short measurement with real tasks, in a queue of its own that is empty again afterwards.

Producers and workers are threads of one process: the figures say what one client program gets, and
whether a change of the server helped. They are no limit of the server.
"""

from __future__ import annotations

from pyclient.bench.cleanup import clean_up
from pyclient.bench.run import OPERATIONS, Bench, Timings

__all__ = ["Bench", "Timings", "OPERATIONS", "clean_up"]

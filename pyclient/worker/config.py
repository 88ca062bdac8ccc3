"""What the supervisor and its children are told."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from pyclient.dsn import Dsn

log = logging.getLogger("celers.worker")
_FORMAT = "%(asctime)s %(levelname)s %(process)d %(message)s"


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """How a worker works.

    Attributes:
        place: where the app is, ``package.module:app``.
        dsn: of the schema.
        queues: names separated by commas, in order of preference.
        concurrency: child processes, each running one task at a time.
        prefetch: tasks a child claims at a time. With more than 1 short tasks cost less, and those
            that wait behind a long one wait although another child may be idle.
        lease_s: seconds after which the tasks of a child that died come back.
        is_burst: end when no task is ready; scheduled ones, and so those that wait for their next
            attempt, are not waited for.
        log_level: of the module logging, by name.
    """

    place: str
    dsn: Dsn
    queues: str = "default"
    concurrency: int = 1
    prefetch: int = 1
    lease_s: int = 60
    is_burst: bool = False
    log_level: str = "INFO"


def log_to_stderr(level: str) -> None:
    """One line per event, never with a payload."""
    logging.basicConfig(level=level.upper(), format=_FORMAT)
    logging.captureWarnings(True)

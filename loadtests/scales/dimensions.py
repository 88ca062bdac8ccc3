"""Every dimension by name: what is varied, on which axis, and what is promised of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from loadtests.scales import beside, depths, limits, replica, restart, settings, sizes
from loadtests.scales.points import Point, Promise
from loadtests.scales.stage import CLIENTS, Stage


def _none(_: list[Point]) -> Iterable[Promise]:
    return ()


@dataclass(frozen=True)
class Dimension:
    """A name of --only.

    Attributes:
        about: what is measured, in one sentence.
        run: measures it, point by point.
        promises: what celers is to keep, of all the points.
        axis: of the points, with its unit; "" where they have no order.
        is_quick: part of --quick.
    """

    name: str
    about: str
    run: Callable[[Stage], Iterator[Point]]
    promises: Callable[[list[Point]], Iterable[Promise]] = _none
    axis: str = ""
    is_quick: bool = True


_C = f"{CLIENTS} clients"
_LIFE = f"{_C} enqueue one task and step"

DIMENSIONS: tuple[Dimension, ...] = (
    Dimension(
        "limits",
        "What the server can do at all, and celers beside it",
        limits.limits,
        limits.limit_promises,
    ),
    Dimension(
        "batch",
        f"Tasks per call, {_C}",
        sizes.batch,
        sizes.batch_promises,
        "tasks per call",
    ),
    Dimension(
        "clients",
        "Clients at once, one task per call",
        sizes.clients,
        sizes.client_promises,
        "clients",
    ),
    Dimension(
        "payload", f"Bytes of payload, {_C}, one task per call", sizes.payloads, axis="bytes"
    ),
    Dimension(
        "priorities",
        f"Priorities in use, {_C} step through loaded tasks",
        sizes.priorities,
        axis="priorities",
    ),
    Dimension(
        "queues",
        f"Queues in use, {_C} claim one task and acknowledge it",
        sizes.queues,
        axis="queues",
    ),
    Dimension(
        "ready",
        f"Ready tasks that stand before the new ones; {_LIFE}",
        depths.ready,
        depths.deep_promises,
        "ready tasks",
    ),
    Dimension(
        "delayed",
        f"Tasks that are due in a day; {_LIFE}",
        depths.delayed,
        depths.deep_promises,
        "delayed tasks",
    ),
    Dimension(
        "finished",
        f"Completed tasks of the same queue; {_LIFE}",
        depths.finished,
        depths.flat_promises,
        "finished tasks",
    ),
    Dimension(
        "held",
        f"Time beside a snapshot that another session holds; {_LIFE}",
        beside.held,
        beside.held_promises,
        "seconds",
    ),
    Dimension("dump", f"mysqldump of the database meanwhile; {_LIFE}", beside.dumped),
    Dimension("retries", f"Attempts that are rejected and tried again; {_LIFE}", beside.retries),
    Dimension("long", f"Leases that somebody else holds; {_LIFE}", beside.long_tasks),
    Dimension(
        "restart",
        f"The server is killed and started again; {_LIFE} through pyclient",
        restart.restart,
        restart.restart_promises,
        is_quick=False,
    ),
    Dimension(
        "replica",
        f"A replica on the same machine follows by the binary log; {_LIFE}",
        replica.replicated,
        replica.replica_promises,
        is_quick=False,
    ),
    Dimension("durability", f"What a commit waits for; {_LIFE}", settings.durability),
    Dimension(
        "log_writers",
        f"Who writes the redo log, sessions or threads of its own; {_LIFE}",
        settings.log_writers,
        settings.writer_promises,
        is_quick=False,
    ),
    Dimension(
        "row_image",
        f"How much of a row the binary log has; {_LIFE}",
        settings.row_image,
        is_quick=False,
    ),
    Dimension(
        "compression",
        f"Compressed transactions in the binary log; {_LIFE}",
        settings.compression,
        is_quick=False,
    ),
)

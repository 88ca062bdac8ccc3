"""The Celery application, made from settings; in a worker, from those in the environment."""

from __future__ import annotations

import json
import os
from typing import Any

from loadtests.peers.adapter import note

#: The variable with a worker's settings, as JSON.
SETTINGS = "PEERS_CELERY"

_COMMON = {"task_ignore_result": True, "broker_connection_retry_on_startup": True}


def application(settings: dict[str, Any]) -> tuple[Any, Any]:
    """An application of its own and its one task."""
    from celery import Celery  # type: ignore[import-not-found]

    made = Celery("peers", set_as_current=False)
    made.conf.update(_COMMON, **settings)
    return made, made.task(name="note")(note)


if SETTINGS in os.environ:
    app, _ = application(json.loads(os.environ[SETTINGS]))

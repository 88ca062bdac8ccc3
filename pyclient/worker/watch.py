"""Replaces a worker's processes when source files change: for development."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import watchfiles

from pyclient.worker.config import log


class Watch:
    """A thread that looks at the Python files below a folder."""

    def __init__(self, folder: Path, on_change: Callable[[], None]) -> None:
        """Nothing is looked at yet; on_change is called in the thread."""
        self._folder, self._on_change = folder, on_change
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        python = watchfiles.PythonFilter()
        changes = watchfiles.watch(
            self._folder, watch_filter=python, stop_event=self._over, rust_timeout=500
        )
        for changed in changes:
            paths = sorted({Path(path).name for _, path in changed})
            log.info("%s changed: beginning anew", ", ".join(paths[:5]))
            self._on_change()

"""A worker of procrastinate: URL CONCURRENCY. It runs jobs until SIGTERM."""

from __future__ import annotations

import sys

from loadtests.peers.systems.procrastinate_app import app_and_task

if __name__ == "__main__":
    app, _ = app_and_task(sys.argv[1])
    app.run_worker(concurrency=int(sys.argv[2]))

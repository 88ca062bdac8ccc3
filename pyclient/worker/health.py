"""The worker's answers to "are you alive?": an HTTP port, and a file that is touched.

``/livez`` looks at the worker alone: a database that is away is no reason to restart it.
``/readyz`` asks whether it can work now, ``/startupz`` whether it ever could.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pyclient.client import Client
from pyclient.errors import CelersError

#: Seconds without a turn of the supervisor's loop after which it counts as stuck.
STUCK_S = 30.0
_REMEMBER_S = 1.0  # an answer of the server
_TOUCH_S = 1.0

Checks = dict[str, str]


class Health:
    """What the three questions look at."""

    def __init__(
        self,
        looked_at: Callable[[], float],
        is_ready: Callable[[], bool],
        client: Client,
    ) -> None:
        """Nothing is asked yet.

        Args:
            looked_at: time.monotonic() of the supervisor's latest turn.
            is_ready: whether a child works, and the worker is not about to end.
            client: with short timeouts; its own, so that nothing else is in its way.
        """
        self._looked_at, self._is_ready, self._client = looked_at, is_ready, client
        self._has_started = False
        self._lock = threading.Lock()
        self._known: tuple[float, Checks] = (float("-inf"), {})

    def live(self) -> Checks:
        """Whether the supervisor turns."""
        age_s = time.monotonic() - self._looked_at()
        return {"supervisor": "ok" if age_s < STUCK_S else f"stuck for {age_s:.0f} s"}

    def ready(self) -> Checks:
        """Whether tasks are run now."""
        is_ready = self._is_ready()
        self._has_started |= is_ready
        workers = "ok" if is_ready else "no process works"
        return self.live() | {"workers": workers} | self._ask_server()

    def startup(self) -> Checks:
        """Whether tasks were ever run."""
        self._has_started |= self._is_ready()
        return {"workers": "ok" if self._has_started else "no process works yet"}

    def _ask_server(self) -> Checks:
        with self._lock:  # many probes, one question
            asked_at, answer = self._known
            if time.monotonic() - asked_at > _REMEMBER_S:
                answer = self._server()
                self._known = (time.monotonic(), answer)
            return answer

    def _server(self) -> Checks:
        try:
            version = self._client.call_version()
        except CelersError as error:
            return {"db": f"{type(error).__name__}: {error}"}
        return {"db": "ok", "schema": version.version, "events": version.event_scheduler}


_INFORMATION = {"schema", "events"}  # said, and no reason to be unwell


def is_well(checks: Checks) -> bool:
    """Whether all of them are."""
    return all(value == "ok" for key, value in checks.items() if key not in _INFORMATION)


class HealthServer:
    """The HTTP port."""

    def __init__(
        self, health: Health, host: str, port: int, decisions: Callable[[], list[dict[str, Any]]]
    ) -> None:
        """Listen; nothing is answered before start().

        Args:
            health: the questions.
            host, port: where; 0 = any port that is free.
            decisions: the latest ones of the autoscaler, for ``/autoscaler``.

        Raises:
            OSError: the port is taken, or not allowed.
        """
        questions = {"/livez": health.live, "/readyz": health.ready, "/startupz": health.startup}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.split("?", 1)[0]
                if path in questions:
                    checks = questions[path]()
                    is_fine = is_well(checks)
                    status = "ok" if is_fine else "unavailable"
                    self._answer(200 if is_fine else 503, {"status": status, "checks": checks})
                elif path == "/autoscaler":
                    self._answer(200, {"decisions": decisions()})
                else:
                    known = [*questions, "/autoscaler"]
                    self._answer(404, {"status": "not found", "known": known})

            def _answer(self, code: int, value: object) -> None:
                body = json.dumps(value).encode() + b"\n"
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Probes come every few seconds: they are not logged."""

        self._server = ThreadingHTTPServer((host, port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="health", daemon=True
        )

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()


class HeartbeatFile:
    """A file whose time says when the worker was last well; for probes that run a command."""

    def __init__(self, path: Path, health: Health) -> None:
        """Nothing is written yet."""
        self._path, self._health = path, health
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat file", daemon=True)

    def start(self) -> None:
        """Touch it from now on, while the worker is alive.

        Raises:
            OSError: it cannot be written.
        """
        self._path.touch()
        self._thread.start()

    def stop(self) -> None:
        """Touch it no more, and remove it."""
        self._over.set()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._over.wait(_TOUCH_S):
            if is_well(self._health.live()):
                self._path.touch()

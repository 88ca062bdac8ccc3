"""A client of an API that has a rate limit, and is down at times.

What the API says decides what becomes of a task. After 429 it is tried again when the API allows
it, after a failure with growing delays. After three failures in a row a circuit breaker puts all
tasks off without asking: `python -m examples.rate_limited_api`, with CELERS_DSN set to a schema.
"""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pyclient
from examples.workers import working
from pyclient.app import Reject, Retry, Snooze
from pyclient.breaker import CircuitBreaker, CircuitOpen
from pyclient.errors import Unavailable

app = pyclient.App("api-client")
# One per process. A real one would stay open for a minute.
breaker = CircuitBreaker(failure_threshold=3, timeout_s=0.3, success_threshold=1)


class ApiDown(Unavailable):
    """The API does not work: what the breaker counts."""


@app.task(queue="api", max_retries=50, retry=[0.1, 0.2, 0.4])
def fetch(user: int) -> Any:
    """Ask the API about a user."""
    try:
        return breaker.call(lambda: ask(f"users/{user}"))
    except CircuitOpen as error:
        raise Snooze(error.retry_in_s) from error  # no attempt was made: counts as no error


def ask(path: str) -> Any:
    """One request."""
    try:
        with urllib.request.urlopen(f"{os.environ['API']}/{path}", timeout=5) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 429:
            raise Retry(float(error.headers["Retry-After"])) from error
        if error.code < 500:
            raise Reject(f"the API answered {error.code} to {path}") from error
        raise ApiDown(f"the API answered {error.code}") from error
    except OSError as error:
        raise ApiDown(f"the API cannot be reached: {error}") from error


class Api(BaseHTTPRequestHandler):
    """The API: 10 requests in 0.3 s; the first 4 fail; and it has no user 13."""

    window_s, limit, failures = 0.3, 10, 4
    answers: ClassVar[Counter[int]] = Counter()
    _lock = threading.Lock()
    _begun, _asked = 0.0, 0

    def do_GET(self) -> None:
        """Answer about a user."""
        status = self._status()
        with Api._lock:
            Api.answers[status] += 1
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", str(self.window_s))
        self.end_headers()
        if status == 200:
            number = int(self.path.rpartition("/")[2])
            self.wfile.write(json.dumps({"user": number, "name": f"user {number}"}).encode())

    def _status(self) -> int:
        with Api._lock:
            if Api.answers[500] < self.failures:
                return 500
            if time.monotonic() - Api._begun > self.window_s:
                Api._begun, Api._asked = time.monotonic(), 0
            Api._asked += 1
            if Api._asked > self.limit:
                return 429
        return 404 if self.path.endswith("/13") else 200

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


def main() -> None:
    """Ask about thirty users."""
    Api.answers.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ["API"] = f"http://127.0.0.1:{server.server_address[1]}"
    handles = {user: fetch.enqueue(user) for user in range(30)}
    with working("examples.rate_limited_api:app", "--queues", "api", "--concurrency", "2"):
        states = {user: handle.wait(timeout=60) for user, handle in handles.items()}
    server.shutdown()
    assert [user for user, state in states.items() if state != "completed"] == [13]
    assert states[13] == "dead"
    for user in states.keys() - {13}:
        assert handles[user].result() == {"user": user, "name": f"user {user}"}
    assert Api.answers[200] == 29
    assert Api.answers[500] == Api.failures
    print(f"30 users, and the API answered {dict(sorted(Api.answers.items()))}")


if __name__ == "__main__":
    main()

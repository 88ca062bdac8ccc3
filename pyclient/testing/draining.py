"""Running what is enqueued, in this process and through the real server."""

from __future__ import annotations

from collections.abc import Sequence

from pyclient.app import App
from pyclient.client import Client
from pyclient.testing import _runner
from pyclient.testing.report import Report, Run
from pyclient.worker.job import Job, Outcome

# A test that stands in a debugger must not lose its task.
_LEASE_S = 3600


def drain(
    app: App,
    *,
    queues: str | Sequence[str] | None = None,
    limit: int = 1000,
    with_retries: bool = False,
) -> Report:
    """Run the tasks that are ready, and those that they enqueue, until none is left.

    They are claimed and acknowledged as by a worker, and run by the worker's own code, one after
    the other in the order of the queue. Time limits of tasks are not enforced.

    Args:
        app: whose tasks; others are given back, as a worker does.
        queues: names, the preferred ones first; None = all.
        limit: most attempts to run.
        with_retries: run a task that failed again at once, instead of leaving it scheduled for
            the end of its backoff.

    Returns:
        What ran, and what is left.

    Raises:
        CelersError: as the calls of a worker.
    """
    return _Drain(app, queues, with_retries).run(limit)


class _Drain:
    """One drain."""

    def __init__(self, app: App, queues: str | Sequence[str] | None, with_retries: bool) -> None:
        self._app, self._client = app, app.client
        self._wanted = queues.split(",") if isinstance(queues, str) else queues
        self._with_retries = with_retries
        self._worker_id = f"{app.name}@drain"
        self._report = Report()

    def run(self, limit: int) -> Report:
        """Run tasks, then count what is left."""
        while len(self._report.runs) < limit and (job := self._claim()):
            outcome = _runner.run(self._app, job, self._client, self._worker_id)
            self._report.runs.append(self._hand_in(job, outcome))
        self._report.left = sum(self._ready().values())
        return self._report

    def _ready(self) -> dict[str, int]:
        """How many tasks each queue could hand out."""
        self._client.call_promote_due()
        rows = {row.queue: row for row in self._client.call_list_queues() if not row.is_paused}
        chosen = rows if self._wanted is None else self._wanted
        return {queue: rows[queue].ready for queue in chosen if queue in rows}

    def _claim(self) -> Job | None:
        queues = ",".join(queue for queue, ready in self._ready().items() if ready)
        if not queues or not _runner.may_claim(self._app, queues):
            return None
        rows = self._client.call_dequeue_batch(queues, self._worker_id, 1, lease_s=_LEASE_S)
        return Job.of(rows[0]) if rows else None

    def _hand_in(self, job: Job, outcome: Outcome | None) -> Run:
        if outcome is None:
            said, error = "lost", None
        else:
            said, error = _taken(self._client, self._at_once(outcome)), outcome.error
            if said != "lost":
                _runner.tell_after(self._app, outcome)
        return Run(job.task_id, job.name, job.queue, job.attempt, said, error)

    def _at_once(self, outcome: Outcome) -> Outcome:
        if self._with_retries and outcome.word == "reject":
            return outcome._replace(item=outcome.item | {"delay_s": 0})
        return outcome


def _taken(client: Client, outcome: Outcome) -> str:
    """What the server makes of an outcome."""
    rows = (
        client.call_ack_batch([outcome.item])
        if outcome.is_ack
        else client.call_reject_batch([outcome.item])
    )
    return rows[0].outcome

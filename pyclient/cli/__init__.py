"""The command line ``celers``: a registry of command modules.

Each module of this package that is named in COMMANDS has a click command or group of the name
given there, and is imported only when that command is used. Data goes to stdout, messages go to
stderr.

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 cannot connect, 4 schema missing,
outdated or changed by hand, 5 conflict, 6 not found, 7 rejected because of a limit, 69 no worker
is there, 130 interrupted, 141 nobody reads stdout any more, 143 terminated.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

COMMANDS = {
    "bench": ("pyclient.cli.bench", "measure this server with real tasks"),
    "completion": ("pyclient.cli.completion", "print a completion script for a shell"),
    "config": ("pyclient.cli.config", "look at the configuration"),
    "dlq": ("pyclient.cli.dlq", "look at dead letters, put them back, delete them"),
    "doctor": ("pyclient.cli.doctor", "look for what ails the server, the schema and the queue"),
    "enqueue": ("pyclient.cli.enqueue", "add a task to a queue"),
    "export": ("pyclient.cli.export", "write tasks as lines of JSON"),
    "healthcheck": ("pyclient.cli.healthcheck", "ask a worker whether it is well, for probes"),
    "import": ("pyclient.cli.import_", "enqueue what export wrote"),
    "init": ("pyclient.cli.init", "write what a new project needs"),
    "maintenance": ("pyclient.cli.maintenance", "do maintenance, look at its duties"),
    "metrics": ("pyclient.cli.metrics", "metrics for Prometheus"),
    "migrate": ("pyclient.cli.migrate", "deploy the schema, or look at its state"),
    "queue": ("pyclient.cli.queue", "look at queues, stop and empty them"),
    "report": ("pyclient.cli.report", "what a bug report needs, without secrets"),
    "scale-metric": ("pyclient.cli.scale_metric", "one number for an autoscaler"),
    "stats": ("pyclient.cli.stats", "figures about queues, tasks or workers"),
    "task": ("pyclient.cli.task", "look at tasks, follow them, retry and cancel them"),
    "top": ("pyclient.cli.top", "the queues, the workers and the latest failures, full screen"),
    "worker": ("pyclient.cli.worker", "run tasks"),
}


def main() -> None:
    """Run the command line; it needs click, which the extra ``cli`` brings."""
    if find_spec("click") is None:
        print("celers: the command line needs click: pip install 'celers[cli]'", file=sys.stderr)
        raise SystemExit(1)
    from pyclient.cli._group import run

    run(COMMANDS)

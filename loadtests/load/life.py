"""Where Locust's events meet the run: options, database, users, ledger, verdict, exit code."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path
from typing import Any

import gevent
import locust.stats
import mysql.connector
from locust.runners import MasterRunner

from loadtests.load import options, schema, summary
from loadtests.load.judge import judge
from loadtests.load.session import Session
from loadtests.load.verdict import three_digits
from pyclient.errors import CelersError
from pyclient.migrate import MigrateError

_INTERRUPTED = 128 + signal.SIGINT
_NO_SERVER = 2
_NEVER_S = 1e6


def attach(events: Any) -> None:
    """Take part in Locust's events."""
    locust.stats.bucket_response_time = three_digits  # not whole ms
    logging.getLogger("mysql.connector").setLevel(logging.WARNING)  # a line for each connection
    events.init_command_line_parser.add_listener(options.add)
    events.init.add_listener(_on_init)
    events.test_start.add_listener(lambda environment, **_: environment.celers.start())
    events.test_stopping.add_listener(lambda environment, **_: environment.celers.finish())
    events.test_stop.add_listener(lambda environment, **_: environment.celers.hand_in())


def _on_init(environment: Any, **_: Any) -> None:
    session = environment.celers = Session(environment)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # Locust's own comes after the shape
    try:
        session.begin()
    except (CelersError, MigrateError, mysql.connector.Error) as error:
        print(f"The load cannot begin: {error}", file=sys.stderr)
        environment.runner.quit()
        sys.exit(_NO_SERVER)
    except KeyboardInterrupt:
        environment.runner.quit()
        sys.exit(_INTERRUPTED)
    # Registered after Locust's own, these are the first to be told: Locust fires in reverse.
    if session.leads:
        if isinstance(environment.runner, MasterRunner):
            environment.events.worker_connect.add_listener(
                lambda client_id, **_: session.expect(client_id)
            )
        environment.events.quitting.add_listener(_on_quitting)
    else:
        environment.events.quitting.add_listener(lambda **_: environment.runner.stop())


def _on_quitting(environment: Any, **_: Any) -> None:
    """Judge, and leave the server as it was."""
    session: Session = environment.celers
    environment.process_exit_code = 1
    environment.runner.quit()
    verdict = judge(environment)
    try:
        head = summary.head(session)
        schema.drop(session.dsn)
    except (CelersError, mysql.connector.Error) as error:
        head = f"The database {session.dsn.database} is left on the server: {error}"
    if verdict.is_passed:
        done = session.is_complete or not session.options.headless
        environment.process_exit_code = 0 if done else _INTERRUPTED
    text = summary.text(head, session, verdict, environment)
    if session.options.csv_prefix:
        Path(f"{session.options.csv_prefix}_verdict.txt").write_text(text + "\n")
        _await_csv()
    environment.events.quit.add_listener(lambda **_: print(text, flush=True))


def _await_csv() -> None:
    """Let Locust's writer write once more, and then no more: it closes its files without that."""
    period_s = locust.stats.CSV_STATS_INTERVAL_SEC
    locust.stats.CSV_STATS_INTERVAL_SEC = _NEVER_S
    gevent.sleep(period_s * 1.1)

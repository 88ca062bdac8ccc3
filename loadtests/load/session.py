"""A run from its beginning to its end, in the process that leads it and in those that help it."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
import time
from typing import Any

import gevent
import mysql.connector
from locust.runners import MasterRunner, WorkerRunner

from loadtests.load import schema
from loadtests.load.ledger import Ledger
from loadtests.load.shapes import SATURATION
from pyclient.dsn import Dsn, from_environment

_LOADED, _FINISH, _LEDGER = "celers_loaded", "celers_finish", "celers_ledger"
#: What Locust's own patience adds to the stop timeout.
_GRACE_S = 15.0


class Session:
    """What the users of a process share. Locust's environment has it as ``celers``.

    Attributes:
        ledger: what the users of this process were told; of all processes, at the end, where the
            process leads.
        is_complete: whether the shape ran to its end.
        broken: what went wrong with the run itself.
        kills: connections killed so far.
    """

    def __init__(self, environment: Any) -> None:
        self._environment = environment
        self.ledger = Ledger()
        self.is_complete = False
        self.broken: list[str] = []
        self.kills = 0
        self._awaited: set[str] = set()
        self._killer: Any = None

    @property
    def options(self) -> Any:
        """The command line, in a helping process as the leading one has it."""
        return self._environment.parsed_options

    @property
    def is_loaded(self) -> bool:
        """Whether the idle run is over; stands among the options, which new processes receive."""
        return bool(self.options.load_is_on)

    @property
    def runner(self) -> Any:
        """Locust's runner."""
        return self._environment.runner

    @property
    def leads(self) -> bool:
        """Whether this process has the shape, the database and the verdict."""
        return not isinstance(self.runner, WorkerRunner)

    @property
    def dsn(self) -> Dsn:
        """Where the load goes.

        By the driver in pure Python, which gevent can switch away from: the C extension would
        stop all users of a process while one of them waits.
        """
        found = from_environment(self.options.dsn)
        return dataclasses.replace(found, database=self.options.load_database, use_pure=True)

    def begin(self) -> None:
        """Make the database and listen to the other processes.

        Raises:
            CelersError, MigrateError: there is no database to be had.
        """
        if isinstance(self.runner, WorkerRunner):
            self.options.load_is_on = False
            self.runner.register_message(_LOADED, self._on_loaded)
            self.runner.register_message(_FINISH, self._on_finish, concurrent=True)
            return
        if isinstance(self.runner, MasterRunner):
            self.runner.register_message(_LEDGER, self._on_ledger)
        self._fill_in()
        self.options.load_is_on = False
        self.options.load_database = schema.name_of_this_run()
        try:
            schema.deploy(self.dsn)
        except BaseException:
            schema.drop(self.dsn)
            raise

    def _fill_in(self) -> None:
        """Users and seconds where they are not given: a ramp needs room for both."""
        users, run_time = (200, 300) if self.options.shape == SATURATION else (24, 60)
        self.options.num_users = self.options.num_users or users
        self.options.run_time = self.options.run_time or run_time

    def start(self) -> None:
        """Before the first user of this process."""
        if isinstance(self.runner, WorkerRunner) and self.options.processes:
            # An interrupt from the terminal reaches all; the leading process tells the others.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def begin_anew(self) -> None:
        """Before the shape's first word: the idle run comes first."""
        self.is_complete = self.options.load_is_on = False

    def load(self) -> None:
        """End the idle run, in all processes."""
        self.options.load_is_on = True
        if isinstance(self.runner, MasterRunner):
            self.runner.send_message(_LOADED)
        if self.options.kill_every:
            self._killer = gevent.spawn(self._kill)

    def finish(self) -> None:
        """Stop the users of all processes and gather their ledgers. Before Locust stops them."""
        if self._killer is not None:
            self._killer.kill()
            if not self.kills:
                self.broken.append("no connection could be killed: --kill-every proved nothing")
        if isinstance(self.runner, MasterRunner):
            self._awaited |= {client.id for client in self.runner.clients.all}
            self.runner.send_message(_FINISH)
            give_up_at = time.monotonic() + self._environment.stop_timeout + _GRACE_S
            while self._awaited and time.monotonic() < give_up_at:
                gevent.sleep(0.05)
            if self._awaited:
                self.broken.append(
                    f"{len(self._awaited)} processes did not hand in their ledger: nothing is known"
                )

    def hand_in(self) -> None:
        """Give the ledger to the leading process. After the users have stopped."""
        if isinstance(self.runner, WorkerRunner):
            ledger, self.ledger = self.ledger, Ledger()
            self.runner.send_message(_LEDGER, ledger.message())

    def expect(self, client_id: str) -> None:
        """Await the ledger of a process even if it is gone by then."""
        self._awaited.add(client_id)

    def _on_loaded(self, **_: Any) -> None:
        self.options.load_is_on = True

    def _on_finish(self, **_: Any) -> None:
        self.runner.stop()

    def _on_ledger(self, *, msg: Any, **_: Any) -> None:
        self.ledger.add(Ledger.of_message(msg.data))
        self._awaited.discard(msg.node_id)

    def _kill(self) -> None:
        while True:
            with contextlib.suppress(mysql.connector.Error):  # a server that restarts
                self.kills += schema.kill_one(self.dsn)
            gevent.sleep(self.options.kill_every)

"""What all users are: a client of their own, calls that are timed, a pace, a ledger."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from gevent.event import Event
from locust import User
from locust.exception import StopUser

import pyclient
from loadtests.load.ledger import Ledger
from loadtests.load.session import Session
from pyclient.errors import CelersError, Unavailable

#: Longer than any call is repeated, so that no lease runs out on the way.
LEASE_S = 120
#: How long a user tries what pyclient does not repeat itself.
PATIENCE_S = 30.0
_PAUSE_S = 0.2
#: What stands before Locust's type of a call that began in the idle run.
IDLE = "idle "
Errors: TypeAlias = tuple[type[Exception], ...]


class Timed:
    """A client whose calls are reported to Locust: ``call_ack`` as celers_ack.

    A time is that of the whole call, with all tries that pyclient makes of it.
    """

    def __init__(
        self, client: pyclient.Client, user: LoadUser, suffix: str = "", repeats: Errors = ()
    ) -> None:
        """Take the calls of a client.

        Args:
            client: whose.
            user: who makes them.
            suffix: what stands after the routine's name.
            repeats: errors after which the user repeats more than the call, and reports that.
        """
        self._client, self._user, self._suffix, self._repeats = client, user, suffix, repeats

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._client, name)
        routine = f"{name.replace('call_', 'celers_', 1)}{self._suffix}"

        def timed(*args: Any, **options: Any) -> Any:
            with self._user.timing("CALL", routine, self._repeats):
                return call(*args, **options)

        return timed


class LoadUser(User):  # type: ignore[misc]
    """A user with a connection of its own.

    Attributes:
        slowness: how many times the pause of other users its own is, under load.
        failures: what a cycle that failed ends with.
    """

    abstract = True
    slowness = 1.0
    failures: Errors = (CelersError,)

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self.session: Session = environment.celers
        self.ledger: Ledger = self.session.ledger
        self.client = pyclient.connect(self.session.dsn)
        self.calls = Timed(self.client, self)
        self.name = f"{type(self).__name__}-{id(self):x}"
        self._is_to_stop = Event()

    def on_start(self) -> None:
        """Connect: a client that was never connected does not repeat its first call."""
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.client.schema_version()
            except Unavailable:
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(_PAUSE_S)
            else:
                return

    def cycle(self) -> None:
        """What it does again and again."""
        raise NotImplementedError

    def let_go(self) -> None:
        """Put down what it holds, at the end."""

    def run_cycles(self) -> None:
        """Cycle after cycle with pauses between, until it is to stop.

        Locust would kill a user that pauses, and that may hit the call after the pause: so its
        pauses are no concern of Locust.
        """
        while not self._is_to_stop.is_set():
            with contextlib.suppress(*self.failures):  # reported where it was timed
                self.cycle()
            self._is_to_stop.wait(self._pause_s())
        raise StopUser

    tasks = [run_cycles]  # noqa: RUF012 - how Locust is told

    def stop(self, force: bool = False) -> bool:
        """End after the cycle that runs; with force in the middle of it."""
        self._is_to_stop.set()
        return bool(super().stop(force))

    def _pause_s(self) -> float:
        """Random, with the pace's mean, as independent users come."""
        slowness = self.slowness if self.session.is_loaded else 1.0
        return random.expovariate(self.session.options.pace / slowness)

    def on_stop(self) -> None:
        """Put everything down and leave."""
        with contextlib.suppress(*self.failures):
            self.let_go()
        self.client.close()

    @contextlib.contextmanager
    def timing(self, kind: str, name: str, repeats: Errors = ()) -> Iterator[None]:
        """Report to Locust what is done inside, under the phase in which it began.

        Args:
            kind: Locust's type.
            name: Locust's name.
            repeats: errors that are not reported.
        """
        kind = kind if self.session.is_loaded else f"{IDLE}{kind}"
        error: BaseException | None = None
        began = time.perf_counter()
        try:
            yield
        except BaseException as raised:  # a user that Locust kills too: its call has no answer
            error = raised
            raise
        finally:
            if not isinstance(error, repeats):
                self._report(kind, name, began, error)

    def _report(self, kind: str, name: str, began: float, error: BaseException | None) -> None:
        self.environment.events.request.fire(
            request_type=kind,
            name=name,
            response_time=(time.perf_counter() - began) * 1000,
            response_length=0,
            exception=error,
            context={},
        )

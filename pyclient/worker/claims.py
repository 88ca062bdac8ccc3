"""The turns of a child: hand in what ended, claim what it has room for, or wait."""

from __future__ import annotations

import time

from pyclient.worker.board import Board
from pyclient.worker.config import WorkerConfig
from pyclient.worker.demand import Prefetch
from pyclient.worker.exchange import Exchange
from pyclient.worker.held import Held
from pyclient.worker.link import Link

_LOOK_S = 0.5  # for the wish to end, while every place is taken


class Claims:
    """Decides what is asked of the server next. Its turns are taken by one thread.

    Attributes:
        is_worn_out: the process has run as many tasks as it may.
    """

    def __init__(
        self, config: WorkerConfig, held: Held, exchange: Exchange, link: Link, board: Board
    ) -> None:
        """Nothing is claimed yet."""
        self._config, self._held, self._exchange = config, held, exchange
        self._link, self._board = link, board
        self._prefetch = Prefetch(config.prefetch)
        self.is_worn_out = False

    def note(self, ran_s: float) -> None:
        """A task ran so long."""
        self._prefetch.note(ran_s)

    def turn(self) -> bool:
        """Hand in and claim, or wait for something to do; False = there is nothing more to do."""
        slots = self._config.slots
        in_hand, ahead = self._held.in_hand, self._prefetch.ahead(slots)
        enough = self._prefetch.enough(slots)
        room = self._room(slots + ahead, in_hand)
        is_busy = in_hand >= slots and self._held.waiting > enough
        if self._held.has_outcomes and not is_busy:
            self._exchange.step(self._link, self._held.take(), limit=room)
        elif in_hand and self._is_tired(in_hand):
            self._held.wait_for_outcomes(_LOOK_S, enough)
        elif self._is_tired(in_hand):
            self.is_worn_out = True
            return False
        elif in_hand >= slots:
            self._held.wait_for_outcomes(_LOOK_S, enough)
        elif room == 0:
            time.sleep(self._config.pressure_delay_s)
        elif not self._config.is_burst:
            self._exchange.wait(self._link, room)
        elif not self._exchange.step(self._link, limit=room):
            return self._is_busy()
        return True

    def _is_busy(self) -> bool:
        """In a burst with nothing ready: what runs may still make tasks ready."""
        if self._held.in_hand:
            self._held.wait_for_outcomes(_LOOK_S, 0)
        return self._held.in_hand > 0 or self._held.has_outcomes

    def _is_tired(self, in_hand: int) -> bool:
        most = self._config.max_tasks
        return most is not None and self._board.ended_count + in_hand >= most

    def _room(self, wanted: int, in_hand: int) -> int:
        """How many tasks to claim now, so that as many are in hand as are wanted.

        Of a learned number half at a time: while one claim is run, the next is under way.
        """
        room = wanted - in_hand
        if not self._config.prefetch:
            room = min(room, max(self._config.slots, (wanted + 1) // 2))
        if self._config.max_tasks is not None:
            room = min(room, self._config.max_tasks - self._board.ended_count - in_hand)
        return max(0, min(room, self._config.most_waiting - self._held.waiting))

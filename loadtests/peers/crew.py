"""Processes of ours that do something with a system, and are killed where they do not come back."""

from __future__ import annotations

import functools
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from loadtests.driver import PROCESSES

Answer = TypeVar("Answer")


class ProcessFailed(Exception):
    """A process of ours raised something, or died; the text says what."""


class NotFinished(Exception):
    """A process of ours did not come to its end in time, and was killed."""


class Crew(Generic[Answer]):
    """Processes that answer once or several times; none is left after the block."""

    def __init__(self) -> None:
        self._members: list[tuple[BaseProcess, Connection]] = []

    def start(self, job: Callable[[Connection], Answer]) -> None:
        """Fork a process. What the job returns is its last answer; it may send others itself."""
        ours, theirs = PROCESSES.Pipe()
        process = PROCESSES.Process(target=_member, args=(theirs, job), daemon=True)
        process.start()
        theirs.close()
        self._members.append((process, ours))

    def tell(self, words: Any) -> None:
        """Send something to all."""
        for _, pipe in self._members:
            pipe.send(words)

    def answers(self, within_s: float) -> list[Answer | None]:
        """The next answer of each, in the order of their start; None of one that gave none.

        Raises:
            ProcessFailed: one of them failed.
        """
        until = time.monotonic() + within_s
        found: list[Answer | None] = [None] * len(self._members)
        open_pipes = {pipe: place for place, (_, pipe) in enumerate(self._members)}
        while open_pipes:
            ready = wait(list(open_pipes), max(until - time.monotonic(), 0))
            for pipe in ready:
                assert isinstance(pipe, Connection)
                place = open_pipes.pop(pipe)
                found[place] = self._answer(*self._members[place])
            if not ready:
                break
        return found

    def _answer(self, process: BaseProcess, pipe: Connection) -> Answer:
        try:
            is_good, value = pipe.recv()
        except EOFError:
            process.join()
            raise ProcessFailed(f"a process died with exit code {process.exitcode}") from None
        if not is_good:
            raise ProcessFailed(value)
        answer: Answer = value
        return answer

    def __enter__(self) -> Crew[Answer]:
        return self

    def __exit__(self, *_: object) -> None:
        for process, pipe in self._members:
            pipe.close()
            process.join(0.2)
            if process.is_alive():
                process.kill()
                process.join()


def apart(jobs: Sequence[Callable[[], Answer]], within_s: float) -> list[Answer]:
    """Run jobs in processes of their own, all at once.

    Raises:
        NotFinished: one was not done in time.
        ProcessFailed: one failed.
    """
    with Crew[tuple[Answer]]() as crew:
        for job in jobs:
            crew.start(functools.partial(_alone, job))
        found = crew.answers(within_s)
    if None in found:
        raise NotFinished(f"not done within {within_s:g} s")
    return [answer[0] for answer in found if answer is not None]


def _alone(job: Callable[[], Answer], _: Connection) -> tuple[Answer]:
    return (job(),)


def _member(pipe: Connection, job: Callable[[Connection], Any]) -> None:
    try:
        answer: tuple[bool, Any] = True, job(pipe)
    except BaseException as error:
        answer = False, "".join(traceback.format_exception(error)).strip()
    try:
        pipe.send(answer)
    except OSError:  # nobody waits for it any more
        return
    pipe.close()

"""Keys that are pressed while a screen is shown."""

from __future__ import annotations

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pressed_keys() -> Iterator[None]:
    """Within the block a key is read when it is pressed, and not shown; Ctrl-C stays a signal."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def is_pressed(keys: str, within_s: float) -> bool:
    """Wait so long for one of these keys; others are passed over."""
    until = time.monotonic() + within_s
    while (left_s := until - time.monotonic()) > 0:
        if not sys.stdin.isatty():
            time.sleep(left_s)
            return False
        if select.select([sys.stdin], [], [], left_s)[0]:
            read = os.read(sys.stdin.fileno(), 64).decode(errors="replace")
            if not read or any(key in read for key in keys):
                return True
    return False

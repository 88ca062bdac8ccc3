"""The options that this load test adds to Locust's, and other defaults for some of Locust's."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from loadtests.load import shapes
from loadtests.load.verdict import Bounds
from pyclient.dsn import Dsn
from pyclient.errors import InvalidDsn

#: Seconds for the users to end their cycles; one that waits for a task waits for one second.
_STOP_TIMEOUT = "10"


def add(parser: Any) -> None:
    """Add them to Locust's parser."""
    parser.set_defaults(stop_timeout=_STOP_TIMEOUT)
    add_to = parser.add_argument_group("celers").add_argument
    add_to(
        "--dsn",
        type=_dsn,
        env_var="CELERS_DSN",
        metavar="DSN",
        help="the server: mysql://user:password@host:3306/; the load works in a database of its "
        "own, which is dropped in the end",
    )
    add_to(
        "--shape",
        choices=shapes.NAMES,
        default="steady",
        help="how many of the -u users there are in the course of the -t: all; all for a fifth of "
        "the time (spike); a working day; or more and more until the calls per second stop rising "
        "(saturation)",
    )
    add_to(
        "--idle",
        type=_positive,
        default=10.0,
        metavar="SECONDS",
        help="how long one user of each class runs before, for the p99 to compare with",
    )
    add_to(
        "--pace",
        type=_positive,
        default=10.0,
        metavar="RATE",
        help="cycles per second of each user, while the server keeps up; operators a fifth",
    )
    add_to(
        "--p99",
        type=_text_of(Bounds.parse),
        default="10",
        metavar="RATIO[,ROUTINE=RATIO…]",
        help="how many times the p99 of the idle run a routine's p99 may be; 0 = any",
    )
    add_to(
        "--error-budget",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="of all calls this share may fail, e.g. 0.001",
    )
    add_to(
        "--kill-every",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="kill a user's connection in the server again and again; 0 = never",
    )


def _dsn(text: str) -> str:
    try:
        Dsn.parse(text)
    except InvalidDsn as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _text_of(parse: Callable[[str], object]) -> Callable[[str], str]:
    """Check a text here, and leave it text: options travel to other processes."""

    def check(text: str) -> str:
        try:
            parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        return text

    return check


def _seconds(text: str) -> float:
    value = _number(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return value


def _positive(text: str) -> float:
    value = _number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return value


def _share(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share from 0 to 1")
    return value


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is not a number")
    return value

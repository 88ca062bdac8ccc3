"""What the commands share: the options that all have, the way to the server, the questions."""

from __future__ import annotations

import dataclasses
import functools
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

import pyclient
from pyclient import logs
from pyclient._retry import RetryPolicy
from pyclient.cli._output import Output
from pyclient.client import Client
from pyclient.dsn import Dsn, from_environment

if TYPE_CHECKING:
    from pyclient.config import Settings

# A person waits for the answer that a right is missing, which looks like a deployment at first.
_DEPLOY_WINDOW_S = 0.3
_UNITS_S = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LONGEST_S = 100 * 365 * 86_400
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[smhdw])")


class Refusal(click.ClickException):
    """Something that is not done without being told twice."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Say it like any other error."""
        click.echo(f"celers: {self.message}", err=True)


@dataclasses.dataclass(slots=True)
class Cli:
    """One run of a command: what its common options say.

    Attributes:
        dsn: as given with --dsn or CELERS_DSN, or None.
        config: the file given with --config, or None.
        timeout_s: seconds that the server has for one answer, or None.
        verbosity: -1 with -q, else how often -v was given.
        output: where data and notes go.
    """

    dsn: str | None
    config: Path | None
    timeout_s: float | None
    verbosity: int
    output: Output
    _client: Client | None = None

    @property
    def client(self) -> Client:
        """The client, made at its first use and closed with the command.

        Raises:
            InvalidDsn: there is no DSN, or it cannot be read.
        """
        if self._client is None:
            self._client = self.connect(self.timeout_s)
            click.get_current_context().call_on_close(self._client.close)
        return self._client

    def where(self) -> Dsn:
        """The server that the options, the environment or the configuration name.

        Raises:
            InvalidDsn: none of them does, or it cannot be read.
            InvalidConfig: something in the configuration is wrong.
        """
        if self.dsn and self.config is None:
            return Dsn.parse(self.dsn)
        return from_environment(self.settings().dsn)

    def settings(self) -> Settings:
        """All settings; --dsn and --config count.

        Raises:
            InvalidConfig: something in the configuration is wrong.
        """
        from pyclient.config import load

        return load(self.config, {"dsn": self.dsn})

    def connect(self, timeout_s: float | None) -> Client:
        """A client whose calls give up after so many seconds without an answer."""
        retry = RetryPolicy(deploy_window_s=_DEPLOY_WINDOW_S)
        if timeout_s is not None:
            retry = dataclasses.replace(retry, deadline_s=timeout_s)
        return pyclient.connect(in_time(self.where(), timeout_s), retry=retry)

    def confirm(self, question: str, *, is_sure: bool) -> None:
        """Ask before something that cannot be undone; a "no" ends the command with code 1.

        Args:
            question: what is going to happen, with numbers: "Delete 184 dead letters?".
            is_sure: --yes was given: nothing is asked.

        Raises:
            Refusal: there is nobody to ask (code 2).
        """
        if is_sure:
            return
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise Refusal(f"{question} There is no terminal to ask on: say --yes")
        if not click.confirm(question, err=True):
            self.output.note("nothing was changed")
            raise click.exceptions.Exit(1)


def in_time(dsn: Dsn, timeout_s: float | None) -> Dsn:
    """The DSN with answers awaited no longer than so many seconds, None = as it says itself."""
    if timeout_s is None:
        return dsn
    patience_s = max(1, round(timeout_s))
    return dataclasses.replace(
        dsn,
        connect_timeout=min(dsn.connect_timeout, patience_s),
        read_timeout=patience_s,
        write_timeout=patience_s,
    )


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that all have; it gets a Cli as its first argument."""

    @click.option(
        "--dsn",
        metavar="URL",
        envvar="CELERS_DSN",
        show_envvar=True,
        help="mysql://user:password@host/database",
    )
    @click.option(
        "--config",
        envvar="CELERS_CONFIG",
        show_envvar=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Configuration file, TOML or YAML.",
    )
    @click.option("--json", "is_json", is_flag=True, help="JSON: one object, or one a line.")
    @click.option("-q", "--quiet", is_flag=True, help="Data and errors only.")
    @click.option("-v", "--verbose", count=True, help="Say more on stderr; twice for debugging.")
    @click.option("--no-color", is_flag=True, help="No colours, as with NO_COLOR=1.")
    @click.option(
        "--timeout",
        "timeout_s",
        type=DURATION,
        help="How long to wait for the server's answer.",
    )
    @functools.wraps(command)
    def with_options(
        *args: Any,
        dsn: str | None,
        config: Path | None,
        is_json: bool,
        quiet: bool,
        verbose: int,
        no_color: bool,
        timeout_s: float | None,
        **rest: Any,
    ) -> Any:
        verbosity = -1 if quiet else verbose
        click.get_current_context().meta["verbosity"] = verbosity
        if verbose:
            logs.configure("debug" if verbose > 1 else "info", "compact")
        output = Output(is_json=is_json, has_color=not no_color, is_quiet=quiet)
        return command(Cli(dsn, config, timeout_s, verbosity, output), *args, **rest)

    return with_options


#: --yes and --dry-run of what cannot be undone.
yes = click.option("-y", "--yes", "is_sure", is_flag=True, help="Do not ask.")
dry_run = click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")


def parse_duration(text: str) -> float:
    """Seconds of a human span of time: 10s, 5m, 2h30m, 7d, 500ms; a bare number is seconds.

    Raises:
        ValueError: it is none.
    """
    text = text.strip().lower()
    given = f"{text}s" if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else text
    parts = _PART.findall(given)
    if not parts or "".join(map("".join, parts)) != given:
        raise ValueError(f"{text!r} is no span of time; it looks like 10s, 5m, 2h30m or 7d")
    seconds = float(sum(float(count) * _UNITS_S[unit] for count, unit in parts))
    if seconds > _LONGEST_S:
        raise ValueError(f"{text!r} is longer than 100 years")
    return seconds


def parse_instant(text: str) -> datetime:
    """An instant of ISO 8601 as UTC; one that names no zone is in UTC.

    Raises:
        ValueError: it is none.
    """
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no instant; it looks like 2030-01-31T12:00:00Z") from None


class _Parsed(click.ParamType[Any]):
    """A parameter that is read by a function that raises ValueError."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name, self._read = name, read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value, or a usage error."""
        if not isinstance(value, str):
            return value
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


DURATION = _Parsed("duration", parse_duration)
INSTANT = _Parsed("instant", parse_instant)

"""All settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, PlainSerializer, PlainValidator

from pyclient.config.autoscaler import Autoscaler
from pyclient.config.section import Section, fault, section_of
from pyclient.config.services import (
    Alerts,
    AutoRegister,
    Breaker,
    Logging,
    Metrics,
    Scheduler,
    Tracing,
    Web,
)
from pyclient.config.workers import Workers
from pyclient.dsn import Dsn
from pyclient.errors import InvalidDsn


def _read_dsn(value: object) -> Dsn | None:
    if value is None or isinstance(value, Dsn):
        return value
    if not isinstance(value, str):
        raise fault("must be text that looks like mysql://user:password@host:3306/database")
    try:
        return Dsn.parse(value)
    except InvalidDsn as error:
        text = str(error)
    raise fault(text)  # outside, so that no error with the password hangs on it


def _show_dsn(value: Dsn | None) -> str | None:
    return None if value is None else str(value)


class Settings(Section):
    """All settings; ``Settings()`` has the defaults."""

    dsn: Annotated[
        Dsn | None, PlainValidator(_read_dsn), PlainSerializer(_show_dsn, return_type=str | None)
    ] = Field(
        default=None,
        description="Where the schema is. It holds a password: better in the environment "
        "(CELERS_DSN) or in a file of its own (CELERS_DSN_FILE).",
        examples=["mysql://user:password@127.0.0.1:3306/celers"],
    )
    workers: Workers = Workers()
    autoscaler: Autoscaler = Autoscaler()
    scheduler: Scheduler = Scheduler()
    auto_register: AutoRegister = AutoRegister()
    web: Web = Web()
    metrics: Metrics = Metrics()
    logging: Logging = Logging()
    alerts: Alerts = Alerts()
    breaker: Breaker = Breaker()
    tracing: Tracing = Tracing()


def section_at(path: Sequence[str | int]) -> type[Section]:
    """The section of a path.

    Raises:
        KeyError: there is none.
    """
    model: type[Section] = Settings
    for step in path:
        inner = section_of(model.model_fields[str(step)])
        if inner is None:
            raise KeyError(".".join(map(str, path)))
        model = inner
    return model

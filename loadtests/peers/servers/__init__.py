"""The servers that the systems keep their tasks in: each a module, by name."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, cast

from loadtests.peers.adapter import Missing

#: Imported when they are needed: each needs packages that may not be there.
SERVERS: Mapping[str, str] = {
    name: f"{__name__}.{name}" for name in ("mysql", "postgresql", "redis", "rabbitmq")
}


class Server(Protocol):
    """What a module of this folder offers."""

    def start(self, folder: Path) -> AbstractContextManager[str]:
        """Run an empty server for the block; gives its URL.

        What may stay between runs lies in the folder. Raises Missing if it cannot be had.
        """

    def settings(self, url: str) -> dict[str, str]:
        """Its version and what decides about its durability, as it reports them itself."""


def load(name: str) -> Server:
    """The module of a server. Raises Missing if a package that it needs is not there."""
    try:
        return cast(Server, importlib.import_module(SERVERS[name]))
    except KeyError:
        raise Missing(f"there is no server {name}; there are {', '.join(SERVERS)}") from None
    except ImportError as error:
        raise Missing(f"{error} (see loadtests/peers/requirements.txt)") from error

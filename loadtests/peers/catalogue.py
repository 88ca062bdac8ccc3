"""The systems there are: what the modules in systems/ name in PEERS."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from loadtests.peers import systems
from loadtests.peers.adapter import Missing, Peer
from loadtests.peers.results import Skipped
from loadtests.peers.servers import SERVERS

_FIRST = "celers"


@dataclass(frozen=True)
class Entry:
    """A system before its server runs.

    Attributes:
        module: its module's last name.
        name: the system's.
        server: the name of its server.
        make: makes it, given the URL of its server.
    """

    module: str
    name: str
    server: str
    make: Callable[[str], Peer]


class Unknown(Exception):
    """No module and no system is called so."""


def find(only: Sequence[str]) -> tuple[list[Entry], list[Skipped]]:
    """The systems to measure, celers first and then by server; and those that cannot be had.

    Args:
        only: names of modules or systems, or parts of them; none = all.

    Raises:
        Unknown: one of them is nobody's name.
    """
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    for module in sorted(found.name for found in pkgutil.iter_modules(systems.__path__)):
        try:
            entries += _entries(module)
        except (ImportError, Missing) as error:
            skipped.append(Skipped(module, "", str(error)))
        except Exception as error:  # what a package that is not ours raises is its own affair
            skipped.append(Skipped(module, "", f"{type(error).__name__}: {error}"))
    order = list(SERVERS)
    entries.sort(key=lambda entry: (entry.module != _FIRST, order.index(entry.server)))
    if not only:
        return entries, skipped
    names = {name for word in only for name in _meant(word, entries, skipped)}
    return (
        [entry for entry in entries if {entry.module, entry.name} & names],
        [one for one in skipped if one.peer in names],
    )


def _entries(module: str) -> list[Entry]:
    loaded = importlib.import_module(f"{systems.__name__}.{module}")
    made: Iterable[Callable[[str], Peer]] = getattr(loaded, "PEERS", ())
    found = []
    for make in made:
        # A class says it of all its instances; of anything else one is made, which connects later.
        like: Any = make if hasattr(make, "server") else make("")
        found.append(Entry(module, like.name, like.server, make))
    return found


def _meant(word: str, entries: Sequence[Entry], skipped: Sequence[Skipped]) -> set[str]:
    known = {name for entry in entries for name in (entry.module, entry.name)}
    known |= {one.peer for one in skipped}
    exact = {name for name in known if name.lower() == word.lower()}
    found = exact or {name for name in known if word.lower() in name.lower()}
    if not found:
        raise Unknown(f"nothing is called {word}; there are {', '.join(sorted(known))}")
    return found

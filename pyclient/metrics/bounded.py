"""Labels whose number of values is bounded, whatever names the data bring."""

from __future__ import annotations

from collections.abc import Iterable

#: Stands for all that is beyond the bound; no queue and no sane task is called so.
OTHER = "(other)"


class Bounded:
    """The first so many names are kept, all others become OTHER."""

    def __init__(self, most: int, names: Iterable[str] = ()) -> None:
        self._most = most
        self._names: set[str] = set()
        for name in names:
            self.label(name)

    def label(self, name: str) -> str:
        """The name as a label, learnt if there is room for it."""
        if name not in self._names:
            if len(self._names) >= self._most:
                return OTHER
            self._names.add(name)
        return name

"""A small repository to plant faults in."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tools.spec import Spec, load_all

SOURCE = Path(__file__).parent / "fixtures" / "repo"
ENQUEUE = "db/procedures/broker/celers_enqueue.sql"
DEQUEUE = "db/procedures/broker/celers_dequeue_batch.sql"
ONE = "db/procedures/broker/celers_dequeue.sql"
REQUEUE = "db/procedures/dlq/celers_requeue_from_dlq.sql"
PUT = "db/procedures/lib/_celers_put_ready.sql"
EVENT = "db/events/celers_ev_tick.sql"
ERRORS = "db/errors.tsv"


@dataclass(frozen=True, slots=True)
class Repo:
    """A copy of the fixture repository."""

    root: Path

    def plant(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands in a file exactly once or more."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} does not hold {old!r}"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        """Write a new file."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def spec(self) -> Spec:
        """What its files say."""
        return load_all(self.root)


def copy(into: Path) -> Repo:
    """A fresh copy."""
    return Repo(Path(shutil.copytree(SOURCE, into / "repo")))

"""What a side-by-side run found, as JSON: ``load()`` and ``save()``.

The file is written after each record, so that a run that was stopped goes on where it stood.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Outcomes of a run.
OK = "ok"
DOES_NOT_FINISH = "does not finish"
FAILED = "failed"
#: The ledger's word when every task was done exactly once; anything else begins with WRONG.
EXACT = "exact"
WRONG = "WRONG"
UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Key:
    """What is measured once. Two records never have the same key.

    Attributes:
        peer: the system's name with its store: "Celery + Redis".
        workload: W1 to W7.
        variant: of the workers (W3, W4): its name; the first of a peer is the one it ships with.
            "" where no workers run.
        case: what surrounds the run. W6: "free", "held" (beside a held snapshot).
            W7: "delayed first", "ready first" (what was inserted first). Else "".
        clients: W1, W2: 1. W3, W4: worker processes. W5 to W7: client processes.
        batch: tasks per call: W2 1000; W5, W7 1 or 100; else 1.
    """

    peer: str
    workload: str
    variant: str
    case: str
    clients: int
    batch: int


@dataclass(frozen=True)
class Record:
    """One run of one system.

    Attributes:
        key: what was measured; in JSON its fields stand beside the others.
        version: of the system.
        server: the store's name, a key of Results.servers: mysql, postgresql, redis, rabbitmq.
        guarantee: what an acknowledged task survives and how it is delivered, in a few words.
        outcome: OK; DOES_NOT_FINISH: stopped at the bound, the figures are what it did until then;
            FAILED: no figures, the note says why.
        rate: tasks per second. W1, W2: enqueued; W3: executed; W5 to W7: claimed and completed.
            W4: None. None also where nothing was measured.
        p50_ms, p95_ms, p99_ms: W1, W2: of a call. W4: from enqueue to start of execution.
            W5 to W7: of one cycle of claim and complete, in W6 with its enqueue. W3: None.
        series: tasks in each second of the time that counts (W3, W5 to W7), the last whole one
            last.
        count: how many tasks the figures are made of.
        seconds: how long the time is that counts.
        ledger: EXACT; "WRONG: " and what is wrong; or "unchecked: " and why (a run that failed
            before it could be checked).
        others_cores: cores that neither servers nor workers nor clients of the run kept busy; None
            where unknown.
        at: when it ended, UTC, as 2026-01-31T12:00:00Z.
        note: anything else that has to be said, in words.
        tasks: W3: how many were loaded. W7: how many were ready, and as many delayed. Else 0.
    """

    key: Key
    version: str
    server: str
    guarantee: str
    outcome: str
    ledger: str
    at: str
    rate: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    series: tuple[float, ...] = ()
    count: int = 0
    seconds: float = 0.0
    others_cores: float | None = None
    note: str = ""
    tasks: int = 0

    @property
    def is_wrong(self) -> bool:
        """Whether a task was lost, doubled or made up."""
        return self.ledger.startswith(WRONG)


@dataclass(frozen=True)
class Skipped:
    """What was not measured, and why.

    Attributes:
        peer: the system; a server's or module's name where that kept all its systems away.
        workload: "" = all of them.
        reason: in words.
    """

    peer: str
    workload: str
    reason: str


@dataclass(frozen=True)
class Machine:
    """What the figures were measured on."""

    cores: int
    cpu: str
    ram_gib: float
    system: str
    kernel: str
    python: str


@dataclass
class Results:
    """All of a run, or of several that went on from each other.

    Attributes:
        servers: by name, version and durability settings as the server reports them.
        sizes: the sizes of the workloads (seconds, tasks, bounds) by name.
    """

    machine: Machine
    servers: dict[str, dict[str, str]] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def has(self, key: Key) -> bool:
        """Whether this was measured, with whatever outcome."""
        return any(record.key == key for record in self.records)

    def add(self, record: Record) -> None:
        """Keep a record, in place of an older one with its key."""
        self.records = [old for old in self.records if old.key != record.key] + [record]

    def skip(self, skipped: Skipped) -> None:
        """Keep why something was not measured, in place of an older reason."""
        same = (skipped.peer, skipped.workload)
        self.skipped = [old for old in self.skipped if (old.peer, old.workload) != same] + [skipped]

    def forget_skipped(self, peers: Iterable[str], workloads: Iterable[str]) -> None:
        """Drop the reasons of what is tried again: those of whole systems, and of workloads."""
        names, tried = set(peers), {"", *workloads}
        self.skipped = [
            old for old in self.skipped if old.peer not in names or old.workload not in tried
        ]


def save(results: Results, path: Path) -> None:
    """Write the whole file; who reads it meanwhile sees the old one or the new one."""
    found = dataclasses.asdict(results)
    found["records"] = [{**record.pop("key"), **record} for record in found["records"]]
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    os.replace(new, path)


def load(path: Path) -> Results:
    """Read what save() wrote.

    Raises:
        OSError: there is no such file, or it cannot be read.
        ValueError, TypeError, KeyError: it is something else.
    """
    found = json.loads(path.read_text())
    return Results(
        machine=Machine(**found["machine"]),
        servers=found["servers"],
        sizes=found["sizes"],
        records=[_record(row) for row in found["records"]],
        skipped=[Skipped(**row) for row in found["skipped"]],
    )


def _record(row: dict[str, Any]) -> Record:
    names = [part.name for part in dataclasses.fields(Key)]
    key = Key(**{name: row.pop(name) for name in names})
    return Record(key=key, **{**row, "series": tuple(row["series"])})

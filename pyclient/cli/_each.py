"""Doing one thing to each of many tasks, some of which may have gone meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pyclient.cli._common import Cli
from pyclient.cli._group import code_of
from pyclient.cli._output import as_number
from pyclient.cli._pages import PAGE
from pyclient.errors import CelersError, Conflict, NotFound, TaskNotFound

OUTCOME = "celers.outcome/1"
CHANGE = "celers.change/1"
_COLUMNS = ("task_id", "outcome", "state")

#: What became of one task: its id and a word, and the error where there was one.
Done = tuple[dict[str, Any], CelersError | None]


class Outcome(NamedTuple):
    """What became of one task."""

    task_id: str
    outcome: str


def deleting(call: Callable[[str], Any]) -> Callable[[str], Outcome]:
    """A routine that answers whether it has deleted a task, for each() and its likes."""

    def delete(task_id: str) -> Outcome:
        if not call(task_id).deleted:
            raise TaskNotFound(f"no such task ({task_id})")
        return Outcome(task_id, "deleted")

    return delete


def each(task_ids: Iterable[str], call: Callable[[str], Any]) -> Iterator[Done]:
    """Call a routine with every id; a task that is gone or not in that state is no reason to stop.

    Args:
        task_ids: the tasks.
        call: answers with a row that has task_id and outcome.
    """
    for task_id in task_ids:
        try:
            yield dict(call(task_id)._asdict()), None
        except (NotFound, Conflict) as error:
            yield {"task_id": task_id, "outcome": error.name.lower()}, error


def show_each(cli: Cli, task_ids: Sequence[str], call: Callable[[str], Any]) -> None:
    """Do it to the tasks that the user named, and show what became of each.

    Ends with the exit code of the first one that could not be done.
    """
    done = list(each(task_ids, call))
    columns = [key for key in _COLUMNS if any(key in record for record, _ in done)]
    cli.output.things(OUTCOME, (record for record, _ in done), columns)
    failed = next((error for _, error in done if error is not None), None)
    if failed is not None:
        raise SystemExit(code_of(failed))


def change_each(
    cli: Cli, verb: str, matched: str, task_ids: Sequence[str], call: Callable[[str], Any]
) -> None:
    """Do it to all tasks that were found, and show how many; those gone meanwhile are left out.

    Args:
        cli: the command.
        verb: what is done: "requeue".
        matched: to what: "184 of 201 dead letters".
        task_ids: the tasks.
        call: as for each().
    """
    outcomes = each(cli.output.track(task_ids, verb), call)
    show_change(cli, verb, matched, len(task_ids), sum(error is None for _, error in outcomes))


def show_change(cli: Cli, verb: str, matched: str, count: int, changed: int | None) -> None:
    """Show how many things were changed.

    Args:
        cli: the command.
        verb: what was done.
        matched: to what, for people.
        count: how many it should have been.
        changed: how many it was; None = this was a --dry-run.
    """
    if cli.output.is_for_people:
        if changed is None:
            cli.output.line(f"would {verb} {matched}")
        else:
            left = f", {as_number(count - changed)} had moved on" if changed < count else ""
            cli.output.line(f"{verb}d {as_number(changed)}{left}")
        return
    record = {"action": verb, "matched": count, "changed": changed or 0}
    cli.output.thing(CHANGE, {**record, "is_dry_run": changed is None})


def in_batches(call: Callable[..., Any], *words: Any, **options: Any) -> int:
    """Delete with a routine that takes a limit last, until there is nothing left; how many."""
    total = 0
    while True:
        deleted: int = call(*words, PAGE, **options).deleted
        total += deleted
        if deleted < PAGE:
            return total

"""Reading headers, signatures and the error catalogue."""

from __future__ import annotations

import pytest

from pyclient._header import HeaderError, parse
from tools import views
from tools.spec import SpecError
from tools.tests.fixture_repo import DEQUEUE, ENQUEUE, ERRORS, ONE, PUT, REQUEUE, Repo


def test_reads_every_section(repo: Repo) -> None:
    routine = repo.spec().routines["celers_enqueue"]
    assert (routine.name, routine.room, routine.is_public) == ("celers_enqueue", "broker", True)
    assert routine.sentence == "add one task to a queue"
    assert routine.doc == "Payload text is kept byte for byte."
    assert [param.name for param in routine.params] == [
        "p_queue",
        "p_task_name",
        "p_payload",
        "p_options",
    ]
    assert [(param.mode, param.sql_type) for param in routine.signature] == [
        ("IN", "VARCHAR(1000)"),
        ("IN", "VARCHAR(1000)"),
        ("IN", "LONGTEXT"),
        ("IN", "LONGTEXT"),
    ]
    assert routine.returns_count == "1 row"
    assert [(c.name, c.type, c.nullable) for c in routine.header.returns.columns] == [
        ("task_id", "uuid", False),
        ("due_at", "datetime", True),
    ]
    assert routine.errors == ("QUEUE_NAME_INVALID",)
    assert routine.writes == ("celers_task", "celers_ready")
    assert routine.locks == ("celers_ready",)
    assert routine.roles == ("producer",)
    assert routine.example.startswith("CALL celers_enqueue('mail'")
    assert routine.comment == routine.sentence
    assert routine.body.startswith("BEGIN")


def test_reads_continuation_lines_and_defaults(repo: Repo) -> None:
    options = repo.spec().routines["celers_enqueue"].options
    assert [(option.name, option.default) for option in options] == [
        ("priority", "0"),
        ("task_id", "new"),
    ]
    assert options[1].text == "UUIDv7 brought by the client, so that the call can be repeated"


@pytest.mark.parametrize(
    ("text", "meaning", "default"),
    [
        ("most rows, 1..1000 = 60", "most rows, 1..1000", "60"),
        ("JSON object, NULL = all defaults = NULL", "JSON object, NULL = all defaults", "NULL"),
        ("most rows, 0 = all", "most rows, 0 = all", None),
        ("worker, NULL = any", "worker, NULL = any", None),
        ("seconds   = that of the queue", "seconds", "that of the queue"),
        ("mode = 'fair'", "mode", "'fair'"),
    ],
)
def test_tells_a_default_from_an_explanation(text: str, meaning: str, default: str | None) -> None:
    field = parse(f"-- celers_x: do x.\n-- Params\n--   p_x  int  {text}\n").params[0]
    assert (field.text, field.default) == (meaning, default)


def test_columns_of_another_routine(repo: Repo) -> None:
    spec = repo.spec()
    names = [column.name for column in spec.columns(spec.routines["celers_dequeue"])]
    assert names == ["task_id", "task_name", "payload"]


def test_a_labelled_body_begins_at_its_label(repo: Repo) -> None:
    repo.plant(PUT, "\nBEGIN\n", "\nwhole: BEGIN\n")
    assert repo.spec().routines["_celers_put_ready"].body.startswith("whole: BEGIN")


@pytest.mark.parametrize(
    ("path", "old", "new", "fault"),
    [
        (ENQUEUE, "queue.\n--\n", "queue\n--\n", f"{ENQUEUE}:1: the sentence must end"),
        (ENQUEUE, "-- celers_enqueue:", "-- Celers enqueue:", f"{ENQUEUE}:1: the file must begin"),
        (ENQUEUE, "p_queue      str", "p_queue      string", f"{ENQUEUE}:6: 'string' is not one"),
        (ENQUEUE, "--   p_task_name  str ", "--   p_queue  str ", f"{ENQUEUE}:7: 'p_queue' stands"),
        (ENQUEUE, "-- Roles    producer", "-- Roles    boss", f"{ENQUEUE}:20: 'boss' is not one"),
        (ENQUEUE, "-- Errors   ", "-- Errors   a b ", f"{ENQUEUE}:17: 'Errors' must be names"),
        (ENQUEUE, "-- Locks    ", "-- Keys     ", f"{ENQUEUE}:19: unknown section 'Keys'"),
        (ENQUEUE, "-- Locks  ", "-- Writes  ", f"{ENQUEUE}:19: section 'Writes' stands twice"),
        (ENQUEUE, "Returns  1 row", "Returns  one row", f"{ENQUEUE}:14: 'Returns' must be one of"),
        (ENQUEUE, "Example  CALL", "Example  SELECT", f"{ENQUEUE}:21: 'Example' must be one CALL"),
        (ENQUEUE, "IN p_queue", "p_queue", f"{ENQUEUE}:23: 'p_queue VARCHAR(1000)' is not written"),
        (REQUEUE, "CREATE PROCEDURE", "CREATE FUNCTION", "no line begins with CREATE PROCEDURE"),
        (ERRORS, "50001\t", "50001 ", f"{ERRORS}:1: expected number, NAME, kind"),
        (ERRORS, "50001", "40001", f"{ERRORS}:1: 40001 is not within"),
        (ERRORS, "50002", "50001", f"{ERRORS}:2: 50001 TASK_NOT_FOUND stands twice"),
        (ERRORS, "not_found", "missing", f"{ERRORS}:2: 'missing' is not one of the kinds"),
    ],
)
def test_names_file_and_line_of_a_fault(
    repo: Repo, path: str, old: str, new: str, fault: str
) -> None:
    repo.plant(path, old, new)
    with pytest.raises(SpecError) as raised:
        repo.spec()
    assert fault in str(raised.value)


def test_a_reference_to_no_routine_is_named(repo: Repo) -> None:
    repo.plant(ONE, "of celers_dequeue_batch", "of celers_dequeue_all")
    spec = repo.spec()
    with pytest.raises(SpecError, match="refers to celers_dequeue_all"):
        spec.columns(spec.routines["celers_dequeue"])


def test_two_files_of_one_routine_are_named(repo: Repo) -> None:
    repo.write("db/procedures/dlq/copy.sql", (repo.root / DEQUEUE).read_text(encoding="utf-8"))
    with pytest.raises(SpecError, match="celers_dequeue_batch stands in db/procedures/broker"):
        repo.spec()


def test_the_parser_alone_tells_the_line() -> None:
    with pytest.raises(HeaderError) as raised:
        parse("-- celers_x: do x.\n--\n-- Params\n--   p_x\n")
    assert raised.value.line == 4


def test_reads_views(repo: Repo) -> None:
    (view,) = views.load_all(repo.root)
    assert (view.name, view.sentence) == ("celers_names", "one row per name of a task")
    assert view.doc == "Reading it walks all tasks."
    assert view.names == ["task_name", "tasks"]
    assert view.columns[1][1] == "how many tasks there are"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("-- celers_names:", "-- celers_nouns:", "celers_names.sql:1: file, header and CREATE"),
        ("-- Columns", "-- Rows", "celers_names.sql:1: section 'Columns' is missing"),
        ("--   tasks ", "-- tasks ", "celers_names.sql:7: expected '--   name  text'"),
        ("type.\n", "type\n", "celers_names.sql:1: the file must begin"),
    ],
)
def test_names_file_and_line_of_a_fault_in_a_view(
    repo: Repo, old: str, new: str, fault: str
) -> None:
    path = "db/views/celers_names.sql"
    repo.plant(
        path, old if "type" not in old else "task.\n", new if "type" not in new else "task\n"
    )
    with pytest.raises(SpecError) as raised:
        views.load_all(repo.root)
    assert fault in str(raised.value)

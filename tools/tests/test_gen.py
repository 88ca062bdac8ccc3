"""What is generated from the headers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import gen
from tools.tests.fixture_repo import ENQUEUE, ERRORS, REQUEUE, Repo

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The generated files of the fixture repository."""
    from tools.tests.fixture_repo import copy

    return gen.render_all(copy(tmp_path_factory.mktemp("gen")).spec())


def test_a_call_has_typed_arguments_and_keyword_options(texts: dict[str, str]) -> None:
    text = texts["pyclient/_generated.py"]
    assert (
        "    def call_enqueue(\n"
        "        self,\n"
        "        queue: str,\n"
        "        task_name: str,\n"
        "        payload: Payload,\n"
        "        *,\n"
        "        priority: int | None = None,\n"
        "        task_id: UUID | str | None = None,\n"
        "    ) -> EnqueueRow:\n"
    ) in text
    assert '{"priority": priority, "task_id": encode_uuid(task_id) or new_uuid()}' in text
    assert "encode_payload(payload)" in text


def test_rows_have_classes_that_routines_share(texts: dict[str, str]) -> None:
    text = texts["pyclient/_generated.py"]
    assert "def call_dequeue(self) -> DequeueBatchRow | None:" in text
    assert ") -> list[DequeueBatchRow]:" in text
    assert "class DequeueRow" not in text
    assert "    due_at: datetime | None\n" in text
    assert '    EnqueueRow: (\n        "uuid",\n        "datetime?",\n    ),' in text
    assert "    count: int  # type: ignore[assignment]" in text


def test_docstrings_tell_defaults_and_errors(texts: dict[str, str]) -> None:
    text = texts["pyclient/_generated.py"]
    assert "priority: higher is served first, -32768..32767; default: 0" in text
    assert "QueueNameInvalid: queue name must be 1..64 characters" in text


def test_one_exception_per_line_of_the_catalogue(texts: dict[str, str]) -> None:
    text = texts["pyclient/_errors_generated.py"]
    assert "class TaskNotFound(NotFound):" in text
    assert '    number = 50002\n    name = "TASK_NOT_FOUND"\n' in text
    assert "    50002: TaskNotFound,\n" in text


def test_functions_of_the_module_hand_on(texts: dict[str, str]) -> None:
    text = texts["pyclient/_module_calls.py"]
    assert "def call_requeue_from_dlq(task_id: UUID | str) -> RequeueFromDlqRow:" in text
    assert "return default_client().call_dequeue_batch(queue, limit)" in text


def test_the_reference_lists_everything(texts: dict[str, str]) -> None:
    text = texts["db/REFERENCE.md"]
    assert "### celers_enqueue\n\nAdd one task to a queue.\n" in text
    assert "| `priority` | int | `0` | higher is served first, -32768..32767 |" in text
    assert "| `celers_dead` | [`celers_requeue_from_dlq`](#celers_requeue_from_dlq) |" in text
    assert "| 50003 | `LIMIT_INVALID` | invalid | limit must be 1..1000 |" in text
    assert "### celers_names\n\nOne row per name of a task.\n" in text
    assert "{{" not in text


@pytest.fixture
def generated(repo: Repo) -> Repo:
    """The repository with its generated files."""
    assert gen.main(["--root", str(repo.root)]) == 0
    return repo


def test_check_names_stale_files(generated: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert gen.main(["--check", "--root", str(generated.root)]) == 0
    generated.plant(ENQUEUE, "--   task_id      uuid     id of", "--   task      uuid     id of")
    capsys.readouterr()
    assert gen.main(["--check", "--root", str(generated.root)]) == 1
    named = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert named == ["pyclient/_generated.py", "pyclient/_module_calls.py", "db/REFERENCE.md"] or (
        named == ["pyclient/_generated.py", "db/REFERENCE.md"]
    )


def test_generating_twice_changes_nothing(
    generated: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert gen.main(["--root", str(generated.root)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("path", "old", "new", "fault"),
    [
        (REQUEUE, "TASK_NOT_FOUND\n", "TASK_MISSING\n", "TASK_MISSING is not in db/errors.tsv"),
        (ENQUEUE, "p_queue      str", "p_queue      text", f"{ENQUEUE}:6: 'text' is not one of"),
        (ERRORS, "50001\t", "x\t", f"{ERRORS}:1: expected number"),
    ],
)
def test_what_cannot_be_generated_is_said(
    repo: Repo, capsys: pytest.CaptureFixture[str], path: str, old: str, new: str, fault: str
) -> None:
    repo.plant(path, old, new)
    assert gen.main(["--root", str(repo.root)]) == 1
    assert fault in capsys.readouterr().err


def test_names_that_python_or_pyclient_have_already(repo: Repo) -> None:
    repo.plant(ENQUEUE, "--   priority     int", "--   lambda       int")
    repo.plant(ERRORS, "LIMIT_INVALID", "CONFLICT")
    for path in ("broker/celers_dequeue.sql", "broker/celers_dequeue_batch.sql"):
        repo.plant(f"db/procedures/{path}", "LIMIT_INVALID", "CONFLICT")
    made = gen.render_all(repo.spec())
    assert "lambda_: int | None = None" in made["pyclient/_generated.py"]
    assert '"lambda": lambda_' in made["pyclient/_generated.py"]
    assert "class ConflictError(InvalidArgument):" in made["pyclient/_errors_generated.py"]


def test_the_generated_code_passes_mypy_and_ruff(generated: Repo) -> None:
    for name in ("_encode", "_literal", "types", "errors", "py"):
        source = PROJECT / "pyclient" / f"{name}.py"
        if source.exists():
            generated.write(f"pyclient/{name}.py", source.read_text(encoding="utf-8"))
    generated.write("pyclient/__init__.py", "")
    generated.write(
        "pyclient/_default.py",
        "from pyclient._generated import GeneratedCalls\n\n\n"
        "def default_client() -> GeneratedCalls:\n    raise NotImplementedError\n",
    )
    config = str(PROJECT / "pyproject.toml")
    paths = [path for path in gen.OUTPUTS if path.endswith(".py")]
    for command in (
        ["ruff", "check", "--config", config, *paths],
        ["ruff", "format", "--check", "--config", config, *paths],
        ["mypy", "--strict", "--config-file", config, *paths],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=generated.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

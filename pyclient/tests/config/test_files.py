"""Which file is read, and what becomes of strange ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pyclient.config import InvalidConfig, Settings, load, read
from pyclient.config.files import candidates

TEXTS = {
    ".toml": "[workers]\nlease_s = {}\n",
    ".yaml": "workers:\n  lease_s: {}\n",
    ".yml": '{{"workers": {{"lease_s": {}}}}}\n',
}


def put(path: Path, number: int = 77) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEXTS[path.suffix].format(number))
    return path


def test_files_are_looked_for_in_this_order(place: Path, tmp_path: Path) -> None:
    local = [f"{n}{e}" for n in ("celers", "task-queue") for e in (".toml", ".yaml", ".yml")]
    far = [f"celers{e}" for e in (".toml", ".yaml", ".yml")]
    names = [
        *local,
        *(f"config/{name}" for name in local),
        *(str(tmp_path / "home/celers" / name) for name in far),
        *(str(tmp_path / "etc" / name) for name in far),
    ]
    assert [str(path) for path in candidates(os.environ)] == names


def test_the_first_file_counts_and_no_other(place: Path) -> None:
    last = place / "pyproject.toml"
    last.write_text("[tool.celers.workers]\nlease_s = 7\nprefetch = 7\n")
    assert read().origin(("workers", "lease_s")) == "pyproject.toml:2"
    paths = list(candidates(os.environ))
    for number, path in reversed(list(enumerate(paths, start=10))):
        put(path, number)
        loaded = read()
        assert loaded.settings.workers.lease_s == number
        assert loaded.settings.workers.prefetch == 0
        assert loaded.file == str(path)
        line = 1 if path.suffix == ".yml" else 2
        assert loaded.origin(("workers", "lease_s")) == f"{path}:{line}"


def test_a_file_given_counts_before_one_named_and_one_found(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(place / "celers.toml", 11)
    monkeypatch.setenv("CELERS_CONFIG", str(put(place / "else/a.yaml", 12)))
    assert load().workers.lease_s == 12
    assert load(put(place / "else/b.toml", 13)).workers.lease_s == 13


def test_a_pyproject_may_be_given(place: Path) -> None:
    path = place / "else" / "pyproject.toml"
    path.parent.mkdir()
    path.write_text("[project]\nname = 'x'\n[tool.celers]\nworkers.lease_s = 12\n")
    loaded = read(path)
    assert loaded.settings.workers.lease_s == 12
    assert loaded.origin(("workers", "lease_s")) == f"{path}:4"


@pytest.mark.parametrize("text", ["", "[tool.other]\ncelers = 1\n", "[tool.celers]\n"])
def test_a_pyproject_that_says_nothing_is_no_configuration(place: Path, text: str) -> None:
    (place / "pyproject.toml").write_text(text)
    assert read().file is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("celers.toml", b""),
        ("celers.toml", b"\xef\xbb\xbf[workers]\r\n"),
        ("celers.toml", b"# nothing"),
        ("celers.yaml", b""),
        ("celers.yaml", b"---\n# nothing\n"),
        ("celers.yaml", b"workers:\n#  lease_s: 3\nautoscaler:\n  target_sla:\n"),
        ("celers.yaml", b"workers:\n  lease_s: ~\n"),
        ("celers.yml", b"{}"),
    ],
)
def test_files_that_say_nothing_are_fine(place: Path, name: str, data: bytes) -> None:
    (place / name).write_bytes(data)
    loaded = read()
    assert loaded.settings == Settings()
    assert loaded.file == name


STRANGE: list[tuple[str, bytes, str]] = [
    ("celers.toml", b"a = 1\n\xff\xfe", "celers.toml:2: is not text in UTF-8"),
    ("celers.toml", b"\x7fELF\x00\x00\x00\x00", "celers.toml:1: "),
    ("celers.yaml", b"\x7fELF\x00\x00\x00\x00", "celers.yaml:1: a character that YAML"),
    ("celers.toml", b"#" * 1_000_001, "celers.toml:1: is larger than 1,000,000 bytes"),
    ("celers.toml", b"a = " + b"[" * 10_000, "celers.toml:1: is nested too deeply"),
    ("celers.yaml", b"a: " + b"[" * 10_000, "celers.yaml:1: is nested too deeply"),
    ("celers.toml", b"[workers]\nlease_s = " + b"9" * 5000, "celers.toml:2: a number has too"),
    ("celers.yaml", b"workers:\n  lease_s: " + b"9" * 5000, "celers.yaml:2: a value that"),
    (
        "celers.toml",
        b"[workers]\nlease_s = " + b"9" * 3000,
        "celers.toml:2: workers.lease_s: must be at most 86400",
    ),
    (
        "celers.toml",
        b"[autoscaler]\nlearning_rate = 1e999",
        "celers.toml:2: autoscaler.learning_rate: must be a finite number, not inf",
    ),
    (
        "celers.yaml",
        b"autoscaler: {learning_rate: .nan}",
        "celers.yaml:1: autoscaler.learning_rate: must be a finite number, not nan",
    ),
    ("celers.toml", b"[workers]\na = 1\na = 2", "celers.toml:3: "),
    ("celers.yaml", b"workers:\n  a: 1\n  a: 2\n", "celers.yaml:3: the key a stands twice"),
    ("celers.yaml", b"- workers\n", "celers.yaml:1: must be a table of sections and keys"),
    ("celers.yaml", b"workers", "celers.yaml:1: must be a table of sections and keys"),
    ("celers.yaml", b"workers:\n- 1\n", "celers.yaml:1: workers: must be a table of keys"),
    ("celers.yaml", b"workers:\n  1: 2\n", "celers.yaml:2: workers.1: is no key: keys are text"),
    ("celers.yaml", b"1: 2\n", "celers.yaml:1: 1: is no key: keys are text"),
    ("celers.yaml", b"? [a]\n: 1\n", "celers.yaml:1: "),
    ("celers.yaml", b"a: &a\n  b: *a\n", "celers.yaml:1: a: unknown section or key"),
    ("celers.yaml", b"workers: &a\n  queues: *a\n", "celers.yaml:2: workers.queues.queues: "),
    ("celers.yaml", b"!!python/object/apply:os.system ['x']", "celers.yaml:1: could not"),
    ("pyproject.toml", b"[tool.celers\n", "pyproject.toml:1: "),
    ("pyproject.toml", b"[tool]\ncelers = 1\n", "pyproject.toml:2: must be a table"),
    ("pyproject.toml", b"[tool.celers]\nx = 1\n", "pyproject.toml:2: x: unknown section or key"),
]


@pytest.mark.parametrize(("name", "data", "said"), STRANGE)
def test_strange_files_are_refused_by_name_and_line(
    place: Path, name: str, data: bytes, said: str
) -> None:
    (place / name).write_bytes(data)
    with pytest.raises(InvalidConfig) as caught:
        load()
    assert str(caught.value).startswith(said), str(caught.value)
    assert len(str(caught.value)) < 1000


def directory(path: Path) -> None:
    path.mkdir()


def nothing(path: Path) -> None:
    pass


def other_language(path: Path) -> None:
    path.with_suffix(".ini").write_text("")


@pytest.mark.parametrize(
    ("make", "name", "said"),
    [
        (nothing, "x.toml", "x.toml: cannot be read: No such file or directory"),
        (directory, "x.toml", "x.toml: cannot be read: Is a directory"),
        (other_language, "x.ini", "x.ini:1: a configuration file ends in .toml, .yaml, .yml"),
    ],
)
@pytest.mark.parametrize("is_variable", [False, True])
def test_a_file_that_is_asked_for_must_be_there(
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], None],
    name: str,
    said: str,
    is_variable: bool,
) -> None:
    make(Path(name))
    if is_variable:
        monkeypatch.setenv("CELERS_CONFIG", name)
    with pytest.raises(InvalidConfig) as caught:
        load(None if is_variable else name)
    assert str(caught.value) == said


def test_directories_that_may_not_be_searched_are_passed_by(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(path: object, *, follow_symlinks: bool = True) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "stat", refuse)
    assert read().file is None

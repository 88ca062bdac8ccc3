"""Finding apps and tasks in modules, and importing modules anew."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pyclient.app import App, load

Write = Callable[[dict[str, str]], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Write modules by their paths; they can be imported, and are forgotten after the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # sources change within a second
    before = set(sys.modules)

    def write(sources: dict[str, str]) -> None:
        for path, source in sources.items():
            file = tmp_path / path
            file.parent.mkdir(exist_ok=True, parents=True)
            file.write_text(source)
            for folder in list(file.relative_to(tmp_path).parents)[:-1]:
                (tmp_path / folder / "__init__.py").touch()
        importlib.invalidate_caches()

    yield write
    for name in set(sys.modules) - before:
        del sys.modules[name]


TASK = "from store.app import app\n@app.task\ndef {}() -> None: ...\n"
APP = "import pyclient\napp = pyclient.App('shop')\n"


def test_an_app_is_found_by_its_place(write: Write) -> None:
    write({"store/app.py": APP + "other = 7\n"})
    app = load("store.app:app")
    assert isinstance(app, App)
    assert app.name == "shop"
    for place, text in (
        ("store.app:other", "no App"),
        ("store.app:missing", "no App"),
        ("store.app", "not of the form"),
        (":app", "not of the form"),
        ("store.missing:app", "no module store.missing"),
        ("absent.app:app", "no module absent"),
    ):
        with pytest.raises(ValueError, match=text):
            load(place)


def test_an_error_inside_a_module_is_not_hidden(write: Write) -> None:
    write(
        {
            "store/app.py": APP,
            "store/broken.py": "import no_such_module_at_all\n",
            "store/failing.py": "1 / 0\n",
            "half/tasks.py": "import no_such_module_at_all\n",
        }
    )
    with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
        load("store.broken:app")
    with pytest.raises(ZeroDivisionError):
        App("shop").autodiscover("store", pattern="failing")
    with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
        App("shop").autodiscover("half")
    with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
        App("shop").autodiscover("store", pattern=None)
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        App("shop").autodiscover("nowhere")


def test_modules_of_tasks_are_imported_by_their_name(write: Write) -> None:
    write(
        {
            "store/app.py": APP,
            "store/tasks.py": TASK.format("one"),
            "extra/tasks.py": TASK.format("two"),
            "without/other.py": TASK.format("never"),
            "alone.py": TASK.format("three"),
        }
    )
    app = load("store.app:app")
    found = app.autodiscover("store", "extra", "without", "alone")
    assert found == ["store", "store.tasks", "extra", "extra.tasks", "without", "alone"]
    assert set(app.tasks) == {"store.tasks.one", "extra.tasks.two", "alone.three"}


def test_all_modules_of_a_package_are_imported_but_its_program(write: Write) -> None:
    write(
        {
            "store/app.py": APP,
            "store/mails.py": TASK.format("one"),
            "store/deep/down/jobs.py": TASK.format("two"),
            "store/__main__.py": "raise SystemExit('a program ran')",
        }
    )
    app = load("store.app:app")
    assert set(app.autodiscover("store", pattern=None)) >= {"store", "store.deep.down.jobs"}
    assert set(app.tasks) == {"store.mails.one", "store.deep.down.jobs.two"}


def test_a_module_that_is_imported_anew_declares_its_tasks_anew(write: Write) -> None:
    source = "from store.app import app\n@app.task(name='work')\ndef work() -> int: return {}\n"
    write({"store/app.py": APP, "store/tasks.py": source.format(1)})
    app = load("store.app:app")
    app.autodiscover("store")
    assert app.tasks["work"]() == 1
    write({"store/tasks.py": source.format(2)})
    importlib.reload(sys.modules["store.tasks"])
    assert app.tasks["work"]() == 2
    write({"store/tasks.py": source.format(3)})
    del sys.modules["store.tasks"]
    importlib.import_module("store.tasks")
    assert app.tasks["work"]() == 3


def test_two_tasks_of_one_name_are_refused_wherever_they_stand(write: Write) -> None:
    twice = "from store.app import app\n" + "@app.task\ndef work() -> None: ...\n" * 2
    write({"store/app.py": APP, "store/twice.py": twice})
    app = load("store.app:app")
    with pytest.raises(ValueError, match=r"has a task store\.twice\.work already"):
        app.autodiscover("store", pattern="twice")
    with pytest.raises(ValueError, match="already"):  # nor after a reload
        app.autodiscover("store", pattern="twice")
    named = "from store.app import app\n@app.task(name='same')\ndef work() -> None: ...\n"
    write({"store/one.py": named, "store/two.py": named})
    app.autodiscover("store", pattern="one")
    with pytest.raises(ValueError, match="has a task same already"):
        app.autodiscover("store", pattern="two")

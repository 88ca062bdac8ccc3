"""Write what follows from the headers: the Python calls, the exceptions and the reference.

The page about the configuration follows from the settings.

``python -m tools.gen`` writes the files, ``python -m tools.gen --check`` names the stale ones.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import jinja2

from pyclient.config import reference
from tools import clidocs, genmodel, views
from tools.spec import Spec, SpecError, load_all

ROOT = Path(__file__).resolve().parent.parent
OUTPUTS = {
    "pyclient/_generated.py": "generated.py.j2",
    "pyclient/_errors_generated.py": "errors.py.j2",
    "pyclient/_module_calls.py": "module_calls.py.j2",
    "db/REFERENCE.md": "reference.md.j2",
}


class GenError(Exception):
    """A generated file that cannot be made."""


def render_all(spec: Spec) -> dict[str, str]:
    """The text of every generated file, by its path in the repository."""
    environment = _environment()
    facts = _facts(spec)
    texts = {}
    for path, template in OUTPUTS.items():
        text = environment.get_template(template).render(facts)
        texts[path] = _tidy(path, text) if path.endswith(".py") else text
    texts["docs/configuration.md"] = reference.render()
    texts["docs/cli.md"] = clidocs.render()
    return texts


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters |= {
        "cell": lambda text: text.replace("|", "\\|"),
        "code": lambda text: "" if text is None else f"`{text}`",
        "docline": lambda text: text.replace("\\", "\\\\").replace('"', "'").rstrip("."),
        "link": _link,
        "links": lambda names: ", ".join(_link(name) for name in names) or "none",
        "names": lambda names: ", ".join(f"`{name}`" for name in names) or "none",
        "sample": _sample,
        "sentence": lambda text: text[0].upper() + text[1:] + ".",
    }
    environment.globals |= {"docstring": genmodel.docstring, "rowdoc": genmodel.rowdoc}
    return environment


def _link(name: str) -> str:
    return f"`{name}`" if name.startswith("_") else f"[`{name}`](#{name})"


def _sample(example: str) -> str:
    """An example with ids where the contract test puts in those of its data."""
    names = dict.fromkeys(re.findall(r"\{\{(\w+)\}\}", example))
    for number, name in enumerate(names, start=1):
        example = example.replace(f"{{{{{name}}}}}", f"01920000-0000-7000-8000-{number:012d}")
    return example


def _facts(spec: Spec) -> dict[str, object]:
    routines = spec.routines.values()
    tables = sorted({table for routine in routines for table in routine.writes})
    return {
        "calls": genmodel.calls(spec),
        "rows": genmodel.row_classes(spec),
        "errors": genmodel.error_classes(spec),
        "internal": sorted((r for r in routines if not r.is_public), key=lambda r: r.name),
        "events": list(spec.events.values()),
        "views": views.load_all(spec.root),
        "writers": [
            (table, [r.name for r in spec.public if table in r.writes]) for table in tables
        ],
        "raisers": {
            name: [r.name for r in spec.public if name in r.errors] for name in spec.errors
        },
    }


def _tidy(path: str, text: str) -> str:
    """Drop unused imports and format, without touching the disk."""
    checked = _ruff(path, text, "check", "--quiet", "--select=F401,I", "--fix-only")
    return _ruff(path, checked, "format", "--quiet")


def _ruff(path: str, text: str, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--stdin-filename", path, "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode != 0:
        raise GenError(f"ruff cannot read the text generated for {path}: {done.stderr.strip()}")
    return done.stdout


def stale(texts: dict[str, str], root: Path) -> list[str]:
    """The files whose text on disk differs."""
    return [path for path, text in texts.items() if _read(root / path) != text]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def write(texts: dict[str, str], paths: Iterable[str], root: Path) -> None:
    """Write the named files."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(texts[path], encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 = fine, 1 = stale or unreadable."""
    parser = argparse.ArgumentParser(prog="python -m tools.gen", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, name stale files")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository")
    options = parser.parse_args(arguments)
    try:
        texts = render_all(load_all(options.root))
    except (SpecError, GenError) as error:
        print(error, file=sys.stderr)
        return 1
    changed = stale(texts, options.root)
    if options.check:
        for path in changed:
            print(f"{path}:1: GEN01 differs from the headers: run 'python -m tools.gen'")
        return 1 if changed else 0
    write(texts, changed, options.root)
    for path in changed:
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The SQL tree: what ``db/`` holds, read into memory and checked for the form relied on here.

In a checkout the tree is ``db/`` next to the package, in an installed wheel ``pyclient/_db``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pyclient import _header, _version
from pyclient.migrate import split
from pyclient.migrate.errors import TreeInvalid

VIEW_ROLES = ("viewer", "admin")

_MIGRATION = re.compile(r"(\d{4})_[a-z0-9_]+$")
_CREATE = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(PROCEDURE|EVENT|VIEW)\s+(\w+)", re.IGNORECASE)
_DELIMITER = re.compile(r"^\s*DELIMITER\b", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered file that is applied once, statement by statement."""

    name: str
    file: str
    sha256: str
    statements: tuple[split.Statement, ...]

    def done_sha256(self, count: int) -> str:
        """The checksum of the first ``count`` statements: those of an unfinished one stay fixed."""
        return digest("\n;\n".join(one.text for one in self.statements[:count]))


@dataclass(frozen=True, slots=True)
class Unit:
    """A file with one CREATE, re-created whenever its text changes."""

    kind: str
    name: str
    file: str
    text: str
    sha256: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One line of the error catalogue."""

    number: int
    name: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything to deploy."""

    root: Path
    version: str
    migrations: tuple[Migration, ...]
    routines: tuple[Unit, ...]
    views: tuple[Unit, ...]
    events: tuple[Unit, ...]
    errors: tuple[ErrorLine, ...]
    errors_sha256: str
    view_roles: dict[str, tuple[str, ...]]

    @property
    def units(self) -> tuple[Unit, ...]:
        """Every file with one CREATE, in the order in which they are applied."""
        return self.views + self.routines + self.events

    @property
    def sha256(self) -> str:
        """One checksum of everything."""
        parts = [migration.sha256 for migration in self.migrations]
        parts += [unit.sha256 for unit in self.units]
        views = repr(sorted(self.view_roles.items()))
        return digest("\n".join([*parts, self.errors_sha256, views]))


def digest(text: str) -> str:
    """The checksum of a text, as 64 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def default_root() -> Path:
    """The tree that belongs to this package."""
    package = Path(__file__).resolve().parent.parent
    places = (package / "_db", package.parent / "db")
    for root in places:
        if (root / "migrations").is_dir():
            return root
    raise TreeInvalid(f"no SQL to deploy: neither {places[0]} nor {places[1]} is there")


def own_version(root: Path) -> str:
    """The version of celers: the checkout's if the tree is in one, else the installed one's."""
    project = root.parent / "pyproject.toml"
    if project.is_file():
        found = re.search(r'^version = "([^"]+)"', project.read_text("utf-8"), re.MULTILINE)
        if found:
            return found[1]
    return _version.installed()


def read(root: Path | None = None) -> Tree:
    """Read and check the tree; raise TreeInvalid with the name of the first bad file."""
    root = root or default_root()
    migrations = tuple(_migrations(root))
    views = tuple(_in_order(list(_units(root, "views", "view"))))
    errors_text = _text(root / "errors.tsv") if (root / "errors.tsv").is_file() else ""
    names = _view_names(migrations, views)
    return Tree(
        root=root,
        version=own_version(root),
        migrations=migrations,
        routines=tuple(_units(root, "procedures", "routine")),
        views=views,
        events=tuple(_units(root, "events", "event")),
        errors=tuple(_errors(errors_text)),
        errors_sha256=digest(errors_text),
        view_roles=_view_roles(root, names),
    )


def _text(path: Path) -> str:
    return path.read_text("utf-8").replace("\r\n", "\n")


def _migrations(root: Path) -> Iterator[Migration]:
    expected = 1
    for path in sorted((root / "migrations").glob("*.sql")):
        match = _MIGRATION.match(path.stem)
        if match is None or int(match[1]) != expected:
            raise TreeInvalid(f"migrations/{path.name} must be named {expected:04d}_words.sql")
        expected += 1
        text = _text(path)
        try:
            found = tuple(split.statements(text))
        except split.SplitError as error:
            raise TreeInvalid(f"migrations/{path.name}, {error}") from error
        yield Migration(path.stem, f"migrations/{path.name}", digest(text), found)


def _units(root: Path, folder: str, kind: str) -> Iterator[Unit]:
    seen: dict[str, str] = {}
    for path in sorted((root / folder).rglob("*.sql"), key=lambda path: path.stem):
        file = path.relative_to(root).as_posix()
        if path.stem in seen:
            raise TreeInvalid(f"{file} and {seen[path.stem]} have the same name")
        seen[path.stem] = file
        text = _text(path)
        _check_unit(file, kind, path.stem, text)
        try:
            granted = _roles(path.stem, text) if kind == "routine" else ()
        except _header.HeaderError as error:
            raise TreeInvalid(f"{file}, {error}") from error
        yield Unit(kind, path.stem, file, text.rstrip() + "\n", digest(text), granted)


def _in_order(views: list[Unit]) -> Iterator[Unit]:
    """Each view after those that it reads."""
    words = {view.name: set(re.findall(r"\w+", split.mask(view.text))) for view in views}
    left = dict.fromkeys(words)
    while left:
        free = next((name for name in left if not words[name] & (left.keys() - {name})), None)
        if free is None:
            raise TreeInvalid(f"the views {', '.join(left)} need one another")
        del left[free]
        yield next(view for view in views if view.name == free)


def _check_unit(file: str, kind: str, name: str, text: str) -> None:
    masked = split.mask(text)
    word = "PROCEDURE" if kind == "routine" else kind.upper()
    match = _CREATE.match(masked.lstrip())
    if match is None or match[1].upper() != word or match[2] != name:
        raise TreeInvalid(f"{file} must begin, after its header, with CREATE {word} {name}")
    if not masked.rstrip().endswith(";") or len(masked.rstrip()) != len(text.rstrip()):
        raise TreeInvalid(f"{file} must end with ';', and with nothing after it")
    if _DELIMITER.search(masked):
        raise TreeInvalid(f"{file} must not hold DELIMITER lines: the server finds the end itself")


def _roles(name: str, text: str) -> tuple[str, ...]:
    """Who may call the routine: those of its header and the admin; nobody an internal one."""
    if name.startswith("_"):
        return ()
    listed = _header.parse(text).roles
    return tuple(role for role in _header.ROLES if role == "admin" or role in listed)


def _errors(text: str) -> Iterator[ErrorLine]:
    for count, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 4 or not parts[0].isdigit():
            if count == 1 and parts[0] == "number":
                continue
            raise TreeInvalid(f"errors.tsv, line {count}: expected number, name, kind, message")
        yield ErrorLine(int(parts[0]), parts[1], parts[2], parts[3])


def _view_names(migrations: tuple[Migration, ...], views: tuple[Unit, ...]) -> list[str]:
    """The views that stand after all migrations and view files."""
    names = {view.name for view in views}
    for one in (one for migration in migrations for one in migration.statements):
        if one.verb == "CREATE VIEW":
            names.add(one.name)
        elif one.verb == "DROP VIEW":
            names.discard(one.name)
    return sorted(names)


def _view_roles(root: Path, names: list[str]) -> dict[str, tuple[str, ...]]:
    """Who may read which view: security/views.tsv (view, roles) if there, else viewer and admin."""
    path = root / "security" / "views.tsv"
    if not path.is_file():
        return dict.fromkeys(names, VIEW_ROLES)
    found: dict[str, tuple[str, ...]] = {}
    for line in _text(path).splitlines():
        name, _, roles = line.partition("\t")
        if not name.strip() or name.startswith("#") or name == "view":
            continue
        if name not in names:
            raise TreeInvalid(f"security/views.tsv names {name}, which no migration creates")
        listed = {role.strip() for role in roles.split(",")} if roles.strip() else set(VIEW_ROLES)
        if listed - set(_header.ROLES):
            raise TreeInvalid(f"security/views.tsv: {name} has an unknown role")
        found[name] = tuple(role for role in _header.ROLES if role in listed or role == "admin")
    return found

"""The header of a routine file: read once, here, for the deployer, the generator and the lint.

A header is the comment at the top of ``db/procedures/<room>/<name>.sql``. Its first line is
``-- name: one sentence.``, then comes free text, then sections (``Params``, ``Options``,
``Returns``, ``Errors``, ``Writes``, ``Locks``, ``Roles``, ``Example``), each at most once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

TYPES = frozenset("str int float bool uuid datetime json bytes options payload tasks items".split())
ROLES = ("producer", "worker", "viewer", "admin")
SECTIONS = ("Params", "Options", "Returns", "Errors", "Writes", "Locks", "Roles", "Example")
COUNTS = ("1 row", "0..1 row", "rows", "none")

_TITLE = re.compile(r"-- (?P<name>_?[a-z][a-z0-9_]*): (?P<sentence>\S.*)")
_SECTION = re.compile(r"-- (?P<word>[A-Z][a-z]+)(?:$|\s{2,}(?P<rest>.*))")
_ENTRY = re.compile(r"-- {2,5}(?P<name>[a-z_]\S*)(?:\s+(?P<type>\S+)(?:\s+(?P<text>.*))?)?$")
_CONTINUED = re.compile(r"-- {6,}(?P<text>\S.*)$")
# "…, 0 = none" explains a value and gives no default: a lone value stands before the sign there.
_DEFAULT = re.compile(
    r"(?:\s{2,}=\s+(?P<loose>\S.*)"
    r"|(?<!\sNULL)(?<![\s-]\d)\s=\s+(?P<tight>'[^']*'|\"[^\"]*\"|\S+))$"
)
_RETURNS = re.compile(r"(?P<count>1 row|0\.\.1 row|rows|none)(?: of (?P<of>[a-z_][a-z0-9_]*))?$")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")


class HeaderError(ValueError):
    """A header that cannot be read; ``line`` counts from 1 within the file."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"line {line}: {sentence}")
        self.line = line
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Field:
    """One line of Params, Options or Returns."""

    name: str
    type: str
    text: str
    default: str | None = None
    nullable: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Returns:
    """How many rows a call answers with, and their columns.

    ``of`` names the routine whose columns these are (``Returns  rows of celers_dequeue_batch``);
    ``columns`` is empty then.
    """

    count: str = "none"
    of: str | None = None
    columns: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """A header as read: every list keeps the order of the file."""

    name: str
    sentence: str
    doc: str = ""
    params: tuple[Field, ...] = ()
    options: tuple[Field, ...] = ()
    returns: Returns = Returns()
    errors: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    example: str = ""
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def is_public(self) -> bool:
        """Whether applications may call the routine."""
        return not self.name.startswith("_")

    @property
    def operation(self) -> str:
        """The name without its prefix: ``enqueue`` for ``celers_enqueue``."""
        return self.name.removeprefix("celers_")


@dataclass(slots=True)
class _Section:
    word: str
    line: int
    rest: str
    body: list[tuple[int, str]] = field(default_factory=list)


def parse(text: str) -> Header:
    """Read the header at the top of ``text``; raise HeaderError at the first fault."""
    lines = _comment_lines(text)
    title = _TITLE.match(lines[0]) if lines else None
    if title is None:
        raise HeaderError(1, "the file must begin with '-- name: one sentence.'")
    sentence = title["sentence"].rstrip()
    if not sentence.endswith("."):
        raise HeaderError(1, "the sentence must end with a full stop")
    doc, sections = _split(lines)
    returns = _returns(sections.get("Returns"))
    return Header(
        name=title["name"],
        sentence=sentence[:-1],
        doc=doc,
        params=_fields(sections.get("Params"), with_default=True),
        options=_fields(sections.get("Options"), with_default=True),
        returns=returns,
        errors=_names(sections.get("Errors")),
        writes=_names(sections.get("Writes")),
        locks=_names(sections.get("Locks")),
        roles=_roles(sections.get("Roles")),
        example=_example(sections.get("Example")),
        lines={"name": 1} | {word: section.line for word, section in sections.items()},
    )


def _comment_lines(text: str) -> list[str]:
    found = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        found.append(line.rstrip())
    return found


def _split(lines: list[str]) -> tuple[str, dict[str, _Section]]:
    """Part the lines after the title into free text and sections."""
    doc: list[str] = []
    sections: dict[str, _Section] = {}
    current: _Section | None = None
    for number, line in enumerate(lines[1:], start=2):
        start = _SECTION.match(line)
        if start and (start["word"] in SECTIONS or current):
            current = _open(sections, start, number)
        elif current is None:
            doc.append(line[2:].removeprefix(" "))
        elif line != "--":
            current.body.append((number, line))
    return "\n".join(doc).strip("\n"), sections


def _open(sections: dict[str, _Section], start: re.Match[str], number: int) -> _Section:
    word = start["word"]
    if word not in SECTIONS:
        raise HeaderError(number, f"unknown section '{word}'")
    if word in sections:
        raise HeaderError(number, f"section '{word}' stands twice")
    sections[word] = _Section(word, number, (start["rest"] or "").strip())
    return sections[word]


def _fields(section: _Section | None, *, with_default: bool) -> tuple[Field, ...]:
    """Read entry lines, each with its deeper-indented continuation lines."""
    if section is None:
        return ()
    if section.rest not in ("", "none") and section.word != "Returns":
        raise HeaderError(section.line, f"'{section.word}' takes its entries on the next lines")
    found: list[tuple[int, list[str]]] = []
    for number, line in section.body:
        continued = _CONTINUED.match(line)
        if continued and found:
            found[-1][1].append(continued["text"])
        else:
            found.append((number, [line]))
    entries = tuple(_field(number, parts, with_default) for number, parts in found)
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            raise HeaderError(entry.line, f"'{entry.name}' stands twice")
        seen.add(entry.name)
    return entries


def _field(number: int, parts: list[str], with_default: bool) -> Field:
    match = _ENTRY.match(parts[0])
    if match is None or match["type"] is None:
        raise HeaderError(number, "expected '--   name  type  text' (2 to 5 blanks after '--')")
    if not _NAME.match(match["name"]):
        raise HeaderError(number, f"'{match['name']}' is not a name")
    kind = match["type"].removesuffix("?")
    if kind not in TYPES:
        raise HeaderError(number, f"'{kind}' is not one of the types {', '.join(sorted(TYPES))}")
    texts = [(" " + (match["text"] or "")), *[" " + part for part in parts[1:]]]
    default = None
    found = _DEFAULT.search(texts[-1]) if with_default else None
    if found:
        default = found["loose"] or found["tight"]
        texts[-1] = texts[-1][: found.start()]
    joined = " ".join(part.strip() for part in texts if part.strip())
    return Field(match["name"], kind, joined, default, match["type"].endswith("?"), number)


def _returns(section: _Section | None) -> Returns:
    if section is None:
        return Returns()
    form = _RETURNS.match(section.rest)
    if form is None:
        counts = "', '".join(COUNTS)
        raise HeaderError(section.line, f"'Returns' must be one of '{counts}', or '… of routine'")
    columns = _fields(section, with_default=False)
    if form["of"] and columns:
        raise HeaderError(section.line, f"columns are those of {form['of']}: list none here")
    if form["count"] == "none" and (columns or form["of"]):
        raise HeaderError(section.line, "'Returns  none' has no columns")
    if form["count"] != "none" and not (columns or form["of"]):
        raise HeaderError(section.line, "'Returns' must list its columns")
    return Returns(form["count"], form["of"], columns)


def _text(section: _Section, joint: str, strip: Callable[[str], str]) -> str:
    return joint.join([section.rest, *[strip(line[2:]) for _, line in section.body]]).strip()


def _names(section: _Section | None) -> tuple[str, ...]:
    if section is None:
        return ()
    text = _text(section, " ", str.strip)
    if text == "none":
        return ()
    names = tuple(part.strip() for part in text.split(","))
    for name in names:
        if not _NAME.match(name):
            raise HeaderError(section.line, f"'{section.word}' must be names parted by commas")
    if len(set(names)) != len(names):
        raise HeaderError(section.line, f"'{section.word}' lists a name twice")
    return names


def _roles(section: _Section | None) -> tuple[str, ...]:
    names = _names(section)
    for name in names:
        if name not in ROLES and section is not None:
            raise HeaderError(section.line, f"'{name}' is not one of the roles {', '.join(ROLES)}")
    return names


def _example(section: _Section | None) -> str:
    if section is None:
        return ""
    text = _text(section, "\n", str.strip)
    if not (text.startswith("CALL ") and text.endswith(";")):
        raise HeaderError(section.line, "'Example' must be one CALL that ends with ';'")
    return text

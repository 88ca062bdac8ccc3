"""What the templates need to know: the routines of a Spec, seen as Python."""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyclient._header import Field
from tools.spec import ErrorLine, Routine, Spec, SpecError

ARGUMENT_TYPES = {
    "str": "str",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "uuid": "UUID | str",
    "datetime": "datetime",
    "json": "Any",
    "bytes": "bytes",
    "payload": "Payload",
    "tasks": "Iterable[Mapping[str, Any]]",
    "items": "Iterable[Mapping[str, Any]]",
}
COLUMN_TYPES = ARGUMENT_TYPES | {"uuid": "str", "payload": "Any", "tasks": "Any", "items": "Any"}
ENCODERS = {
    "uuid": "encode_uuid",
    "datetime": "encode_datetime",
    "json": "encode_json",
    "payload": "encode_payload",
    "tasks": "encode_tasks",
    "items": "encode_items",
}
BASES = {
    "invalid": "InvalidArgument",
    "not_found": "NotFound",
    "conflict": "Conflict",
    "limited": "Limited",
    "unavailable": "Unavailable",
    "internal": "InternalError",
}
METHODS = {"1 row": "_row", "0..1 row": "_row_or_none", "rows": "_rows"}
_TUPLE_METHODS = ("count", "index")
_WIDTH = 90


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a Python call, and the expression that is sent for it."""

    name: str
    annotation: str
    default: str
    sent: str
    text: str
    key: str

    @property
    def declared(self) -> str:
        """The argument as it stands in a signature."""
        return f"{self.name}: {self.annotation}" + (f" = {self.default}" if self.default else "")


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a row class."""

    name: str
    annotation: str
    kind: str
    text: str
    ignore: str


@dataclass(frozen=True, slots=True)
class RowClass:
    """One NamedTuple."""

    name: str
    routine: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One public routine as a Python method."""

    routine: Routine
    arguments: tuple[Argument, ...]
    options: tuple[Argument, ...]
    row: str
    method: str
    raises: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """The name of the Python method."""
        return f"call_{self.routine.header.operation}"

    @property
    def result(self) -> str:
        """What the method is annotated to return."""
        return {"_row": self.row, "_row_or_none": f"{self.row} | None"}.get(
            self.method, f"list[{self.row}]"
        )

    @property
    def signature(self) -> str:
        """The declared arguments, options after a star."""
        parts = [argument.declared for argument in self.arguments]
        if self.options:
            parts += ["*", *[option.declared for option in self.options]]
        return ", ".join(parts)

    @property
    def sent(self) -> str:
        """The tuple of what is sent to the server."""
        parts = [argument.sent for argument in self.arguments]
        if self.routine.options:
            keys = ", ".join(f'"{option.key}": {option.sent}' for option in self.options)
            parts.append(f"encode_options({{{keys}}})")
        return "()" if not parts else "(" + ", ".join(parts) + ",)"

    @property
    def forwarded(self) -> str:
        """The arguments handed on by a function of the same signature."""
        parts = [argument.name for argument in self.arguments]
        parts += [f"{option.name}={option.name}" for option in self.options]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """One exception class."""

    line: ErrorLine
    name: str
    base: str


def camel(name: str) -> str:
    """QUEUE_NAME_INVALID or queue_name_invalid -> QueueNameInvalid."""
    return "".join(part.capitalize() for part in name.lower().split("_") if part)


def python_name(name: str) -> str:
    """A name that Python allows as an argument."""
    return f"{name}_" if keyword.iskeyword(name) or name == "self" else name


def error_classes(spec: Spec) -> list[ErrorClass]:
    """The exceptions by number; a name that pyclient.errors has already gets 'Error' behind it."""
    taken = {"CelersError", *BASES.values(), *_written_by_hand(spec.root)}
    found = []
    for line in spec.errors.values():
        name = camel(line.name)
        while name in taken:
            name += "Error"
        taken.add(name)
        found.append(ErrorClass(line, name, BASES[line.kind]))
    return sorted(found, key=lambda entry: entry.line.number)


def _written_by_hand(root: Path) -> list[str]:
    path = root / "pyclient" / "errors.py"
    return re.findall(r"^class (\w+)", path.read_text("utf-8"), re.M) if path.exists() else []


def row_classes(spec: Spec) -> list[RowClass]:
    """One class per public routine that lists its own columns, and per routine referred to."""
    owners: dict[str, Routine] = {}
    for routine in spec.public:
        if routine.returns_count != "none":
            owner = spec.row_owner(routine)
            owners.setdefault(owner.name, owner)
    return [
        RowClass(_row_name(owner), owner.name, tuple(map(_column, owner.header.returns.columns)))
        for owner in sorted(owners.values(), key=lambda owner: (owner.room, owner.name))
    ]


def _row_name(routine: Routine) -> str:
    return camel(routine.header.operation) + "Row"


def _column(column: Field) -> Column:
    annotation = COLUMN_TYPES[column.type]
    if column.nullable and annotation != "Any":
        annotation += " | None"
    kind = column.type + ("?" if column.nullable else "")
    ignore = "  # type: ignore[assignment]" if column.name in _TUPLE_METHODS else ""
    return Column(column.name, annotation, kind, column.text, ignore)


def calls(spec: Spec) -> list[Call]:
    """The public routines, by room and name."""
    classes = {entry.line.name: entry.name for entry in error_classes(spec)}
    return [_call(routine, spec, classes) for routine in spec.public]


def _call(routine: Routine, spec: Spec, classes: dict[str, str]) -> Call:
    if routine.returns_count not in METHODS:
        raise SpecError(routine.path, routine.line("Returns"), "a public routine returns rows")
    raises = []
    for name in routine.errors:
        if name not in classes:
            fault = f"{name} is not in db/errors.tsv"
            raise SpecError(routine.path, routine.line("Errors"), fault)
        raises.append((classes[name], spec.errors[name].message))
    params = [param for param in routine.params if param.type != "options"]
    return Call(
        routine=routine,
        arguments=_arguments(params),
        options=tuple(_option(option) for option in routine.options),
        row=_row_name(spec.row_owner(routine)),
        method=METHODS[routine.returns_count],
        raises=tuple(raises),
    )


def _arguments(params: list[Field]) -> tuple[Argument, ...]:
    """Positional arguments: a default is given away only where no argument without one follows."""
    found: list[Argument] = []
    trailing = True
    for param in reversed(params):
        trailing = trailing and param.default is not None
        name = python_name(param.name.removeprefix("p_"))
        annotation = _argument_type(param, optional=_may_be_null(param))
        default = "None" if trailing else ""
        found.append(Argument(name, annotation, default, _sent(param, name), _text(param), name))
    return tuple(reversed(found))


def _may_be_null(param: Field) -> bool:
    """Whether None may be sent: there is a default, or the text says what NULL means."""
    return param.default is not None or re.search(r"\bNULL\b", param.text) is not None


def _option(option: Field) -> Argument:
    name = python_name(option.name)
    sent = name
    if option.default == "new" and option.type == "uuid":
        sent = f"encode_uuid({name}) or new_uuid()"
    elif option.type in ("tasks", "items"):
        sent = f"None if {name} is None else list({name})"
    annotation = _argument_type(option, optional=True)
    return Argument(name, annotation, "None", sent, _text(option), option.name)


def _argument_type(field: Field, *, optional: bool) -> str:
    annotation = ARGUMENT_TYPES[field.type]
    return annotation + " | None" if optional and annotation != "Any" else annotation


def _sent(param: Field, name: str) -> str:
    encoder = ENCODERS.get(param.type)
    if encoder is None:
        return name
    if param.type == "uuid" and param.default == "new":
        return f"encode_uuid({name}) or new_uuid()"
    if _may_be_null(param) and param.type in ("payload", "tasks", "items"):
        return f"None if {name} is None else {encoder}({name})"
    return f"{encoder}({name})"


def _text(field: Field) -> str:
    if field.default in (None, "NULL"):
        return field.text
    meaning = "a new UUIDv7" if field.default == "new" else field.default
    return f"{field.text}; default: {meaning}"


def docstring(call: Call, indent: int) -> str:
    """The text of a method's docstring without its quotes, wrapped and escaped."""
    width = _WIDTH - indent
    parts = textwrap.wrap(_sentence(call.routine.sentence), width)
    for paragraph in call.routine.doc.split("\n\n"):
        if paragraph.strip():
            parts += ["", *_rewrapped(paragraph, width)]
    parts += _listing("Args:", [(a.name, a.text) for a in call.arguments + call.options], width)
    parts += ["", *textwrap.wrap(_returned(call), width)]
    parts += _listing("Raises:", call.raises, width)
    return _quoted(parts, indent)


def _rewrapped(paragraph: str, width: int) -> list[str]:
    """Prose, wrapped anew; lists, tables and drawings as they are."""
    lines = [line.rstrip() for line in paragraph.splitlines()]
    if any(re.match(r"\s|[*+|-]", line) for line in lines):
        return lines
    return textwrap.wrap(" ".join(lines), width)


def rowdoc(row: RowClass) -> str:
    """The text of a row class's docstring without its quotes."""
    columns = [(column.name, column.text) for column in row.columns]
    listing = _listing("Attributes:", columns, _WIDTH - 4)
    return _quoted([f"A row of {row.routine}.", *listing], 4)


def _quoted(parts: list[str], indent: int) -> str:
    text = "\n".join(parts).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    closing = "\n" if len(parts) > 1 else ""
    return textwrap.indent(text + closing, " " * indent).strip(" ")


def _listing(title: str, entries: Iterable[tuple[str, str]], width: int) -> list[str]:
    lines: list[str] = []
    for name, text in entries:
        lines += textwrap.wrap(
            f"{name}: {text}", width, initial_indent="    ", subsequent_indent="        "
        )
    return ["", title, *lines] if lines else []


def _returned(call: Call) -> str:
    return {
        "_row": "Returns one row.",
        "_row_or_none": "Returns the row, or None where there is none.",
        "_rows": "Returns a list of rows, which may be empty.",
    }[call.method]


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."

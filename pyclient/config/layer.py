"""What one source says about the settings, and where it says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pyclient.config.problems import Problem
from pyclient.config.section import OTHER_NAMES, Section, section_of

#: The place of a value: ("workers", "prefetch"); in lists the index counts.
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Layer:
    """One source of values.

    Attributes:
        values: sections as dicts.
        place: says where the value of a path stands: ``celers.toml:12``, ``env CELERS_DSN``.
        problems: what was found while reading.
        warnings: what works and should not be used any more.
    """

    values: dict[Any, Any]
    place: Callable[[Path], str]
    problems: Sequence[Problem] = ()
    warnings: Sequence[str] = ()

    def has(self, path: Path) -> bool:
        """Whether this source says something about the path, or instead of a table on its way."""
        value: Any = self.values
        for step in path:
            if not isinstance(value, dict):
                return True
            if step not in value:
                return False
            value = value[step]
        return True


def with_first_names(layer: Layer) -> Layer:
    """The layer with keys that go by a second name brought to their first."""
    values, problems = layer.values, list(layer.problems)
    renamed: dict[Path, Path] = {}
    for (section, name), other in OTHER_NAMES.items():
        table = values.get(section)
        if not isinstance(table, dict) or other not in table:
            continue
        path = (section, other)
        if name in table:
            text = f"is another name for {name}, which is given too"
            problems.append(Problem(text, layer.place(path), ".".join(path)))
        rest = {key: value for key, value in table.items() if key != other}
        values = {**values, section: {name: table[other], **rest}}
        renamed[section, name] = path
    if not renamed:
        return layer
    place = layer.place
    return Layer(values, lambda path: place(renamed.get(path, path)), problems, layer.warnings)


def merged(layers: Sequence[Layer], model: type[Section]) -> dict[Any, Any]:
    """The values of all layers, the first of which decides; tables are merged, values are not."""
    result: dict[Any, Any] = {}
    for layer in reversed(layers):
        result = _over(result, layer.values, model)
    return result


def _over(below: dict[Any, Any], above: dict[Any, Any], model: type[Section]) -> dict[Any, Any]:
    result = dict(below)
    for key, value in above.items():
        inner = section_of(model.model_fields.get(key))
        under = result.get(key)
        if inner is not None and isinstance(under, dict) and isinstance(value, dict):
            value = _over(under, value, inner)
        result[key] = value
    return result

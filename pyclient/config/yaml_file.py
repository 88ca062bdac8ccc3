"""YAML files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from pyclient.config.document import Document, Unreadable
from pyclient.config.layer import Path


class _Loader(yaml.SafeLoader):
    """A safe loader that says where a value stands that Python cannot hold."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError):
            text = "a value that cannot be read"
        raise yaml.constructor.ConstructorError(None, None, text, node.start_mark)


def read_yaml(text: str) -> Document:
    """Read a whole file.

    Raises:
        Unreadable: it is not one YAML document, or a key in it stands twice.
    """
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return Document({}, lambda path: 1)
        _refuse_twins(root)
        values = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:  # its own text quotes the line
        raise _unreadable(error) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable(f"a character that YAML does not allow: {error.reason}", line) from None
    return Document(values, lambda path: _line(root, path))


def _unreadable(error: yaml.MarkedYAMLError) -> Unreadable:
    begin, end = error.context_mark, error.problem_mark
    begun = f"{error.context} that begins in line {begin.line + 1}, " if begin else ""
    mark = end or begin
    return Unreadable(f"{begun}{error.problem}", mark.line + 1 if mark else 1)


def _refuse_twins(root: yaml.Node) -> None:
    for node in _nodes(root):
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in seen:
                    raise Unreadable(f"the key {key.value} stands twice", _begin(key))
                seen.add(key.value if isinstance(key, yaml.ScalarNode) else "")


def _nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    """Every node once, also where aliases lead to it often, or to itself."""
    waiting, seen = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        yield node
        inner = node.value if not isinstance(node, yaml.ScalarNode) else []
        for child in (
            part for item in inner for part in (item if isinstance(item, tuple) else (item,))
        ):
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)


def _line(root: yaml.Node, path: Path) -> int:
    node, line = root, _begin(root)
    for step in path:
        found = _child(node, step)
        if found is None:
            break
        line, node = _begin(found[0]), found[1]
    return line


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """What a step leads to: the node that names it, and the node of its value."""
    if isinstance(node, yaml.MappingNode):
        return next((pair for pair in node.value if pair[0].value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _begin(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1

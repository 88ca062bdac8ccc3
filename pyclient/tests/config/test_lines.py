"""The lines on which keys stand. In these documents every number is that of its own line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyclient.config.document import Unreadable
from pyclient.config.layer import Path
from pyclient.config.toml_file import read_toml
from pyclient.config.toml_lines import lines_of
from pyclient.config.yaml_file import read_yaml


def numbered(text: str) -> str:
    """The text with every @ replaced by the number of its line."""
    lines = enumerate(text.splitlines(keepends=True), start=1)
    return "".join(line.replace("@", str(number)) for number, line in lines)


TOML = numbered('''\
one = @
"quoted . key" = @
'literal # key' = @
dotted.key.deep = @   # a comment = 0
text = """
[not.a.table]
no = 0
"""
after_text = @
strings = ["]", '}', "\\"", """a""b""\\"""", \'\'\'c''d\'\'\', @]
list = [
    # nothing
    @, @e0,
    [ @,

      @ ],
    { a = @, b.c = @, "d" = { e = @ } },
]
inline = { a = @, b = [@, { c = @ }], "x.y" = @ }
date = 1979-05-27T07:32:00.5Z
float = @.0
ends_with_quotes = """x"""""
these_too = [\'\'\'[x]\'\'\'\', ']', @]
[table]
key = @
[ table . "in it" ]
key = @
[[array]]
key = @
[[array]]
key = @
[array.below]
key = @
[[array.more]]
key = @
[[array.more]]
key = @
[over."\\u00e9"]
key = @
''')
TABLES: list[Path] = [
    ("table",),
    ("table", "in it"),
    ("array", 0),
    ("array", 1),
    ("array", 1, "below"),
    ("array", 1, "more", 0),
    ("array", 1, "more", 1),
    ("over", "é"),
]

YAML = numbered("""\
one: @
"quoted": @
text: |
  no: 0
  - 0
after_text: @
list:
  - @
  - - @
    - @
  - a: @
    b: {c: @, d: [@, @]}
? complex
: 14
folded: >-
  x
base: &base
  a: @
merged:
  <<: {b: @}
  c: @
deep:
    er:
        key: @
""")


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path, value


def numbers(value: Any) -> list[tuple[Path, int]]:
    return [(path, int(leaf)) for path, leaf in leaves(value) if isinstance(leaf, int | float)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_key_of_toml_has_its_line(line_end: str) -> None:
    document = read_toml(TOML.replace("\n", line_end))
    found = numbers(document.values)
    assert len(found) == 27
    assert [(path, document.line_of(path)) for path, _ in found] == found


def test_tables_of_toml_have_their_lines() -> None:
    lines = lines_of(TOML)
    assert [lines[path] for path in TABLES] == [lines[*path, "key"] - 1 for path in TABLES]


def test_every_key_of_yaml_has_its_line() -> None:
    document = read_yaml(YAML)
    found = [(path, line) for path, line in numbers(document.values) if path != ("complex",)]
    assert len(found) == 14
    assert [(path, document.line_of(path)) for path, _ in found] == found
    assert document.line_of(("complex",)) == 13


@pytest.mark.parametrize("read", [read_toml, read_yaml])
def test_what_is_not_there_is_in_the_nearest_table_around(read: Any) -> None:
    text = "\n[a]\nb = 1\n" if read is read_toml else "\na:\n  b: 1\n"
    document = read(text)
    assert document.line_of(("a", "c", 3)) == 2
    assert document.line_of(("a", "b", "c")) == 3


PIECES = st.sampled_from(
    [
        "k{i} = {n}",
        "a{i}.b.c = {n}",
        '"k {i}" = {n}  # [x]',
        'k{i} = """\n[x]\n"""',
        "k{i} = '''\n#'''",
        "k{i} = [\n]",
        "k{i} = [{n}, {{ a = {n} }}, [{n}]]",
        "k{i} = {{ a.b = {n}, c = '}}' }}",
        "[t{i}]",
        "[[l]]",
        "[[l]]\n[l.u.v]",
        "",
        "# k = 0",
    ]
)


@given(st.lists(PIECES, max_size=25))
def test_lines_do_not_depend_on_what_stands_around(pieces: list[str]) -> None:
    text = ""
    for index, piece in enumerate(pieces):
        text += piece.format(i=index, n=text.count("\n") + 1) + "\n"
    document = read_toml(text)
    assert [(path, document.line_of(path)) for path, _ in numbers(document.values)] == numbers(
        document.values
    )


TOKENS = st.sampled_from(
    ["a", "b", ".", " = ", "1", "[", "]", "{", "}", ", ", "'", '"', '"""', "#", "\n", "\n", "\\"]
)


@settings(max_examples=1000)
@given(st.lists(TOKENS, max_size=12).map("".join))
def test_whatever_is_toml_has_a_line_for_every_key(text: str) -> None:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = lines_of(text)
    for path, _ in leaves(values):
        assert path in lines
        assert lines[path] <= text.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a = 1\nb\n", 2, "Expected '='"),
        ("a = 1\na = 2\n", 2, "Cannot overwrite"),
        ("[a]\n[b]\n[a]\n", 3, "twice"),
        ("\n\na = [1,\n", 4, "Invalid value"),
        ("a = 1\nb = {c = 1, c = 2}\n", 2, "Duplicate"),
        ("a = 1\nb = " + "9" * 5000, 2, "too many digits"),
        ("a = \x00", 1, "Invalid value"),
    ],
)
def test_faults_of_toml_have_their_line(text: str, line: int, said: str) -> None:
    with pytest.raises(Unreadable, match=said) as caught:
        read_toml(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb\n", 3, "simple key that begins in line 2, could not find expected ':'"),
        ("a: 1\nb: 2\na: 3\n", 3, "the key a stands twice"),
        ("a:\n  b: 1\n  'b': 2\n", 3, "the key b stands twice"),
        ("a: [1,\n", 2, "expected the node content"),
        ("a: 1\n---\nb: 1\n", 2, "another document"),
        ("a: 1\nb: !!python/object:os.system x\n", 2, "could not determine a constructor"),
        ("a: 1\nb: " + "9" * 5000, 2, "cannot be read"),
        ("a: 2000-99-99\n", 1, "cannot be read"),
        ("a: 1\nb: \x00", 2, "a character that YAML does not allow"),
        ("a: *nobody\n", 1, "undefined alias"),
    ],
)
def test_faults_of_yaml_have_their_line(text: str, line: int, said: str) -> None:
    with pytest.raises(Unreadable, match=said) as caught:
        read_yaml(text)
    assert caught.value.line == line


def test_aliases_of_yaml_cost_no_more_than_they_are_long() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)
    )
    line_of = read_yaml(bomb + "self: &s [*s]\n").line_of
    assert (line_of(("a59",)), line_of(("self", 0, 0, 0))) == (60, 61)

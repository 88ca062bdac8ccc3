"""Cutting migration files into statements that can be recorded one by one."""

from __future__ import annotations

import pytest

from pyclient.migrate import split, tree
from pyclient.tests.migrate.kit import FIRST, SECOND


def test_semicolons_in_strings_names_and_comments_end_nothing() -> None:
    text = (
        "-- it's; a comment\nCREATE TABLE `a;b` (c INT DEFAULT ';' COMMENT \"x;'y\");\n"
        "/* ; ' */ INSERT INTO t VALUES ('it''s \\'; two');# the end; of it\n"
    )
    found = split.statements(text)
    assert [one.verb for one in found] == ["CREATE TABLE", "INSERT"]
    assert found[1].text == "/* ; ' */ INSERT INTO t VALUES ('it''s \\'; two')"


def test_the_trees_statements_are_told_apart() -> None:
    verbs = [one.verb for one in split.statements(FIRST + SECOND)]
    assert verbs == [
        *("CREATE TABLE", "CREATE TABLE", "CREATE INDEX", "INSERT", "ALTER TABLE", "UPDATE"),
        *("CREATE VIEW", "ALTER TABLE", "UPDATE", "CREATE TABLE", "DROP INDEX", "RENAME TABLE"),
    ]


def test_a_statement_knows_its_line_and_its_object() -> None:
    found = split.statements(
        "CREATE TABLE a (b INT);\n\n-- why\nCREATE OR REPLACE VIEW v AS SELECT 1;"
    )
    assert [(one.line, one.name) for one in found] == [(1, "a"), (3, "v")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("CREATE TABLE a (b INT)", "line 1: the last statement must end with ';'"),
        ("CREATE TABLE a (b INT);\n;", "line 2: an empty statement"),
        ("-- nothing\n", "line 1: the file holds no statement"),
        ("CREATE TABLE a (b INT DEFAULT 'x);", "line 1: a quote or a comment is never closed"),
        ("/* CREATE TABLE a (b INT);", "line 1: a quote or a comment is never closed"),
        ("CREATE TABLE a (`b INT);", "line 1: a quote or a comment is never closed"),
    ],
)
def test_a_file_that_cannot_be_cut_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(split.SplitError, match="^" + sentence):
        split.statements(text)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE PROCEDURE p () SELECT 1",
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a = 1",
        "CREATE TEMPORARY TABLE a (b INT)",
        "DELIMITER //",
        "SET @a = 1",
        "START TRANSACTION",
        "COMMIT",
        "USE other",
        "CALL p()",
        "GRANT SELECT ON a TO b",
    ],
)
def test_what_cannot_be_recorded_has_no_place_in_a_migration(statement: str) -> None:
    with pytest.raises(split.SplitError, match="has no place in a migration"):
        split.statements(statement + ";")


def test_only_the_answer_that_proves_it_lets_a_statement_pass_as_done() -> None:
    create = split.statements("CREATE TABLE a (b INT);")[0]
    assert create.had_run(1050)
    assert not create.had_run(1060)
    assert not create.had_run(1064)
    insert = split.statements("INSERT INTO a VALUES (1);")[0]
    assert not insert.had_run(1062)


def test_the_real_tree_can_be_read() -> None:
    found = tree.read()
    assert found.migrations
    assert found.routines

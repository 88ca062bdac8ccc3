"""What sqlfluff's MySQL dialect does not know yet, added to its own segments.

The dialect's classes are patched in place: sqlfluff has no hook for extending a dialect. Only the
Python parser sees this (not the optional Rust one).
"""

from __future__ import annotations

from sqlfluff.core.parser import (
    AnyNumberOf,
    Bracketed,
    Dedent,
    Delimited,
    Indent,
    Matchable,
    OneOf,
    OptionallyBracketed,
    Ref,
    Sequence,
)
from sqlfluff.dialects import dialect_ansi as ansi
from sqlfluff.dialects import dialect_mysql as mysql

_INDEX_HINT = Ref("IndexHintClauseSegment")
_patched = False


def patch() -> None:
    """Patch the dialect; harmless when done twice."""
    global _patched
    if _patched:
        return
    _select_tail()
    _index_hint()
    _indents()
    _declare()
    _transaction()
    mysql.mysql_dialect.replace(
        JoinKeywordsGrammar=OneOf("JOIN", "STRAIGHT_JOIN"),
        PreTableFunctionKeywordsGrammar=Ref.keyword("LATERAL"),
        JoinClauseSegment=JoinClauseSegment,
        FromExpressionSegment=FromExpressionSegment,
    )
    _patched = True


class FromExpressionSegment(ansi.FromExpressionSegment):
    """FROM without an indent of its own, so that ``FROM JSON_TABLE(`` may stand on one line."""

    match_grammar = OptionallyBracketed(
        Sequence(
            OneOf(
                Ref("FromExpressionElementSegment"),
                Bracketed(Ref("FromExpressionSegment")),
                terminators=[Sequence("ORDER", "BY"), Sequence("GROUP", "BY")],
            ),
            AnyNumberOf(
                Ref("JoinClauseSegment"),
                optional=True,
                terminators=[Sequence("ORDER", "BY"), Sequence("GROUP", "BY")],
            ),
        )
    )


class JoinClauseSegment(ansi.JoinClauseSegment):
    """JOIN likewise; only ON, where it stands on a line of its own, is indented."""

    match_grammar = Sequence(
        Ref("ConditionalJoinKeywordsGrammar", optional=True),
        Ref("JoinKeywordsGrammar"),
        Ref("JoinTargetGrammar"),
        AnyNumberOf(Ref("NestedJoinGrammar")),
        Sequence(
            Indent,
            OneOf(Ref("JoinOnConditionSegment"), Ref("JoinUsingConditionGrammar")),
            Dedent,
            optional=True,
        ),
    )


def _select_tail() -> None:
    """``LIMIT n FOR UPDATE [OF t] [SKIP LOCKED] [INTO v]``; UNION behind an index hint."""
    unordered = mysql.UnorderedSelectStatementSegment
    grammar = unordered.match_grammar
    assert isinstance(grammar, Sequence)
    kept: list[str | Matchable] = [term for term in grammar.terminators if term != _INDEX_HINT]
    unordered.match_grammar = grammar.copy(terminators=kept, replace_terminators=True)
    segment = mysql.SelectStatementSegment
    segment.match_grammar = segment.match_grammar.copy(
        insert=[Ref("ForClauseSegment", optional=True), Ref("IntoClauseSegment", optional=True)],
    )


def _index_hint() -> None:
    """``FORCE INDEX (PRIMARY)``: the dialect takes PRIMARY for a reserved word."""
    scope = OneOf("JOIN", Sequence("ORDER", "BY"), Sequence("GROUP", "BY"))
    mysql.IndexHintClauseSegment.match_grammar = Sequence(
        OneOf("USE", "IGNORE", "FORCE"),
        OneOf("INDEX", "KEY"),
        Sequence("FOR", scope, optional=True),
        Bracketed(Delimited(OneOf("PRIMARY", Ref("ObjectReferenceSegment")), optional=True)),
    )


def _indents() -> None:
    """``INTO`` may have its variables on the next lines; UPDATE's tables have no own indent.

    ``ON DUPLICATE KEY UPDATE`` is a list of assignments.
    """
    # CV05 lets a = NULL be an assignment only where it sees a list of SET clauses.
    mysql.UpsertClauseListSegment._class_types |= {"set_clause_list"}
    variable = OneOf(Ref("SessionVariableNameSegment"), Ref("LocalVariableNameSegment"))
    mysql.IntoClauseSegment.match_grammar = Sequence("INTO", Indent, Delimited(variable), Dedent)
    mysql.UpdateStatementSegment.match_grammar = Sequence(
        "UPDATE",
        Ref.keyword("IGNORE", optional=True),
        Delimited(Ref("TableReferenceSegment"), Ref("FromExpressionSegment")),
        Ref("SetClauseListSegment"),
        Ref("WhereClauseSegment", optional=True),
        Ref("OrderByClauseSegment", optional=True),
        Ref("LimitClauseSegment", optional=True),
    )


def _condition_value() -> OneOf:
    return OneOf(
        "SQLEXCEPTION",
        "SQLWARNING",
        Sequence("NOT", "FOUND"),
        Sequence("SQLSTATE", Ref.keyword("VALUE", optional=True), Ref("QuotedLiteralSegment")),
        Ref("NumericLiteralSegment"),
        Ref("NakedIdentifierSegment"),
    )


def _declare() -> None:
    """``DECLARE c CONDITION FOR SQLSTATE '45000'``, ``DECLARE … HANDLER FOR 1213, 1205``."""
    segment = mysql.DeclareStatement
    segment.match_grammar = OneOf(
        Sequence(
            "DECLARE",
            OneOf("CONTINUE", "EXIT", "UNDO"),
            "HANDLER",
            "FOR",
            Delimited(_condition_value()),
            Ref("ProceduralBodyGrammar"),
        ),
        Sequence(
            "DECLARE",
            Ref("NakedIdentifierSegment"),
            "CONDITION",
            "FOR",
            OneOf(
                Sequence(
                    "SQLSTATE", Ref.keyword("VALUE", optional=True), Ref("QuotedLiteralSegment")
                ),
                Ref("NumericLiteralSegment"),
            ),
        ),
        segment.match_grammar,
    )


def _transaction() -> None:
    """Savepoints, and the long forms of COMMIT, ROLLBACK and START TRANSACTION."""
    characteristic = OneOf(
        Sequence("WITH", "CONSISTENT", "SNAPSHOT"),
        Sequence("READ", OneOf("ONLY", "WRITE")),
    )
    mysql.TransactionStatementSegment.match_grammar = OneOf(
        Sequence("START", "TRANSACTION", Delimited(characteristic, optional=True)),
        Sequence("BEGIN", Ref.keyword("WORK", optional=True)),
        Sequence("SAVEPOINT", Ref("SingleIdentifierGrammar")),
        Sequence("RELEASE", "SAVEPOINT", Ref("SingleIdentifierGrammar")),
        Sequence(
            "ROLLBACK",
            Ref.keyword("WORK", optional=True),
            "TO",
            Ref.keyword("SAVEPOINT", optional=True),
            Ref("SingleIdentifierGrammar"),
        ),
        Sequence(
            OneOf("COMMIT", "ROLLBACK"),
            Ref.keyword("WORK", optional=True),
            Sequence("AND", Ref.keyword("NO", optional=True), "CHAIN", optional=True),
            Sequence(Ref.keyword("NO", optional=True), "RELEASE", optional=True),
        ),
    )

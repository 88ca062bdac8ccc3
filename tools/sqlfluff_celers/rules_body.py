"""Rules about single statements: transactions, errors, queries, hot tables."""

from __future__ import annotations

import re

from sqlfluff.core.parser import BaseSegment
from sqlfluff.core.rules import BaseRule, LintResult, RuleContext
from sqlfluff.core.rules.crawlers import SegmentSeekerCrawler

from tools import hot
from tools.sqlfluff_celers import tree

_WRITES = {"update_statement", "delete_statement"}


class Rule_Celers_CE11(BaseRule):
    """No SELECT *: the columns of an answer are a contract.

    **Anti-pattern**

    ``SELECT * FROM celers_task``: a new column changes the answer.

    **Best practice**

    Name the columns.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"wildcard_expression"})

    def _eval(self, context: RuleContext) -> LintResult:
        return LintResult(context.segment, description="name the columns instead of '*'")


class Rule_Celers_CE12(BaseRule):
    """No CONTINUE HANDLER for every error.

    **Anti-pattern**

    ``DECLARE CONTINUE HANDLER FOR SQLEXCEPTION``: after a deadlock the rest runs in autocommit
    and stays.

    **Best practice**

    An EXIT handler that rolls back and resignals; CONTINUE only for numbered errors.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"declare_statement"})

    def _eval(self, context: RuleContext) -> LintResult | None:
        words = tree.keywords(context.segment)
        if "CONTINUE" in words and {"SQLEXCEPTION", "SQLSTATE"} & set(words):
            text = "a CONTINUE HANDLER may only name error numbers or NOT FOUND"
            return LintResult(context.segment, description=text)
        return None


class Rule_Celers_CE13(BaseRule):
    """COMMIT and ROLLBACK are proof against completion_type.

    **Anti-pattern**

    A plain ``COMMIT``: the caller's completion_type can turn it into CHAIN or RELEASE.

    **Best practice**

    ``COMMIT AND NO CHAIN NO RELEASE``, ``ROLLBACK AND NO CHAIN NO RELEASE``.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"transaction_statement"})

    def _eval(self, context: RuleContext) -> LintResult | None:
        words = tree.words(context.segment)
        kind = words.split(" ")[0]
        plain = re.match(r"(COMMIT|ROLLBACK)(?! TO | WORK TO )", words)
        if not plain or words == f"{kind} AND NO CHAIN NO RELEASE":
            return None
        return LintResult(context.segment, description=f"write '{kind} AND NO CHAIN NO RELEASE'")


class Rule_Celers_CE14(BaseRule):
    """No @variables: they stay in the caller's session.

    **Anti-pattern**

    ``SET @found = 1``

    **Best practice**

    ``DECLARE v_found INT``
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"create_procedure_statement", "create_event_statement"})

    def _eval(self, context: RuleContext) -> list[LintResult]:
        raws = [raw for raw in context.segment.raw_segments if raw.is_code]
        faults = []
        for before, raw, after in zip([None, *raws], raws, [*raws[1:], None], strict=False):
            neighbours = (before and before.raw, after and after.raw)
            if re.match(r"@(?!@)", raw.raw) and "@" not in neighbours:
                text = f"'{raw.raw}' stays in the caller's session: use a local"
                faults.append(LintResult(raw, description=text))
        return faults


class Rule_Celers_CE15(BaseRule):
    """Errors are raised by _celers_raise only.

    **Anti-pattern**

    ``SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '…'``

    **Best practice**

    ``CALL _celers_raise('TASK_NOT_FOUND', p_task_id)``, and a line in db/errors.tsv.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"create_procedure_statement"})

    def _eval(self, context: RuleContext) -> list[LintResult]:
        if tree.name_of(context.segment) == "_celers_raise":
            return []
        return [
            LintResult(found, description="raise errors with CALL _celers_raise('NAME', detail)")
            for found in tree.find(context.segment, "resignal_segment")
            if found.raw_upper.startswith("SIGNAL")
        ]


class Rule_Celers_CE16(BaseRule):
    """Nothing sleeps, but the routines that wait.

    **Anti-pattern**

    ``DO SLEEP(1)`` in a routine: a connection and its locks are held meanwhile.

    **Best practice**

    Waiting belongs to routines with ``wait`` in their name, for 2 seconds at most.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"create_procedure_statement"})

    def _eval(self, context: RuleContext) -> list[LintResult]:
        if "wait" in tree.name_of(context.segment).split("_"):
            return []
        return [
            LintResult(found, description=f"{name} waits: only a routine named …wait… may")
            for found, name in tree.functions(context.segment)
            if name in ("SLEEP", "GET_LOCK", "BENCHMARK")
        ]


class Rule_Celers_CE17(BaseRule):
    """Statements that lock rows of a hot table leave the optimizer no choice.

    **Anti-pattern**

    ``UPDATE celers_ready AS r SET … WHERE r.queue = p_queue``: statistics of a queue table are
    always stale, and a scan of another index locks rows that are not wanted.

    **Best practice**

    ``FORCE INDEX (…)`` behind the table; or, since a single-table DELETE takes no hint, all
    columns of a unique key compared with ``=``.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({*_WRITES, "select_statement"})

    def _eval(self, context: RuleContext) -> list[LintResult]:
        statement = context.segment
        if statement.is_type("select_statement") and not _locks(statement):
            return []
        faults = []
        for element in tree.find(statement, "from_expression_element"):
            table = tree.first(element, "table_reference")
            name = table.raw.strip("`").lower() if table else ""
            if name not in hot.HOT or "FORCE INDEX" in tree.words(element):
                continue
            if _by_key(statement, name):
                continue
            text = f"{name} needs FORCE INDEX here, or a whole unique key compared with '='"
            faults.append(LintResult(table, description=text))
        return faults


class Rule_Celers_CE18(BaseRule):
    """No CREATE TABLE inside a routine.

    **Anti-pattern**

    ``CREATE TEMPORARY TABLE`` in a routine: it stays in the session, and is not transactional.

    **Best practice**

    JSON_TABLE, or a join with the real table.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"create_procedure_statement"})

    def _eval(self, context: RuleContext) -> list[LintResult]:
        return [
            LintResult(found, description="no CREATE TABLE inside a routine")
            for found in tree.find(context.segment, "create_table_statement")
        ]


def _locks(select: BaseSegment) -> bool:
    """Whether the SELECT itself (not one inside it) ends in FOR UPDATE or FOR SHARE."""
    return any(child.is_type("for_clause") for child in select.segments)


def _by_key(statement: BaseSegment, table: str) -> bool:
    """Whether all columns of a unique key are compared with '=' in WHERE or ON."""
    compared: set[str] = set()
    for clause in tree.find(statement, "where_clause", "join_on_condition"):
        if re.search(r"\bOR\b", tree.words(clause)):
            continue
        words = tree.words(clause)
        compared |= {found.lower() for found in re.findall(r"(?:\w+ \. )?(\w+) = ", words)}
    return any(key <= compared for key in hot.unique_keys().get(table, []))


RULES = [
    Rule_Celers_CE11,
    Rule_Celers_CE12,
    Rule_Celers_CE13,
    Rule_Celers_CE14,
    Rule_Celers_CE15,
    Rule_Celers_CE16,
    Rule_Celers_CE17,
    Rule_Celers_CE18,
]

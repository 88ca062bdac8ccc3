"""Rules about a routine as a whole: its kind, its names, its parameters, its clock."""

from __future__ import annotations

import re

from sqlfluff.core.parser import BaseSegment
from sqlfluff.core.rules import BaseRule, LintResult, RuleContext
from sqlfluff.core.rules.crawlers import SegmentSeekerCrawler

from tools.sqlfluff_celers import tree

_WIDE = re.compile(
    r"(VARCHAR|VARBINARY)\((\d{4,5})\)|(LONG|MEDIUM)?(TEXT|BLOB)|BIGINT|DOUBLE|DECIMAL\(\d+,\d+\)|JSON"
)
_CLOCKS = ("UTC_TIMESTAMP", "UTC_DATE", "UTC_TIME")
_LOCAL_CLOCKS = (
    *("NOW", "SYSDATE", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "CURRENT_DATE"),
    *("CURRENT_TIME", "CURDATE", "CURTIME", "UNIX_TIMESTAMP", "FROM_UNIXTIME"),
)


class Rule_Celers_CE01(BaseRule):
    """Parameters begin with p_, locals with v_, cursors and conditions with c_.

    **Anti-pattern**

    A parameter named like a column silently wins over the column.

    **Best practice**

    Write ``p_queue`` for a parameter and ``v_queue`` for a local.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"create_procedure_statement"})

    def _eval(self, context: RuleContext) -> list[LintResult]:
        faults = []
        for parameter, _ in tree.parameters(context.segment):
            if not re.fullmatch(r"p_[a-z0-9_]+", parameter.raw):
                text = f"parameter '{parameter.raw}' must begin with p_"
                faults.append(LintResult(parameter, description=text))
        for declared in tree.find(context.segment, "declare_statement"):
            prefix = "c_" if {"CURSOR", "CONDITION"} & set(tree.keywords(declared)) else "v_"
            for name in _declared_names(declared):
                if not re.fullmatch(prefix + r"[a-z0-9_]+", name.raw):
                    text = f"'{name.raw}' must begin with {prefix}"
                    faults.append(LintResult(name, description=text))
        return faults


class Rule_Celers_CE02(BaseRule):
    """A declared local, cursor or condition is used.

    **Anti-pattern**

    ``DECLARE v_left INT;`` in a body that never names ``v_left`` again.

    **Best practice**

    Remove it: each statement costs memory in every connection.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"create_procedure_statement"})

    def _eval(self, context: RuleContext) -> list[LintResult]:
        raws = [raw.raw.lower() for raw in context.segment.raw_segments if raw.is_code]
        faults = []
        for declared in tree.find(context.segment, "declare_statement"):
            for name in _declared_names(declared):
                if raws.count(name.raw.lower()) < 2:
                    text = f"'{name.raw}' is declared and never used"
                    faults.append(LintResult(name, description=text))
        return faults


class Rule_Celers_CE03(BaseRule):
    """Only procedures, events and views: no stored functions, no triggers.

    **Anti-pattern**

    ``CREATE FUNCTION`` and ``CREATE TRIGGER`` need SUPER while binary logging is on (1418, 1419),
    and fail on managed servers.

    **Best practice**

    Write an internal procedure with an OUT parameter.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"create_function_statement", "create_trigger"})

    def _eval(self, context: RuleContext) -> LintResult:
        text = "stored functions and triggers need SUPER: write a procedure"
        return LintResult(context.segment.segments[0], description=text)


class Rule_Celers_CE04(BaseRule):
    """Parameters of public routines are declared wide.

    **Anti-pattern**

    ``IN p_queue VARCHAR(64)``: the caller's sql_mode silently cuts what is longer, before the
    routine can look at it.

    **Best practice**

    ``IN p_queue VARCHAR(1000)``, ``IN p_limit BIGINT``, and a check in the body.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"create_procedure_statement"})

    def _eval(self, context: RuleContext) -> list[LintResult]:
        if not tree.is_public(context.segment):
            return []
        faults = []
        for parameter, sql_type in tree.parameters(context.segment):
            if not _WIDE.fullmatch(sql_type.split(" ")[0]):
                text = (
                    f"'{parameter.raw} {sql_type}' is narrow: use VARCHAR(1000) or wider, "
                    "LONGTEXT, LONGBLOB, BIGINT, DOUBLE or DECIMAL(p, s)"
                )
                faults.append(LintResult(parameter, description=text))
        return faults


class Rule_Celers_CE05(BaseRule):
    """A public routine resets the clock before anything can read it.

    **Anti-pattern**

    A body that begins with work: the caller may have said ``SET timestamp = 1``.

    **Best practice**

    The first statement is ``SET timestamp = DEFAULT``, or a CALL of ``_celers_begin`` or of
    another public routine, which do it; no DECLARE reads the clock.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"create_procedure_statement"})

    def _eval(self, context: RuleContext) -> list[LintResult]:
        if not tree.is_public(context.segment):
            return []
        found = tree.statements(context.segment)
        work = [part for part in found if not part.is_type("declare_statement")]
        faults = []
        if work and not _resets_clock(tree.words(work[0])):
            text = "the first statement must be SET timestamp = DEFAULT, or CALL _celers_begin"
            faults.append(LintResult(work[0], description=text))
        for part in found:
            if part.is_type("declare_statement") and "HANDLER" not in tree.keywords(part):
                for function, name in tree.functions(part):
                    if name in _CLOCKS:
                        text = f"{name} in DECLARE is read before the clock is reset"
                        faults.append(LintResult(function, description=text))
        return faults


class Rule_Celers_CE06(BaseRule):
    """Times are UTC, whatever the session's time zone.

    **Anti-pattern**

    ``NOW()``, ``CURRENT_TIMESTAMP``, and UNIX_TIMESTAMP or FROM_UNIXTIME, which convert through
    the session's time zone.

    **Best practice**

    ``UTC_TIMESTAMP(6)``; for seconds since 1970
    ``TIMESTAMPDIFF(SECOND, '1970-01-01', UTC_TIMESTAMP(6))``; to measure how long a statement
    took, the difference of two SYSDATE(6), kept in locals.
    """

    groups = ("all", "celers")
    crawl_behaviour = SegmentSeekerCrawler({"function_name", "bare_function"})

    def _eval(self, context: RuleContext) -> LintResult | None:
        name = context.segment.raw_upper.strip()
        if name not in _LOCAL_CLOCKS or (name == "SYSDATE" and _is_measuring(context)):
            return None
        text = f"{name} depends on the session's time zone: use UTC_TIMESTAMP(6)"
        return LintResult(context.segment, description=text)


def _is_measuring(context: RuleContext) -> bool:
    """Whether the value goes into a local, or into a difference."""
    return any(
        parent.is_type("set_statement", "declare_statement")
        or (parent.is_type("function") and parent.raw_upper.startswith("TIMESTAMPDIFF"))
        for parent in context.parent_stack
    )


def _declared_names(declared: BaseSegment) -> list[BaseSegment]:
    """The names that one DECLARE introduces; a handler introduces none."""
    words = tree.keywords(declared)
    if "HANDLER" in words:
        return []
    wanted = ("naked_identifier",) if {"CURSOR", "CONDITION"} & set(words) else ("variable",)
    names: list[BaseSegment] = []
    for child in declared.segments:
        if child.is_type("data_type") or child.raw_upper in ("CURSOR", "CONDITION"):
            break
        names += tree.find(child, *wanted)
    return names


def _resets_clock(words: str) -> bool:
    called = re.match(r"CALL (\w+) \(", words)
    if called:
        return called[1] == "_CELERS_BEGIN" or called[1].startswith("CELERS_")
    return bool(re.fullmatch(r"SET (SESSION |@@SESSION \. )?TIMESTAMP = DEFAULT", words))


RULES = [
    Rule_Celers_CE01,
    Rule_Celers_CE02,
    Rule_Celers_CE03,
    Rule_Celers_CE04,
    Rule_Celers_CE05,
    Rule_Celers_CE06,
]

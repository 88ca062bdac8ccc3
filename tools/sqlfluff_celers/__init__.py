"""A sqlfluff plugin: the MySQL grammar that our routines need, and rules for our conventions.

Registered by the project's entry point, so that a plain ``sqlfluff lint db`` uses it too.
"""

from __future__ import annotations

from typing import Any

from sqlfluff.core.plugin import hookimpl

from tools.sqlfluff_celers.grammar import patch

patch()


@hookimpl
def get_rules() -> list[type[Any]]:
    """Our rules; imported late, since rules may only be defined once plugins are known."""
    from tools.sqlfluff_celers import rules_body, rules_routine

    return [*rules_routine.RULES, *rules_body.RULES]


@hookimpl
def load_default_config() -> dict[str, Any]:
    """No rule of ours has settings."""
    return {}


@hookimpl
def get_configs_info() -> dict[str, dict[str, Any]]:
    """No rule of ours has settings."""
    return {}

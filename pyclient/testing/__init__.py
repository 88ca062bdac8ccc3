"""For the tests of applications that use celers; the pytest plugin is pyclient.testing.plugin.

>>> from pyclient import testing
>>> with testing.inline(app):  # what is enqueued runs at once
...     assert send.enqueue(to="a@b.c").result() == {"sent": "a@b.c"}
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyclient.testing.draining import drain
    from pyclient.testing.inlining import inline
    from pyclient.testing.report import Report, Run
    from pyclient.testing.schema import Schema
    from pyclient.testing.server import Server
    from pyclient.testing.waiting import Enqueued, assert_enqueued, enqueued, refute_enqueued

# Loaded at their first use: pytest loads the plugin in every project where celers is installed.
_HOMES = {
    "inline": "inlining",
    "drain": "draining",
    "assert_enqueued": "waiting",
    "refute_enqueued": "waiting",
    "enqueued": "waiting",
    "Enqueued": "waiting",
    "Report": "report",
    "Run": "report",
    "Schema": "schema",
    "Server": "server",
}
__all__ = [
    "inline",
    "drain",
    "assert_enqueued",
    "refute_enqueued",
    "enqueued",
    "Enqueued",
    "Report",
    "Run",
    "Schema",
    "Server",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Load a name at its first use."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"pyclient.testing.{_HOMES[name]}"), name)
        globals()[name] = value
        return value

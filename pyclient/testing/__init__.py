"""For the tests of applications that use celers; the pytest plugin is pyclient.testing.plugin.

>>> from pyclient import testing
>>> with testing.inline(app):  # what is enqueued runs at once
...     assert send.enqueue(to="a@b.c").result() == {"sent": "a@b.c"}
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyclient.testing.schema import Schema
    from pyclient.testing.server import Server

# Loaded at their first use: pytest loads the plugin in every project where celers is installed.
_HOMES = {
    "Schema": "pyclient.testing.schema",
    "Server": "pyclient.testing.server",
}
__all__ = ["Schema", "Server"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Load a name at its first use."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value

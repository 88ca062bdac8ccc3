"""celers: a task queue that is a MySQL schema, and this thin client.

>>> import pyclient
>>> with pyclient.connect("mysql://app:secret@db.example.org/celers") as client:
...     client.call_enqueue("mail", "send", {"to": "a@b.c"})

With CELERS_DSN in the environment, or after configure(), each call is also a function:
``pyclient.call_enqueue("mail", "send", {"to": "a@b.c"})``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyclient._default import configure, default_client
    from pyclient._module_calls import *  # noqa: F403
    from pyclient._retry import RetryPolicy
    from pyclient.app import App, Cancel, Reject, Retry, Snooze, TaskHandle, current
    from pyclient.client import Client, connect, on
    from pyclient.dsn import Dsn
    from pyclient.errors import CelersError
    from pyclient.types import NULL, Payload, RawJson

    __version__: str

# Loaded at their first use: the generator reads this package before the generated modules exist,
# and the command line should not wait for a driver that it does not need.
_HOMES = {
    "connect": "pyclient.client",
    "configure": "pyclient._default",
    "on": "pyclient.client",
    "default_client": "pyclient._default",
    "Client": "pyclient.client",
    "Dsn": "pyclient.dsn",
    "RetryPolicy": "pyclient._retry",
    "RawJson": "pyclient.types",
    "NULL": "pyclient.types",
    "Payload": "pyclient.types",
    "CelersError": "pyclient.errors",
    "App": "pyclient.app",
    "TaskHandle": "pyclient.app",
    "current": "pyclient.app",
    "Snooze": "pyclient.app",
    "Cancel": "pyclient.app",
    "Retry": "pyclient.app",
    "Reject": "pyclient.app",
}
__all__ = [
    "connect",
    "configure",
    "on",
    "default_client",
    "Client",
    "Dsn",
    "RetryPolicy",
    "RawJson",
    "NULL",
    "Payload",
    "CelersError",
    "App",
    "TaskHandle",
    "current",
    "Snooze",
    "Cancel",
    "Retry",
    "Reject",
    "__version__",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Load a name at its first use."""
        if name == "__version__":
            value = import_module("pyclient._version").installed()
        elif name in _HOMES or name.startswith("call_"):
            value = getattr(import_module(_HOMES.get(name, "pyclient._module_calls")), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """With the calls, for completion."""
        calls = import_module("pyclient._module_calls").__all__
        return sorted({*globals(), *__all__, *calls})

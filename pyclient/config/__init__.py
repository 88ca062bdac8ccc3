"""The configuration: one tree of settings, read from flags, environment and files.

It needs pydantic-settings and PyYAML, which the extra ``cli`` brings.
"""

from __future__ import annotations

from pyclient._extra import ExtraMissing

try:
    from pyclient.config.loading import Loaded, load, read
    from pyclient.config.problems import InvalidConfig, Problem
    from pyclient.config.settings import Settings
except ModuleNotFoundError as error:
    if (error.name or "").startswith("pyclient"):
        raise
    raise ExtraMissing(f"{error.name} cannot be imported: pip install 'celers[cli]'") from error

__all__ = ["load", "read", "Settings", "Loaded", "InvalidConfig", "Problem"]

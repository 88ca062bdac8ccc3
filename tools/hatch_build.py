"""Put db/ into the wheel as pyclient/_db: the deployer finds its SQL there.

And leave out of it the entry point of our sqlfluff plugin, which is for working on this code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_LEFT_OUT = ("tests", "__pycache__")


class SqlTree(BuildHookInterface):  # type: ignore[misc]
    """Called by hatchling for every wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add every file and folder of db/; an editable install finds them where they are."""
        if version == "editable":
            return
        self.metadata.core.entry_points.pop("sqlfluff", None)
        for path in sorted((Path(self.root) / "db").iterdir()):
            if path.name not in _LEFT_OUT:
                build_data["force_include"][str(path)] = f"pyclient/_db/{path.name}"

"""Finding apps and tasks in modules."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from pyclient.app.application import App


def load(place: str) -> App:
    """Import the app that ``package.module:name`` stands for; modules may lie in this directory.

    Raises:
        ValueError: there is no such module, or nothing of that name that is an App.
    """
    module_name, _, attribute = place.partition(":")
    if not module_name or not attribute:
        raise ValueError(f"{place!r} is not of the form package.module:app")
    here = os.getcwd()
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(import_module(module_name), attribute, None)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise ValueError(f"there is no module {error.name}") from error
    if not isinstance(found, App):
        raise ValueError(f"{attribute} in {module_name} is no App")
    return found

"""Finding apps and tasks in modules."""

from __future__ import annotations

import os
import pkgutil
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def load_attribute(place: str) -> Any:
    """What ``package.module:name`` stands for, None where the module has no such name.

    Raises:
        ValueError: the text is not of that form, or there is no such module.
    """
    module_name, _, attribute = place.partition(":")
    if not module_name or not attribute:
        raise ValueError(f"{place!r} is not of the form package.module:app")
    here = os.getcwd()
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
    try:
        return getattr(import_module(module_name), attribute, None)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise ValueError(f"there is no module {error.name}") from error


def import_all(package: str, module: str | None) -> list[str]:
    """Import a package, and ``package.module`` if there is one; None = every module below it.

    Raises:
        Exception: whatever an import raises.
    """
    found = import_module(package)
    names = [package]
    if not hasattr(found, "__path__"):
        return names
    if module is not None:
        names += [name for name in (f"{package}.{module}",) if find_spec(name)]
        import_module(names[-1])
        return names
    for below in pkgutil.walk_packages(found.__path__, f"{package}."):
        if not below.name.endswith(".__main__"):  # to import it would run a program
            import_module(below.name)
            names.append(below.name)
    return names


def full_name(function: Any) -> str:
    """``module.function`` as other processes import it, also where the module is the program.

    Raises:
        ValueError: the function has no name, as that of functools.partial.
    """
    if not hasattr(function, "__qualname__"):
        raise ValueError(f"{function!r} has no name of its own: give it one by name=")
    module = function.__module__
    if module == "__main__":
        program: Any = sys.modules[module]
        if program.__spec__ is not None:
            module = program.__spec__.name.removesuffix(".__main__")
        elif getattr(program, "__file__", None):
            module = Path(program.__file__).stem
    return f"{module}.{function.__qualname__}"


def import_of(function: Any) -> object:
    """Stands for the import of the function's module: another one after a reload."""
    return getattr(sys.modules.get(function.__module__), "__spec__", None)

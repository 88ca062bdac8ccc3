"""Which servers celers runs on: MySQL from 8.0.29 on, and never MariaDB."""

import re

from tools.server.errors import ServerError

MINIMUM = (8, 0, 29)


def parse(text: str) -> tuple[int, int, int]:
    """The three numbers in a text such as `8.4.6-1ubuntu2` or `mysqld  Ver 9.7.4 for Linux`.

    Raises ServerError if there are none.
    """
    found = re.search(r"(?<![\d.])(\d+)\.(\d+)\.(\d+)", text)
    if found is None:
        raise ServerError(f"There is no version number in {text.strip()!r}.")
    major, minor, patch = found.groups()
    return int(major), int(minor), int(patch)


def require(text: str, what: str) -> str:
    """The version in `text` as `major.minor.patch`, if celers runs on it.

    `what` names the server in the sentence of the ServerError that is raised otherwise.
    """
    if "mariadb" in text.lower():
        raise ServerError(f"{what} is MariaDB; celers needs MySQL.")
    numbers = parse(text)
    if numbers < MINIMUM:
        raise ServerError(
            f"{what} is MySQL {_dotted(numbers)}; celers needs {_dotted(MINIMUM)} or newer."
        )
    return _dotted(numbers)


def _dotted(numbers: tuple[int, int, int]) -> str:
    return ".".join(map(str, numbers))

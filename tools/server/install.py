"""The MySQL programs for private servers: those on PATH, or else unpacked packages."""

import shutil
from dataclasses import replace
from functools import cache

from tools.server import debian, program, template
from tools.server.errors import ServerError
from tools.server.program import Programs


@cache
def programs() -> Programs:
    """Programs that celers runs on and that can initialise a data folder.

    Raises ServerError, with what is wrong with each way, if there are none.
    """
    reasons = []
    for way in (program.on_path, debian.programs):
        try:
            found = way()
            template.prepare(found)
        except ServerError as error:
            reasons.append(str(error))
        else:
            return replace(found, passed_over=tuple(reasons))
    raise ServerError(" ".join(reasons))


def shell() -> tuple[str, ...]:
    """The first words of the mysql shell's command line: the unpacked one, or the one on PATH.

    Raises ServerError if there is none and none can be unpacked.
    """
    on_path = shutil.which("mysql")
    if on_path and not debian.folder().exists():
        return (on_path,)
    return debian.programs().mysql

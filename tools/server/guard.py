"""A watchdog that cleans up after a throwaway server, however the process that uses it ends.

It is a small shell in a session of its own that reads a pipe whose other end only that process
holds. When the process dies, by an exception, a signal or SIGKILL alike, the pipe ends; the shell
then kills the server and removes its folders.
"""

import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# Each line read is the number of the process to kill at the end; an empty line: there is none.
# The server may still be writing while its folder is removed, hence the repetition.
SCRIPT = """
pid=
while read -r word; do
    [ "$word" = end ] && break
    pid=$word
done
[ -n "$pid" ] && kill -9 "$pid"
tries=0
until rm -rf "$@" || [ $tries -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
"""


class Guard:
    """Watches over one server and the folders that belong to it, which are removed at the end."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._shell = subprocess.Popen(
            ["sh", "-c", SCRIPT, "celers-guard", *map(str, folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )

    def watch(self, pid: int | None) -> None:
        """Process `pid` is the one to kill at the end; None: nothing runs."""
        self._tell("" if pid is None else str(pid))

    def end(self) -> None:
        """Kill the server and remove the folders now."""
        self._tell("end")
        self._shell.communicate()

    def _tell(self, word: str) -> None:
        assert self._shell.stdin is not None
        with suppress(BrokenPipeError):
            self._shell.stdin.write(word + "\n")
            self._shell.stdin.flush()

"""The development server: the private server that outlives the command that started it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.server import install, instance, paths, process
from tools.server.lock import locked
from tools.server.server import Server


@dataclass(frozen=True)
class State:
    """What is remembered of the development server between commands."""

    pid: int
    url: str
    port: int
    socket: str
    version: str


def up() -> Server:
    """Start the development server, if it does not run, on the data and port that it had before.

    Raises ServerError if it does not start.
    """
    with locked(_lock()):
        state = _running() or _start(_read())
    return _server(state)


def down() -> bool:
    """Shut the development server down; returns whether it ran. Its data stay."""
    with locked(_lock()):
        return _end_all()


def running() -> Server | None:
    """The development server if it runs."""
    state = _running()
    return None if state is None else _server(state)


def _start(before: State | None) -> State:
    _end_all()
    server = instance.create(install.programs(), _folder(), {}, port=before.port if before else 0)
    server.start()
    assert server.pid is not None
    state = State(server.pid, server.url, server.port, server.socket, server.version)
    new = _file().with_suffix(".new")
    new.write_text(json.dumps(asdict(state), indent=2) + "\n")
    new.replace(_file())
    return state


def _end_all() -> bool:
    """End the server, also one that a killed command started and did not write down."""
    mark = instance.mark(_folder())
    pids = process.find(mark)
    for pid in pids:
        process.end(pid, mark, instance.STOP_TIMEOUT_S)
    return bool(pids)


def _running() -> State | None:
    state = _read()
    return state if state and process.is_alive(state.pid, instance.mark(_folder())) else None


def _read() -> State | None:
    try:
        return State(**json.loads(_file().read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _server(state: State) -> Server:
    return Server(
        url=state.url,
        host=instance.HOST,
        port=state.port,
        socket=state.socket,
        version=state.version,
        how="the development server",
    )


def _folder() -> Path:
    return paths.home() / "dev"


def _file() -> Path:
    return paths.home() / "dev.json"


def _lock() -> Path:
    return paths.home() / "dev.lock"

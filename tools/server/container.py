"""A MySQL server in a container of a local Docker, through testcontainers."""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tools.server import greeting, version
from tools.server.errors import ServerError
from tools.server.server import Server, format_dsn
from tools.server.settings import arguments

IMAGE_VARIABLE = "CELERS_MYSQL_IMAGE"
IMAGE = "mysql:8.4"
PORT = 3306
PASSWORD = "celers"
PING_TIMEOUT_S = 2


@contextmanager
def container() -> Iterator[Server]:
    """A server in a container that is gone after the block.

    Raises ServerError if testcontainers is not installed, Docker does not answer, or the image
    does not start.
    """
    image = os.environ.get(IMAGE_VARIABLE) or IMAGE
    running = _started(image)
    try:
        yield _server(running, image)
    finally:
        running.stop()


def _started(image: str) -> Any:
    # Whatever goes wrong in these libraries, it means the same: there is no server this way.
    try:
        docker = importlib.import_module("docker")
        mysql = importlib.import_module("testcontainers.community.mysql")
    except ImportError as error:
        raise ServerError("testcontainers is not installed.") from error
    try:
        docker.from_env(timeout=PING_TIMEOUT_S).ping()
    except Exception as error:
        raise ServerError("Docker does not answer.") from error
    try:
        made = mysql.MySqlContainer(image, username="root", password=PASSWORD, port=PORT)
        return made.with_command(arguments({})).start()
    except Exception as error:
        raise ServerError(f"Docker does not start {image}: {error}") from error


def _server(running: Any, image: str) -> Server:
    host, port = str(running.get_container_host_ip()), int(running.get_exposed_port(PORT))
    how = f"container of {image}"
    try:
        text = greeting.read_version(host=host, port=port)
    except OSError as error:
        raise ServerError(f"The {how} does not answer: {error}.") from error
    return Server(
        url=format_dsn(host, port, password=PASSWORD),
        host=host,
        port=port,
        socket="",
        version=version.require(text, how),
        how=how,
    )

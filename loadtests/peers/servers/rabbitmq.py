"""A private RabbitMQ, as it ships. What is durable in it, the clients ask for queue by queue."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import amqp  # type: ignore[import-not-found]

from loadtests.peers.servers import packages
from loadtests.peers.servers.group import HOST, Group, group
from tools.server.instance import free_port

_PROGRAM = "usr/lib/rabbitmq/bin/rabbitmq-server"
_PACKAGES = ("rabbitmq-server",)
_ERLANG = "usr/lib/erlang"


@contextmanager
def start(folder: Path) -> Iterator[str]:
    """Run a server with nothing in it; yields amqp://…:port/%2F. Raises Missing.

    The name service of Erlang runs beside it, on a port of its own, and ends with it.
    """
    place = packages.root(folder, _PROGRAM, _PACKAGES)
    port = free_port()
    with group(folder) as server:
        environment = _environment(place, folder / "data", port)
        _run(server, place, environment)
        server.wait(lambda: _answers(port))
        yield f"amqp://guest:guest@{HOST}:{port}/%2F"


def settings(url: str) -> dict[str, str]:
    """Its version and whether it confirms; queues and messages are durable where clients say so."""
    parts = urlsplit(url)
    with amqp.Connection(host=f"{parts.hostname}:{parts.port}") as connection:
        found = connection.server_properties
    return {
        "version": str(found["version"]),
        "platform": str(found["platform"]),
        "publisher_confirms": str(found["capabilities"]["publisher_confirms"]),
    }


def _run(server: Group, place: Path, environment: Mapping[str, str]) -> None:
    names = environment["ERL_EPMD_PORT"]
    server.start(["epmd", "-port", names, "-address", HOST], environment)
    server.start([str(place / _PROGRAM)], environment)


def _environment(place: Path, data: Path, port: int) -> Mapping[str, str]:
    """All that the server's script asks for: no file outside `data` is read or written."""
    return packages.environment(
        place,
        PATH=os.pathsep.join([str(_erlang(place, data)), os.environ.get("PATH", os.defpath)]),
        HOME=str(data),
        ERL_EPMD_PORT=str(free_port()),
        ERL_EPMD_ADDRESS=HOST,
        RABBITMQ_NODENAME="peers@localhost",
        RABBITMQ_NODE_IP_ADDRESS=HOST,
        RABBITMQ_NODE_PORT=str(port),
        RABBITMQ_DIST_PORT=str(free_port()),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}",
        RABBITMQ_CONF_ENV_FILE=str(data / "none"),
        RABBITMQ_CONFIG_FILE=str(data / "none"),
        RABBITMQ_ADVANCED_CONFIG_FILE=str(data / "none"),
        RABBITMQ_ENABLED_PLUGINS_FILE=str(data / "plugins"),
        RABBITMQ_MNESIA_BASE=str(data / "mnesia"),
        RABBITMQ_LOG_BASE=str(data),
        RABBITMQ_LOGS="-",
    )


def _erlang(place: Path, data: Path) -> Path:
    """A folder with Erlang's programs. The unpacked ones are told where they lie now."""
    erlang = place / _ERLANG
    if place == packages.INSTALLED or not erlang.exists():
        return Path("/usr/bin")
    programs = data / "bin"
    programs.mkdir()
    for program in (erlang / "bin").iterdir():
        (programs / program.name).symlink_to(program.resolve())
    script = programs / "erl"
    text = script.read_text().replace(f"/{_ERLANG}", str(erlang))
    script.unlink()
    script.write_text(text)
    script.chmod(0o755)
    return programs


def _answers(port: int) -> bool:
    """Whether it begins the conversation of AMQP."""
    with socket.create_connection((HOST, port), timeout=5.0) as connection:
        connection.sendall(b"AMQP\x00\x00\x09\x01")
        return connection.recv(1) == b"\x01"

"""The command line: `python -m tools.server up|down|status|shell|run|prepare`."""

import argparse
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from tools.server import acquire, dev, install
from tools.server.errors import ServerError
from tools.server.given import VARIABLE, given
from tools.server.say import say
from tools.server.server import Server

# Where the schema goes, unless told otherwise.
DATABASE = "celers"


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    options = _parser().parse_args(words)
    try:
        code: int = options.command(options)
    except ServerError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return code


def up(_: argparse.Namespace) -> int:
    """Start the development server and print how to use it."""
    server = dev.up()
    say(f"MySQL {server.version} runs and goes on running until `down`. To use it by default:")
    print(f"export {VARIABLE}={shlex.quote(server.dsn(DATABASE))}")
    return 0


def down(_: argparse.Namespace) -> int:
    """Stop the development server; its data stay."""
    found = dev.down()
    say("The development server is stopped." if found else "The development server does not run.")
    return 0


def status(_: argparse.Namespace) -> int:
    """Print the DSN of the development server; exit code 1 if it does not run."""
    server = dev.running()
    if server is None:
        say("The development server does not run; `up` starts it.")
        return 1
    say(f"The development server runs MySQL {server.version}.")
    print(server.dsn(DATABASE))
    return 0


def prepare(_: argparse.Namespace) -> int:
    """Get everything ready that starting a private server needs."""
    programs = install.programs()
    say(f"MySQL {programs.version} is ready: {programs.how}.")
    return 0


def shell(options: argparse.Namespace) -> int:
    """Open the mysql shell in the server of CELERS_DSN, or in the development server."""
    server = given() or dev.running()
    if server is None:
        raise ServerError(f"Neither does the development server run, nor is {VARIABLE} set.")
    login = [*install.shell(), *_login(server)]
    environment = {**os.environ, "MYSQL_PWD": unquote(urlsplit(server.url).password or "")}
    chosen = [] if urlsplit(server.url).path[1:] else _deployed(login, environment)
    os.execvpe(login[0], [*login, *chosen, *options.arguments], environment)


def _deployed(login: list[str], environment: dict[str, str]) -> list[str]:
    """The option that chooses the schema, once it is there."""
    query = ["--skip-column-names", f"--execute=SHOW DATABASES LIKE '{DATABASE}'"]
    found = subprocess.run([*login, *query], env=environment, stdout=subprocess.PIPE, check=False)
    return [f"--database={DATABASE}"] if found.stdout.strip() else []


def run(options: argparse.Namespace) -> int:
    """Run a command with CELERS_DSN set to a server, and return its exit code."""
    with acquire() as server:
        return _run(options.arguments, {**os.environ, VARIABLE: server.dsn()})


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Run the command to its end, whatever signals come: then the server can be cleaned up."""
    try:
        child = subprocess.Popen(command, env=environment)
    except OSError as error:
        raise ServerError(f"{command[0]} cannot be run: {error}.") from error
    # An interrupt from the terminal reaches the child by itself.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    signal.signal(signal.SIGTERM, lambda number, frame: child.send_signal(number))
    code = child.wait()
    return code if code >= 0 else 128 - code


def _login(server: Server) -> list[str]:
    """The options with which the mysql shell logs in."""
    parts = urlsplit(server.url)
    place = [f"--host={server.host}", f"--port={server.port}", "--protocol=tcp"]
    return [
        "--no-defaults",
        # Without it a shell of 9.7 does not know `source`; older ones do not know the option.
        "--loose-commands=ON",
        "--default-character-set=utf8mb4",
        f"--user={unquote(parts.username or '')}",
        *([f"--socket={server.socket}"] if server.socket else place),
        *([f"--database={unquote(parts.path[1:])}"] if parts.path[1:] else []),
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.server", description="A real MySQL server for development."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (up, down, status, prepare, shell, run):
        sub = commands.add_parser(
            command.__name__, help=command.__doc__, description=command.__doc__
        )
        sub.set_defaults(command=command)
        if command is shell:
            sub.add_argument("arguments", nargs="*", metavar="ARGUMENT", help="for mysql, after --")
        if command is run:
            sub.add_argument("arguments", nargs="+", metavar="WORD", help="the command, after --")
    return parser


if __name__ == "__main__":
    sys.exit(main())

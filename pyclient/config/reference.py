"""The page about the configuration, made from the settings: docs/configuration.md."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pyclient.config.described import Key, as_toml, document_of, keys

_HEAD = """\
# Configuration

<!-- Generated from pyclient/config by `make gen`. -->

Everything has a default but the DSN, so that `CELERS_DSN` alone is a configuration. A file with
every key is written by `celers config sample > celers.toml`.

`celers config show --origin` tells every value and where it comes from. `celers config validate`
names whatever is wrong, with file, line and key, and ends with 2 if anything is.

## Where values come from

The first of these that says something decides, key by key:

1. flags of the command line;
2. environment variables;
3. `.env` in the current directory, with such variables;
4. secret files;
5. the configuration file;
6. the default.

**Environment variables** are called `CELERS_<SECTION>__<KEY>`, with two underscores between the
parts: `CELERS_WORKERS__PREFETCH`, `CELERS_AUTOSCALER__TARGET_SLA__MIN_SUCCESS_RATE`. Lists are
separated by commas: `CELERS_WORKERS__QUEUES=mail,default`; a table is written as JSON:
`CELERS_WORKERS__QUEUES='{"mail": 3, "default": 1}'`. An empty variable counts as none. Names of the
form `TASK_QUEUE_<SECTION>_<KEY>` are understood too, with a warning.

**The file** is that of `--config`, or of `CELERS_CONFIG`, or the first of these that is there; one
file is read, never several:

1. `celers.toml`, `celers.yaml`, `celers.yml`, `task-queue.toml`, `task-queue.yaml`,
   `task-queue.yml` in the current directory;
2. the same in `config/`;
3. `celers.toml`, `celers.yaml`, `celers.yml` in `$XDG_CONFIG_HOME/celers/`, which is
   `~/.config/celers/` where the variable is not set;
4. the same in `/etc/celers/`;
5. `pyproject.toml` in the current directory, with the tables `[tool.celers]`,
   `[tool.celers.workers]` and so on.

TOML and YAML say the same; a key that stands twice is an error in both.

**The DSN** holds a password, and is shown as `mysql://user:***@host:3306/database` wherever it is
shown. Besides `dsn` in the file and `CELERS_DSN` there are:

* `CELERS_DSN_FILE`, the path of a file that holds it; setting both is an error;
* a file `celers_dsn` in the directory `CELERS_SECRETS_DIR`, or else in `/run/secrets`, where Docker
  has its secrets;
* `DATABASE_URL`, if nothing else says a DSN and this is one of MySQL.

## Keys
"""


def render() -> str:
    """The text of the page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    for section, members in groupby(keys(), key=lambda key: key.path[:-1]):
        if section:
            yield f"### [{'.'.join(section)}]\n\n{document_of(section)}\n"
        yield "| key | values | default | meaning |\n|---|---|---|---|"
        yield from map(_row, members)
        yield ""


def _row(key: Key) -> str:
    name = f"`{key.path[-1]}`" + (f", `{key.other_name}`" if key.other_name else "")
    default = "" if key.default is None else f"`{as_toml(key.default)}`"
    cells = (name, key.values, default, key.text)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

"""The DSN: where it may come from, and that its password is never shown."""

from __future__ import annotations

import json
import logging
import pickle
import traceback
from pathlib import Path

import pytest
from click.testing import CliRunner

from pyclient.cli.config import config
from pyclient.config import InvalidConfig, Loaded, Problem, load, read
from pyclient.config.problems import masked
from pyclient.dsn import Dsn

SECRET = "s3cr3t"
GOOD = f"mysql://app:{SECRET}@db.example.org/tasks"
BAD = f"mysql://app:{SECRET}@db.example.org/tasks?nonsense=1"
ODD = f"mysql://app:{SECRET} and @more@db.example.org/tasks"


def origin(loaded: Loaded) -> str:
    return loaded.origin(("dsn",))


def test_each_source_of_the_dsn_decides_over_those_below(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(**flags: str) -> None:
        loaded = read(flags=flags)
        assert loaded.settings.dsn is not None
        assert loaded.settings.dsn.database == "x"
        seen.append((loaded.settings.dsn.host, loaded.origin(("dsn",))))

    monkeypatch.setenv("DATABASE_URL", "mysql+pymysql://root@h1/x")
    look()
    (place / "celers.toml").write_text('dsn = "mysql://root@h2/x"\n')
    look()
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "celers_dsn").write_text("mysql://root@h3/x\n")
    look()
    (place / ".env").write_text("CELERS_DSN=mysql://root@h4/x\n")
    look()
    file = tmp_path / "dsn"
    file.write_text(" mysql://root@h5/x \n\n")
    monkeypatch.setenv("CELERS_DSN_FILE", str(file))
    look()
    monkeypatch.delenv("CELERS_DSN_FILE")
    monkeypatch.setenv("CELERS_DSN", "mysql://root@h6/x")
    look()
    look(dsn="mysql://root@h7/x")
    assert seen == [
        ("h1", "env DATABASE_URL"),
        ("h2", "celers.toml:1"),
        ("h3", f"secret file {secrets / 'celers_dsn'}"),
        ("h4", ".env CELERS_DSN"),
        ("h5", f"secret file {file}"),
        ("h6", "env CELERS_DSN"),
        ("h7", "flag"),
    ]


@pytest.mark.parametrize("url", ["postgres://app:x@h/x", "mysqlx://app:x@h/x", "", "mysql"])
def test_a_database_url_of_others_is_passed_by(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert load().dsn is None


def test_a_directory_of_secrets_may_be_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "own").mkdir()
    (place / "own" / "CELERS_DSN").write_text(GOOD)
    (place / "own" / "other").write_bytes(b"\xff")
    monkeypatch.setenv("CELERS_SECRETS_DIR", "own")
    assert load().dsn == Dsn.parse(GOOD)


def fault(**variables: str) -> list[Problem]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        with pytest.raises(InvalidConfig) as caught:
            load()
    return list(caught.value.problems)


def test_faults_of_secret_files_are_said(place: Path) -> None:
    (place / "noise").mkdir()
    (place / "noise" / "celers_dsn").write_bytes(b"\xff")
    assert fault(CELERS_DSN_FILE="nowhere") == [
        Problem("nowhere cannot be read: No such file or directory", "env CELERS_DSN_FILE")
    ]
    assert fault(CELERS_DSN_FILE="noise/celers_dsn") == [
        Problem("noise/celers_dsn cannot be read: it is not text in UTF-8", "env CELERS_DSN_FILE")
    ]
    assert fault(CELERS_SECRETS_DIR="noise")[0].where == "noise"
    assert fault(CELERS_SECRETS_DIR="nowhere") == [
        Problem("nowhere is not a directory that can be read", "CELERS_SECRETS_DIR")
    ]
    (place / "dsn").write_text("mysql://root@h/x")
    assert fault(CELERS_DSN_FILE="dsn", CELERS_DSN="mysql://root@h/x") == [
        Problem("and CELERS_DSN are both set: one of them", "env CELERS_DSN_FILE")
    ]


def test_settings_do_not_show_the_password() -> None:
    settings = load(flags={"dsn": GOOD})
    assert settings.dsn is not None
    assert settings.dsn.password == SECRET
    shown = (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump()))
    for text in shown:
        assert "mysql://app:***@db.example.org:3306/tasks" in text
        assert SECRET not in text
    assert pickle.loads(pickle.dumps(settings)).dsn.password == SECRET


TRAPS = {
    "a DSN with a fault": f'dsn = "{BAD}"',
    "a DSN in a list": f'dsn = ["{GOOD}"]',
    "text that is no TOML": f"dsn = {GOOD}",
    "a name that is not known": f'dns = "{GOOD}"',
    "a key that is a DSN": f'"{GOOD}" = 1',
    "a DSN for a choice": f'workers.pool = "{GOOD}"',
    "an odd DSN for a choice": f'workers.pool = "{ODD}"',
    "a DSN for a number": f'workers.prefetch = "{GOOD}"',
    "a DSN for a queue": f'workers.queues = ["{GOOD}"]',
    "a DSN for a section": f'workers = "{GOOD}"',
}


@pytest.mark.parametrize("text", TRAPS.values(), ids=TRAPS)
def test_no_error_shows_the_password(
    place: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (place / "celers.toml").write_text(text)
    with caplog.at_level(logging.DEBUG), pytest.raises(InvalidConfig) as caught:
        load()
    error = caught.value
    assert error.__context__ is None
    chain = "".join(traceback.format_exception(error))
    for shown in (chain, repr(error), repr(error.problems), caplog.text):
        assert SECRET not in shown


@pytest.mark.parametrize(
    "text", [f"dsn: *{SECRET}", f"dsn: '{GOOD}", f"dsn: {GOOD}\n\tx", f"dsn: {GOOD}\ndsn: {GOOD}"]
)
def test_no_fault_of_yaml_quotes_its_line(place: Path, text: str) -> None:
    (place / "celers.yaml").write_text(text.replace(f"*{SECRET}", f"&a {GOOD}\nx: *b"))
    with pytest.raises(InvalidConfig) as caught:
        load()
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", ["CELERS_DSN_FILE", "CELERS_CONFIG", "CELERS_SECRETS_DIR"])
def test_a_dsn_for_a_path_is_not_shown(name: str) -> None:
    assert SECRET not in "".join(map(repr, fault(**{name: GOOD})))


@pytest.mark.parametrize("words", [["show"], ["show", "--origin"], ["validate"]])
@pytest.mark.parametrize("is_json", [False, True])
@pytest.mark.parametrize("source", ["flag", "env", "file", "secret", "fallback", ".env"])
@pytest.mark.parametrize("dsn", [GOOD, BAD, ODD])
def test_no_command_shows_the_password(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    is_json: bool,
    source: str,
    dsn: str,
) -> None:
    arguments = [*words, "--json"] if is_json else list(words)
    if source == "flag":
        arguments += ["--dsn", dsn]
    elif source == "file":
        (place / "celers.toml").write_text(f"dsn = {json.dumps(dsn)}\nworkers.watch = true\n")
    elif source == "secret":
        (place / "secret").write_text(dsn)
        monkeypatch.setenv("CELERS_DSN_FILE", "secret")
    elif source == ".env":
        (place / ".env").write_text(f"CELERS_DSN='{dsn}'\n")
    else:
        monkeypatch.setenv("CELERS_DSN" if source == "env" else "DATABASE_URL", dsn)
    (place / "celers.yaml").write_text(f"workers: {{worker_prefix: '{GOOD}'}}\n")
    done = CliRunner().invoke(config, arguments)
    said = done.output + repr(done.exception)
    assert SECRET not in said
    if dsn != BAD:
        assert done.exit_code == 0
        assert "***" in said or words == ["validate"]
    else:
        assert done.exit_code == 2 or isinstance(done.exception, InvalidConfig)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mysql://a:b@h/x", "mysql://a:***@h/x"),
        ("see mysql://a:b@c@h/x?y=z", "see mysql://a:***@h/x?y=z"),
        ("mysql://a:b c\n@h/x", "mysql://a:***@h/x"),
        ("mysql:/a:b@h/x", "mysql:/a:***@h/x"),
        ("redis://:b@h", "redis://:***@h"),
        ("mysql://a@h:3306/x", "mysql://a@h:3306/x"),
        ("mysql://h:3306/x", "mysql://h:3306/x"),
        ("12:30 @", "12:30 @"),
        (
            "like mysql://user:password@host:3306/database",
            "like mysql://user:password@host:3306/database",
        ),
    ],
)
def test_passwords_of_urls_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown

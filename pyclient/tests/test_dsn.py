"""DSNs: what they say, and what they never show."""

from __future__ import annotations

import pickle

import pytest

from pyclient.dsn import Dsn, from_environment
from pyclient.errors import InvalidArgument, InvalidDsn

SECRET = "s3cr3t"


def test_every_part_is_read() -> None:
    dsn = Dsn.parse(
        "mysql://app:p%40ss%2Fw%3A%23%3F%25@db.example.org:3307/tasks?ssl_mode=verify_ca&ssl_ca=%2Fca.pem"
        "&ssl_cert=/c.pem&ssl_key=/k.pem&connect_timeout=3&read_timeout=70&write_timeout=80&use_pure=1"
    )
    assert (dsn.user, dsn.password, dsn.host, dsn.port) == (
        "app",
        "p@ss/w:#?%",
        "db.example.org",
        3307,
    )
    assert (dsn.database, dsn.ssl_mode, dsn.ssl_ca) == ("tasks", "VERIFY_CA", "/ca.pem")
    assert (dsn.ssl_cert, dsn.ssl_key, dsn.use_pure) == ("/c.pem", "/k.pem", True)
    assert (dsn.connect_timeout, dsn.read_timeout, dsn.write_timeout) == (3, 70, 80)


def test_what_is_left_out_has_defaults() -> None:
    dsn = Dsn.parse("mysql://root@/")
    assert (dsn.user, dsn.password, dsn.host, dsn.port) == ("root", "", "127.0.0.1", 3306)
    assert (dsn.database, dsn.socket, dsn.use_pure) == (None, None, False)
    assert (dsn.connect_timeout, dsn.read_timeout, dsn.write_timeout) == (10, 60, 60)


@pytest.mark.parametrize("name", ["socket", "unix_socket"])
def test_a_socket_takes_the_place_of_the_address(name: str) -> None:
    args = Dsn.parse(f"mysql://root@127.0.0.1:3306/x?{name}=/run/mysqld.sock").connect_args()
    assert args["unix_socket"] == "/run/mysqld.sock"
    assert "host" not in args
    assert "port" not in args


def test_names_of_other_drivers_and_ipv6_are_understood() -> None:
    dsn = Dsn.parse("mysql+pymysql://app:x@[::1]:3308/%C3%A9t%C3%A9")
    assert (dsn.host, dsn.port, dsn.database) == ("::1", 3308, "été")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mysql:",
        "mysql://",
        f"postgres://app:{SECRET}@h/x",
        f"app:{SECRET}@h/x",
        f"mysql://:{SECRET}@h/x",
        f"mysql://app:{SECRET}@h:port/x",
        f"mysql://app:{SECRET}@h:70000/x",
        f"mysql://app:12{SECRET}/x@h/x",
        f"mysql://app:12?{SECRET}=1@h/x",
        f"mysql://app:a#{SECRET}@h/x",
        f"mysql://app:{SECRET}@[h/x",
        f"mysql://app:{SECRET}@h/x/y",
        f"mysql://app:{SECRET}@h/x?nonsense=1",
        f"mysql://app:{SECRET}@h/x?socket",
        f"mysql://app:{SECRET}@h/x?socket=",
        f"mysql://app:{SECRET}@h/x?read_timeout=0",
        f"mysql://app:{SECRET}@h/x?read_timeout=ten",
        f"mysql://app:{SECRET}@h/x?ssl_mode=maybe",
        f"mysql://app:{SECRET}@h/x?use_pure=yes",
        f"mysql://app:{SECRET}@h/x?use_pure=1&use_pure=0",
    ],
)
def test_what_cannot_be_read_is_refused_without_showing_the_password(text: str) -> None:
    with pytest.raises(InvalidDsn) as caught:
        Dsn.parse(text)
    error: BaseException | None = caught.value
    assert str(error)
    while error is not None:
        assert SECRET not in f"{error!r} {error}"
        error = None if error.__suppress_context__ else error.__cause__ or error.__context__
    assert isinstance(caught.value, InvalidArgument)


def test_a_near_miss_is_named() -> None:
    with pytest.raises(InvalidDsn, match="did you mean read_timeout"):
        Dsn.parse("mysql://app@h/x?read_timout=5")


def test_the_password_is_never_shown() -> None:
    dsn = Dsn.parse(f"mysql://app:{SECRET}@h:3306/x?socket=/s")
    for shown in (str(dsn), repr(dsn), f"{dsn}", f"{[dsn]}", f"{dsn!r}"):
        assert SECRET not in shown
        assert "app" in shown
    assert "***" in str(dsn)
    assert str(Dsn.parse("mysql://app@h/x")) == "mysql://app@h:3306/x"


def test_a_dsn_survives_pickling() -> None:
    dsn = Dsn.parse(f"mysql://app:{SECRET}@h/x")
    assert pickle.loads(pickle.dumps(dsn)) == dsn


def test_the_environment_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERS_DSN", "mysql://env@h/x")
    assert from_environment(None).user == "env"
    assert from_environment("mysql://given@h/x").user == "given"
    assert from_environment(Dsn("ready")).user == "ready"
    monkeypatch.delenv("CELERS_DSN")
    with pytest.raises(InvalidDsn, match="CELERS_DSN"):
        from_environment(None)


def test_the_driver_is_told_everything_that_matters() -> None:
    args = Dsn.parse("mysql://app:x@db/tasks").connect_args()
    assert args["use_pure"] is False
    assert args["autocommit"] is True
    assert (args["charset"], args["collation"]) == ("utf8mb4", "utf8mb4_0900_bin")
    assert (args["connection_timeout"], args["read_timeout"], args["write_timeout"]) == (10, 60, 60)
    assert args["get_warnings"] is False
    assert args["allow_local_infile"] is False
    assert args["database"] == "tasks"
    assert "database" not in Dsn.parse("mysql://app:x@db").connect_args()


def test_the_pure_driver_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Dsn.parse("mysql://a@h/x?use_pure=1").connect_args()["use_pure"] is True
    monkeypatch.setenv("CELERS_PURE_PYTHON", "1")
    assert Dsn.parse("mysql://a@h/x").connect_args()["use_pure"] is True


@pytest.mark.parametrize(
    ("text", "expected", "must_use_tls"),
    [
        ("mysql://a@127.0.0.1/x", {"ssl_disabled": True}, False),
        ("mysql://a:p@127.0.0.1/x", {}, False),
        ("mysql://a:p@db/x", {}, False),
        ("mysql://a:p@db/x?ssl_mode=DISABLED", {"ssl_disabled": True}, False),
        (
            "mysql://a@localhost/x?ssl_mode=REQUIRED",
            {"ssl_disabled": False, "ssl_verify_cert": False, "ssl_verify_identity": False},
            True,
        ),
        (
            "mysql://a:p@db/x?ssl_ca=/ca.pem",
            {
                "ssl_ca": "/ca.pem",
                "ssl_disabled": False,
                "ssl_verify_cert": True,
                "ssl_verify_identity": False,
            },
            True,
        ),
        (
            "mysql://a:p@db/x?ssl_ca=/ca.pem&ssl_mode=VERIFY_IDENTITY",
            {
                "ssl_ca": "/ca.pem",
                "ssl_disabled": False,
                "ssl_verify_cert": True,
                "ssl_verify_identity": True,
            },
            True,
        ),
        ("mysql://a@127.0.0.1/x?socket=/s&ssl_mode=REQUIRED", {}, False),
    ],
)
def test_tls_is_used_as_asked(text: str, expected: dict[str, object], must_use_tls: bool) -> None:
    dsn = Dsn.parse(text)
    args = {name: value for name, value in dsn.connect_args().items() if name.startswith("ssl_")}
    assert args == expected
    assert dsn.must_use_tls is must_use_tls

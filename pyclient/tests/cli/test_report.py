"""``celers report``: everything that helps, nothing that is secret."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

import pyclient
from pyclient.doctor.report import redacted
from pyclient.dsn import Dsn
from pyclient.tests.cli.datakit import kill
from pyclient.tests.cli.opskit import account, celers
from tools.freshschema import Schema

Connect = Callable[..., Any]
Call = Callable[[Any, str], Any]


@pytest.fixture
def talkative(client: pyclient.Client, connect: Connect, call: Call) -> None:
    """A schema of which the doctor has much to tell, with names that tell a lot."""
    client.call_enqueue("acme-invoices", "bill_acme", {"card": "4111-1111"})
    client.call_register_worker("worker@build-7:99", queues="acme-invoices", hostname="build-7")
    client.call_enqueue("acme-letters", "send", {"to": "jane@acme.example"})
    assert client.call_dequeue_batch("acme-letters", "worker@build-7:99", 1)
    kill(client, "acme-grave", "no such card 4111-1111")
    past = "INTERVAL 1 HOUR"
    connection = connect()
    call(connection, f"UPDATE celers_ready SET ready_at = ready_at - {past}")
    call(connection, f"UPDATE celers_worker SET last_heartbeat_at = last_heartbeat_at - {past}")
    error = "Duplicate entry ''jane@acme.example'' for key"
    change = f"last_error = '{error}', last_error_at = UTC_TIMESTAMP(6)"
    call(connection, f"UPDATE celers_maintenance SET {change} WHERE duty = 'promote_due'")


@pytest.mark.usefixtures("talkative")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_nothing_in_it_is_secret(schema: Schema, options: tuple[str, ...]) -> None:
    dsn = Dsn.parse(schema.dsn)
    done = celers(schema.dsn, "report", *options)
    assert done.code == 0
    secrets = ["acme", "4111", "jane", "build-7", "worker@", schema.name, socket.gethostname()]
    secrets += [str(dsn.socket), str(dsn.host), f"{dsn.user}@"]
    assert [secret for secret in secrets if secret in done.out] == []
    for fact in ("promote_due failed within the hour", "innodb_flush_log_at_trx_commit", "9."):
        assert fact in done.out


@pytest.mark.usefixtures("talkative")
def test_it_holds_what_helps(schema: Schema) -> None:
    (record,) = celers(schema.dsn, "report", "--json").records
    assert list(record) == ["schema", "client", "server", "installed", "counts", "findings"]
    assert record["client"]["celers"] == pyclient.__version__
    assert record["installed"]["version"] == pyclient.__version__
    assert record["counts"]["tasks ready"] == 1
    assert record["counts"]["workers offline"] == 1
    texts = [finding["text"] for finding in record["findings"]]
    assert "<queue>: 1 task ready, waiting for up to 60 min, and no worker serves it" in texts
    assert "<worker> is silent for 60 min and holds 1 task" in texts


def test_an_account_without_rights_reports_what_it_may_see(schema: Schema) -> None:
    (record,) = celers(account(schema, "worker"), "report", "--json").records
    assert record["counts"] == {"not counted": "AccessDenied"}
    assert record["server"]["version"].startswith(("8.", "9."))


def test_without_a_server_this_side_is_reported() -> None:
    done = celers("mysql://jane:geheim@127.0.0.1:1/acme", "report")
    assert done.code == 3
    assert "celers: " in done.out
    assert "geheim" not in done.out + done.err


def test_names_are_taken_out_whole() -> None:
    dsn = Dsn(user="app", host="db1", database="shop")
    text = "shop_worker, shop and workshop: app@% on db1:3306, 'x' of mail, mail-2"
    assert redacted(text, dsn, [("mail", "queue")]) == (
        "<worker role>, <schema> and workshop: <account> on <host>:3306, '…' of <queue>, mail-2"
    )
    assert (
        json.dumps(redacted("a celers_x", Dsn(user="u", database="celers"), [])) == '"a celers_x"'
    )

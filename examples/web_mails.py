"""A web app's mails: each is enqueued in the transaction that stores its order.

An order that is rolled back sends no mail, and one that is stored sends its mail, whenever the web
server or the worker dies: `python -m examples.web_mails`, with CELERS_DSN set to a schema.
"""

from __future__ import annotations

import json
import os
import smtplib
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from typing import Any
from wsgiref.simple_server import make_server

import mysql.connector

import pyclient
from examples import mailbox
from examples.workers import run_burst
from pyclient.dsn import from_environment

app = pyclient.App("web-mails")
TABLES = (
    "CREATE TABLE IF NOT EXISTS shop_stock (item VARCHAR(64) PRIMARY KEY, number INT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS shop_order (id BIGINT PRIMARY KEY AUTO_INCREMENT,"
    " item VARCHAR(64) NOT NULL, email VARCHAR(254) NOT NULL)",
)


@app.task(queue="mails", max_retries=5)
def confirm(order_id: int, to: str) -> None:
    """Send the mail about an order."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@shop.example", to, f"Your order {order_id}"
    # A task may run twice: with the same id the second mail can be told from a new one.
    mail["Message-ID"] = f"<order-{order_id}@shop.example>"
    mail.set_content(f"Thank you. Your order has the number {order_id}.")
    with smtplib.SMTP("127.0.0.1", int(os.environ["SMTP_PORT"])) as server:
        server.send_message(mail)


class SoldOut(Exception):
    """There is none left."""


def connect() -> Any:
    """A connection of the web app's own, without autocommit."""
    return mysql.connector.connect(**from_environment(None).connect_args() | {"autocommit": False})


def place_order(item: str, to: str) -> int:
    """Store an order and enqueue its mail: both, or neither."""
    with connect() as connection, connection.cursor() as cursor:  # rolls back unless committed
        cursor.execute("INSERT INTO shop_order (item, email) VALUES (%s, %s)", (item, to))
        order_id = int(cursor.lastrowid)
        confirm.using(client=app.client.on(connection)).enqueue(order_id, to)
        cursor.execute(
            "UPDATE shop_stock SET number = number - 1 WHERE item = %s AND number > 0", (item,)
        )
        if not cursor.rowcount:
            raise SoldOut(item)
        connection.commit()
        return order_id


def shop(environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
    """The web app: POST {"item": …, "email": …}."""
    order = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    try:
        answer, status = {"order": place_order(order["item"], order["email"])}, "201 Created"
    except SoldOut:
        answer, status = {}, "409 Conflict"
    respond(status, [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


def post(port: int, order: dict[str, str]) -> int:
    """What a browser does; the status."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", json.dumps(order).encode())
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def main() -> None:
    """Three orders for two books, then the worker."""
    item = f"book-{uuid.uuid4()}"
    with connect() as connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(table)
        cursor.execute("INSERT INTO shop_stock VALUES (%s, 2)", (item,))
        connection.commit()
    web = make_server("127.0.0.1", 0, shop)
    mail = mailbox.server()
    os.environ["SMTP_PORT"] = str(mail.server_address[1])
    for server in (web, mail):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    people = [f"{name}-{item}@mail.example" for name in ("ann", "bob", "eve")]
    answers = [post(web.server_port, {"item": item, "email": to}) for to in people]
    run_burst("examples.web_mails:app", "--queues", "mails")
    written_to = sorted(str(mail["To"]) for mail in mailbox.received if item in str(mail["To"]))
    assert answers == [201, 201, 409]
    assert written_to == people[:2]
    print(f"{len(people)} orders, {len(written_to)} stored, {len(written_to)} mails")


if __name__ == "__main__":
    main()

"""A mail server that keeps what it gets, for programs that send mails."""

from __future__ import annotations

import email
import socketserver
from email.message import Message

received: list[Message] = []


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server that keeps what it gets."""

    def handle(self) -> None:
        """Speak just enough SMTP."""
        self.wfile.write(b"220 mailbox\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                received.append(email.message_from_bytes(text))
            self.wfile.write(b"250 ok\r\n")


def server() -> socketserver.ThreadingTCPServer:
    """A server on a free port: ``serve_forever()`` runs it."""
    return socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)

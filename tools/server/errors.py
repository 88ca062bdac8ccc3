"""What can go wrong while a MySQL server is found, started or stopped."""


class ServerError(Exception):
    """No usable server, in a sentence that can be shown to a person as it is."""


class NotSupported(ServerError):
    """This kind of server cannot do what was asked (killing a server that is not ours, say)."""

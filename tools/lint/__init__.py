"""``python -m tools.lint``: every check that needs no server, one line per finding."""

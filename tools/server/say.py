"""What a person should know goes to stderr; stdout belongs to the results of commands."""

import sys


def say(sentence: str) -> None:
    """Print one line to stderr."""
    print(sentence, file=sys.stderr, flush=True)

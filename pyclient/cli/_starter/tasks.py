"""The tasks of this project.

Run them in one terminal, and send one from another:

    celers worker run tasks:app
    python tasks.py
"""

import pyclient

app = pyclient.App("example")


@app.task(name="greet", max_retries=5, timeout=30)
def greet(name: str) -> str:
    """Return a greeting. After a crash a task runs again: running twice must do no harm."""
    return f"Hello, {name}!"


if __name__ == "__main__":
    handle = greet.enqueue("world")
    print("enqueued", handle.id)
    print(handle.result(timeout=60))

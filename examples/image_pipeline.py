"""An image pipeline: a long task tells its progress, and goes on where it was interrupted.

Pictures are blurred while they are still being uploaded. A task does the rows that are there,
keeps a checkpoint, and snoozes until there are more: `python -m examples.image_pipeline`, with
CELERS_DSN set to a schema.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pyclient
from examples.workers import working
from pyclient.app import Reject, Snooze, TaskHandle, current

app = pyclient.App("images")
WIDTH, HEIGHT, BAND = 64, 48, 8


@app.task(queue="images", max_retries=3, timeout=600)
def blur(source: str, target: str) -> dict[str, int]:
    """Blur a PGM picture, band by band."""
    task = current()
    with open(source, "rb") as picture:
        width, height = read_header(picture.readline())
        rows = picture.read()
    there = len(rows) // width
    done = first = int((task.last_checkpoint() or {"rows": 0})["rows"])
    with open(target, "r+b" if first else "w+b") as blurred:
        blurred.seek(first * width)
        blurred.truncate()  # of what was written behind the checkpoint nothing is known
        while (until := min(done + BAND, height)) > done and until <= there:
            for row in range(done, until):
                blurred.write(blurred_row(rows[row * width : (row + 1) * width]))
            blurred.flush()
            done = until
            task.checkpoint({"rows": done})
            task.progress(100 * done / height, step=f"row {done}", total_steps=height)
            task.check()  # stop here if somebody cancelled the task
    if done < height:
        raise Snooze(0.2)  # a real one would wait for longer
    return {"rows": height, "in the last attempt": height - first}


def read_header(line: bytes) -> tuple[int, int]:
    """Width and height."""
    kind, width, height, depth = line.split()
    if kind != b"P5" or depth != b"255":
        raise Reject("this is no 8-bit PGM picture")  # no retry makes it one
    return int(width), int(height)


def blurred_row(row: bytes) -> bytes:
    """Each pixel the mean of itself and its neighbours."""
    padded = row[:1] + row + row[-1:]
    return bytes(sum(padded[at : at + 3]) // 3 for at in range(len(row)))


def picture_rows(seed: int) -> bytes:
    """A picture without its header."""
    return bytes(
        (row * seed + column * 7) % 256 for row in range(HEIGHT) for column in range(WIDTH)
    )


def upload(path: Path, data: bytes, *, first: bool) -> None:
    """Half of a picture arrives."""
    with path.open("wb" if first else "ab") as file:
        if first:
            file.write(b"P5 %d %d 255\n" % (WIDTH, HEIGHT))
        file.write(data)


def progress_of(handle: TaskHandle[object]) -> float:
    """In percent, for whoever looks at the task from outside."""
    told = app.client.call_get_task_progress(handle.id)
    return (told and told.percent) or 0


def wait_for(handles: Sequence[TaskHandle[object]], percent: float) -> None:
    """Show how far the tasks are, until all are so far."""
    give_up_at = time.monotonic() + 60
    while (told := [progress_of(handle) for handle in handles]) != [percent] * len(handles):
        print(" ".join(f"{one:5.1f} %" for one in told))
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"not at {percent} % after a minute")
        time.sleep(0.1)


def main() -> None:
    """Upload three pictures in halves, and something that is none."""
    half = WIDTH * HEIGHT // 2
    with (
        tempfile.TemporaryDirectory() as name,
        working("examples.image_pipeline:app", "--queues", "images", "--concurrency", "2"),
    ):
        pictures = {Path(name, f"{seed}.pgm"): picture_rows(seed) for seed in (3, 5, 11)}
        for path, data in pictures.items():
            upload(path, data[:half], first=True)
        handles = [blur.enqueue(str(path), f"{path}.blurred") for path in pictures]
        wait_for(handles, 50)
        for path, data in pictures.items():
            upload(path, data[half:], first=False)
        wait_for(handles, 100)
        for handle, (path, data) in zip(handles, pictures.items(), strict=True):
            result = handle.result(timeout=60)
            assert result["rows"] == HEIGHT
            assert result["in the last attempt"] <= HEIGHT // 2
            rows = [data[at : at + WIDTH] for at in range(0, len(data), WIDTH)]
            assert Path(f"{path}.blurred").read_bytes() == b"".join(map(blurred_row, rows))
        Path(name, "song.mp3").write_bytes(b"ID3 2 3 4\n")
        assert blur.enqueue(f"{name}/song.mp3", f"{name}/none").wait(timeout=60) == "dead"
    print(f"{len(handles)} pictures blurred, half of each in a later attempt")


if __name__ == "__main__":
    main()

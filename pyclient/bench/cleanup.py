"""Leave nothing of a measurement behind."""

from __future__ import annotations

import time

from pyclient.client import Client

_PAGE = 1000
_OLD_S = 1


def clean_up(client: Client, queue: str) -> None:
    """Cancel what waits in the queue, and delete what has ended there.

    The workers of the queue have ended. Tasks are deleted a second after they ended. One that a
    worker could not hand in ends as cancelled when its lease does, and goes by its retention.

    Raises:
        AccessDenied: deleting takes the role admin; all tasks have ended by then.
    """
    while waiting := client.call_list_tasks(queue, "pending", _PAGE):
        client.call_cancel_batch([row.task_id for row in waiting])
    if held := client.call_list_tasks(queue, "processing", _PAGE):
        client.call_cancel_batch([row.task_id for row in held])
    time.sleep(_OLD_S)
    while client.call_archive_completed_tasks(queue, _OLD_S, _PAGE).deleted == _PAGE:
        pass

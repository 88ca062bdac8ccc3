"""The calls as functions of the module: each acts on the default client.

Generated from the headers under db/procedures by ``python -m tools.gen``: do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pyclient._default import default_client
from pyclient._generated import (
    AckBatchRow,
    AckRow,
    ApplyDlqRetentionRow,
    ApplyPriorityAgingRow,
    ArchiveCompletedTasksRow,
    CancelBatchRow,
    CancelRow,
    DeleteTaskRow,
    DequeueBatchRow,
    DequeueRow,
    DequeueWaitRow,
    DequeueWithWorkerIdRow,
    EnqueueAfterRow,
    EnqueueAtRow,
    EnqueueBatchRow,
    EnqueueRow,
    ExtendRow,
    GetMaintenanceRow,
    GetQueueConfigRow,
    GetResultRow,
    GetStatisticsRow,
    GetTaskLatencyPercentilesRow,
    GetTaskProgressRow,
    GetTaskRow,
    GetTaskThroughputRow,
    IsPausedRow,
    ListDlqRow,
    ListQueuesRow,
    ListTasksRow,
    ListWorkersRow,
    PauseRow,
    PromoteDueRow,
    PurgeDlqRow,
    PurgeQueueRow,
    QueueSizeRow,
    RecoverExpiredRow,
    RegisterWorkerRow,
    RejectBatchRow,
    RejectRow,
    RequeueFromDlqRow,
    ResumeRow,
    StepRow,
    StoreResultRow,
    TickRow,
    UnregisterWorkerRow,
    UpdateTaskProgressRow,
    UpdateWorkerHeartbeatRow,
    VersionRow,
)
from pyclient.types import Payload

__all__ = [
    "call_ack",
    "call_ack_batch",
    "call_cancel",
    "call_cancel_batch",
    "call_dequeue",
    "call_dequeue_batch",
    "call_dequeue_wait",
    "call_dequeue_with_worker_id",
    "call_enqueue",
    "call_enqueue_after",
    "call_enqueue_at",
    "call_enqueue_batch",
    "call_extend",
    "call_reject",
    "call_reject_batch",
    "call_step",
    "call_get_queue_config",
    "call_is_paused",
    "call_list_queues",
    "call_pause",
    "call_purge_queue",
    "call_resume",
    "call_set_queue_config",
    "call_apply_dlq_retention",
    "call_list_dlq",
    "call_purge_dlq",
    "call_requeue_from_dlq",
    "call_get_task",
    "call_list_tasks",
    "call_queue_size",
    "call_apply_priority_aging",
    "call_archive_completed_tasks",
    "call_delete_task",
    "call_get_maintenance",
    "call_promote_due",
    "call_recover_expired",
    "call_set_maintenance",
    "call_tick",
    "call_get_result",
    "call_get_task_progress",
    "call_store_result",
    "call_update_task_progress",
    "call_version",
    "call_get_statistics",
    "call_get_task_latency_percentiles",
    "call_get_task_throughput",
    "call_list_workers",
    "call_register_worker",
    "call_unregister_worker",
    "call_update_worker_heartbeat",
]


def call_ack(task_id: UUID | str, receipt: UUID | str) -> AckRow:
    """End a task as completed.

    A receipt whose lease was given to another is refused, and nothing changes. A repeated
    ack of the same receipt is answered as the first was. Inside a transaction of the
    caller it is part of it, together with the work's own writes.

    Args:
        task_id: id of the task
        receipt: receipt of the claim

    Returns one row.

    Raises:
        UuidInvalid: not a UUID
        LeaseLost: the lease is not yours any more
        TaskNotFound: no such task
    """
    return default_client().call_ack(task_id, receipt)


def call_ack_batch(items: Iterable[Mapping[str, Any]]) -> list[AckBatchRow]:
    """End many tasks as completed.

    Args:
        items: JSON array of at most 1000 objects: task_id, receipt, and result if there
            is one to keep (a string that holds JSON text, kept byte for byte)

    Returns a list of rows, which may be empty.

    Raises:
        ItemsInvalid: items must be a JSON array of objects, at most 1000
        ResultInvalid: a result must be JSON text of at most 16 MiB
    """
    return default_client().call_ack_batch(items)


def call_cancel(task_id: UUID | str, *, reason: str | None = None) -> CancelRow:
    """Cancel a task.

    A task that waits is cancelled at once. For one that runs the wish is recorded: its
    worker learns of it with celers_extend or celers_step, and its next reject makes it
    cancelled. Dead letters and finished tasks stay what they are. Inside a REPEATABLE
    READ transaction of the caller it is looked for where it was when that transaction
    began: pending is the answer when it has moved since, TASK_NOT_FOUND when it is
    younger, and nothing happens to it.

    Args:
        task_id: id of the task
        reason: kept as the error of a cancelled task; default: none

    Returns one row.

    Raises:
        UuidInvalid: not a UUID
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        TaskNotFound: no such task
    """
    return default_client().call_cancel(task_id, reason=reason)


def call_cancel_batch(task_ids: Any, *, reason: str | None = None) -> list[CancelBatchRow]:
    """Cancel many tasks.

    Args:
        task_ids: JSON array of at most 1000 ids
        reason: kept as the error of cancelled tasks; default: none

    Returns a list of rows, which may be empty.

    Raises:
        ItemsInvalid: items must be a JSON array of objects, at most 1000
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
    """
    return default_client().call_cancel_batch(task_ids, reason=reason)


def call_dequeue() -> DequeueRow | None:
    """Claim the next task of the queue default.

    The same as celers_dequeue_batch('default', NULL, 1, NULL).

    Returns the row, or None where there is none.

    Raises:
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        UuidInvalid: not a UUID
        LimitOutOfRange: a limit must be 0..1000
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        WorkerIdInvalid: a worker id is 1..255 characters
        LeaseOutOfRange: a lease must be 1..86400 s
        RequestBusy: the same request is being answered just now: call again
    """
    return default_client().call_dequeue()


def call_dequeue_batch(
    queues: str,
    worker_id: str | None,
    limit: int,
    *,
    request_id: UUID | str | None = None,
    lease_s: int | None = None,
    task_names: Any = None,
) -> list[DequeueBatchRow]:
    """Claim the next tasks of one or more queues for a worker.

    Higher priority first, first in first out within a priority. A claim ends with ack or
    reject; when its lease runs out the tasks are handed out again. A claim also does a
    bounded bit of the maintenance that is due. Inside a transaction of the caller the
    claim lives as long as that transaction: roll back and it never was. Such a
    transaction should be READ COMMITTED: under REPEATABLE READ its locks reach beyond the
    rows it takes, and others wait until it ends.

    Args:
        queues: queue name, or several separated by commas, in order of preference
        worker_id: name of the worker, 1..255 characters, NULL = sql:<connection id>
        limit: most tasks to return, 0..1000
        request_id: the same one within the lease gives the same tasks again; default: a
            new UUIDv7
        lease_s: seconds the tasks are yours, 1..86400; default: 60
        task_names: array of task names to take; default: any

    Returns a list of rows, which may be empty.

    Raises:
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        UuidInvalid: not a UUID
        LimitOutOfRange: a limit must be 0..1000
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        WorkerIdInvalid: a worker id is 1..255 characters
        LeaseOutOfRange: a lease must be 1..86400 s
        RequestBusy: the same request is being answered just now: call again
    """
    return default_client().call_dequeue_batch(
        queues, worker_id, limit, request_id=request_id, lease_s=lease_s, task_names=task_names
    )


def call_dequeue_wait(
    queues: str,
    worker_id: str | None,
    limit: int,
    *,
    request_id: UUID | str | None = None,
    lease_s: int | None = None,
    task_names: Any = None,
    wait_ms: int | None = None,
    poll_ms: int | None = None,
) -> list[DequeueWaitRow]:
    """Claim the next tasks, waiting until there are some.

    One waiter of each list of queues holds the bell (a named lock) and looks every
    poll_ms; the others sleep on the lock. It is given up when tasks were found, so that
    the next one looks. Named locks only wake: any account can take them, and nothing
    depends on them.

    Args:
        queues: queue name, or several separated by commas, in order of preference
        worker_id: name of the worker, 1..255 characters, NULL = sql:<connection id>
        limit: most tasks to return, 0..1000
        request_id: the same one within the lease gives the same tasks again; default: a
            new UUIDv7
        lease_s: seconds the tasks are yours, 1..86400; default: 60
        task_names: array of task names to take; default: any
        wait_ms: most milliseconds to wait, 0..2000; default: 1000
        poll_ms: milliseconds between two looks, 1..1000; ten times as many where no task
            of these queues has ended for five seconds; default: 1

    Returns a list of rows, which may be empty.

    Raises:
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        UuidInvalid: not a UUID
        LimitOutOfRange: a limit must be 0..1000
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        WorkerIdInvalid: a worker id is 1..255 characters
        LeaseOutOfRange: a lease must be 1..86400 s
        RequestBusy: the same request is being answered just now: call again
        WaitOutOfRange: wait_ms must be 0..2000
    """
    return default_client().call_dequeue_wait(
        queues,
        worker_id,
        limit,
        request_id=request_id,
        lease_s=lease_s,
        task_names=task_names,
        wait_ms=wait_ms,
        poll_ms=poll_ms,
    )


def call_dequeue_with_worker_id(worker_id: str | None) -> DequeueWithWorkerIdRow | None:
    """Claim the next task of the queue default for a named worker.

    The same as celers_dequeue_batch('default', p_worker_id, 1, NULL).

    Args:
        worker_id: name of the worker, 1..255 characters, NULL = sql:<connection id>

    Returns the row, or None where there is none.

    Raises:
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        UuidInvalid: not a UUID
        LimitOutOfRange: a limit must be 0..1000
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        WorkerIdInvalid: a worker id is 1..255 characters
        LeaseOutOfRange: a lease must be 1..86400 s
        RequestBusy: the same request is being answered just now: call again
    """
    return default_client().call_dequeue_with_worker_id(worker_id)


def call_enqueue(
    queue: str,
    task_name: str,
    payload: Payload,
    *,
    task_id: UUID | str | None = None,
    priority: int | None = None,
    due_at: datetime | None = None,
    delay_s: float | None = None,
    max_retries: int | None = None,
    retry: Any = None,
    timeout_s: int | None = None,
    expires_s: float | None = None,
    headers: Any = None,
    content_type: str | None = None,
) -> EnqueueRow:
    """Add one task to a queue.

    Inside a transaction of the caller the task is part of it: it exists when the caller
    commits.

    Args:
        queue: queue name, 1..64 characters of [A-Za-z0-9_.:-]
        task_name: name the workers know the task by, 1..255 characters
        payload: arguments of the task: JSON text in UTF-8 unless content_type says
            otherwise, at most 16 MiB, kept byte for byte
        task_id: UUIDv7 brought by the client; the same id again is the same task;
            default: a new UUIDv7
        priority: higher is served first, -32768..32767; default: 0
        due_at: UTC instant before which it is not served; default: now
        delay_s: seconds from now until it is due, instead of due_at, 0..315360000;
            default: 0
        max_retries: retries after the first attempt, 0..1000; default: 3
        retry: {"strategy": fixed, linear, exponential or exponential_jitter, "base_s": 1,
            "multiplier": 2, "max_s": 300}; see celers_reject; default: queue
        timeout_s: seconds a worker may run it, 1..31536000; default: none
        expires_s: seconds after it is due; not started by then it expires; default: never
        headers: JSON object handed to the worker with the task, at most 64 KiB; default:
            none
        content_type: media type of the payload, 1..100 characters; anything but
            application/json and text/plain is bytes; default: application/json

    Returns one row.

    Raises:
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        UuidInvalid: not a UUID
        PriorityOutOfRange: a priority must be -32768..32767
        DueOutOfRange: a delay must be 0..315360000 s; give due_at or delay_s, not both
        RetriesOutOfRange: max_retries and max_crashes must be 0..1000
        RetryPolicyInvalid: see celers_enqueue for the keys of a retry policy
        TimeoutOutOfRange: a timeout must be 1..31536000 s
        ExpiryOutOfRange: expires_s must be above 0 and at most 315360000 s
        HeadersInvalid: headers must be a JSON object of at most 64 KiB
        ContentTypeInvalid: a content type is 1..100 characters
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        TaskNameInvalid: a task name is 1..255 characters
        PayloadInvalid: the payload is not what its content type says
        PayloadTooLarge: a payload has at most 16 MiB
        TaskIdReused: another task already has this id
    """
    return default_client().call_enqueue(
        queue,
        task_name,
        payload,
        task_id=task_id,
        priority=priority,
        due_at=due_at,
        delay_s=delay_s,
        max_retries=max_retries,
        retry=retry,
        timeout_s=timeout_s,
        expires_s=expires_s,
        headers=headers,
        content_type=content_type,
    )


def call_enqueue_after(
    queue: str,
    task_name: str,
    payload: Payload,
    delay_s: float,
    *,
    task_id: UUID | str | None = None,
    priority: int | None = None,
    max_retries: int | None = None,
    retry: Any = None,
    timeout_s: int | None = None,
    expires_s: float | None = None,
    headers: Any = None,
    content_type: str | None = None,
) -> EnqueueAfterRow:
    """Add one task that is due after a delay.

    The same as celers_enqueue with the option delay_s.

    Args:
        queue: queue name, 1..64 characters of [A-Za-z0-9_.:-]
        task_name: name the workers know the task by, 1..255 characters
        payload: arguments of the task: JSON text in UTF-8 unless content_type says
            otherwise, at most 16 MiB, kept byte for byte
        delay_s: seconds from now until it is due, 0..315360000
        task_id: UUIDv7 brought by the client; the same id again is the same task;
            default: a new UUIDv7
        priority: higher is served first, -32768..32767; default: 0
        max_retries: retries after the first attempt, 0..1000; default: 3
        retry: {"strategy": fixed, linear, exponential or exponential_jitter, "base_s": 1,
            "multiplier": 2, "max_s": 300}; see celers_reject; default: queue
        timeout_s: seconds a worker may run it, 1..31536000; default: none
        expires_s: seconds after it is due; not started by then it expires; default: never
        headers: JSON object handed to the worker with the task, at most 64 KiB; default:
            none
        content_type: media type of the payload, 1..100 characters; anything but
            application/json and text/plain is bytes; default: application/json

    Returns one row.

    Raises:
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        UuidInvalid: not a UUID
        PriorityOutOfRange: a priority must be -32768..32767
        DueOutOfRange: a delay must be 0..315360000 s; give due_at or delay_s, not both
        RetriesOutOfRange: max_retries and max_crashes must be 0..1000
        RetryPolicyInvalid: see celers_enqueue for the keys of a retry policy
        TimeoutOutOfRange: a timeout must be 1..31536000 s
        ExpiryOutOfRange: expires_s must be above 0 and at most 315360000 s
        HeadersInvalid: headers must be a JSON object of at most 64 KiB
        ContentTypeInvalid: a content type is 1..100 characters
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        TaskNameInvalid: a task name is 1..255 characters
        PayloadInvalid: the payload is not what its content type says
        PayloadTooLarge: a payload has at most 16 MiB
        TaskIdReused: another task already has this id
    """
    return default_client().call_enqueue_after(
        queue,
        task_name,
        payload,
        delay_s,
        task_id=task_id,
        priority=priority,
        max_retries=max_retries,
        retry=retry,
        timeout_s=timeout_s,
        expires_s=expires_s,
        headers=headers,
        content_type=content_type,
    )


def call_enqueue_at(
    queue: str,
    task_name: str,
    payload: Payload,
    due_at: datetime,
    *,
    task_id: UUID | str | None = None,
    priority: int | None = None,
    max_retries: int | None = None,
    retry: Any = None,
    timeout_s: int | None = None,
    expires_s: float | None = None,
    headers: Any = None,
    content_type: str | None = None,
) -> EnqueueAtRow:
    """Add one task that is due at an instant.

    The same as celers_enqueue with the option due_at.

    Args:
        queue: queue name, 1..64 characters of [A-Za-z0-9_.:-]
        task_name: name the workers know the task by, 1..255 characters
        payload: arguments of the task: JSON text in UTF-8 unless content_type says
            otherwise, at most 16 MiB, kept byte for byte
        due_at: UTC instant before which it is not served
        task_id: UUIDv7 brought by the client; the same id again is the same task;
            default: a new UUIDv7
        priority: higher is served first, -32768..32767; default: 0
        max_retries: retries after the first attempt, 0..1000; default: 3
        retry: {"strategy": fixed, linear, exponential or exponential_jitter, "base_s": 1,
            "multiplier": 2, "max_s": 300}; see celers_reject; default: queue
        timeout_s: seconds a worker may run it, 1..31536000; default: none
        expires_s: seconds after it is due; not started by then it expires; default: never
        headers: JSON object handed to the worker with the task, at most 64 KiB; default:
            none
        content_type: media type of the payload, 1..100 characters; anything but
            application/json and text/plain is bytes; default: application/json

    Returns one row.

    Raises:
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        UuidInvalid: not a UUID
        PriorityOutOfRange: a priority must be -32768..32767
        DueOutOfRange: a delay must be 0..315360000 s; give due_at or delay_s, not both
        RetriesOutOfRange: max_retries and max_crashes must be 0..1000
        RetryPolicyInvalid: see celers_enqueue for the keys of a retry policy
        TimeoutOutOfRange: a timeout must be 1..31536000 s
        ExpiryOutOfRange: expires_s must be above 0 and at most 315360000 s
        HeadersInvalid: headers must be a JSON object of at most 64 KiB
        ContentTypeInvalid: a content type is 1..100 characters
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        TaskNameInvalid: a task name is 1..255 characters
        PayloadInvalid: the payload is not what its content type says
        PayloadTooLarge: a payload has at most 16 MiB
        TaskIdReused: another task already has this id
    """
    return default_client().call_enqueue_at(
        queue,
        task_name,
        payload,
        due_at,
        task_id=task_id,
        priority=priority,
        max_retries=max_retries,
        retry=retry,
        timeout_s=timeout_s,
        expires_s=expires_s,
        headers=headers,
        content_type=content_type,
    )


def call_enqueue_batch(
    queue: str,
    tasks: Iterable[Mapping[str, Any]],
    *,
    priority: int | None = None,
    due_at: datetime | None = None,
    delay_s: float | None = None,
    max_retries: int | None = None,
    retry: Any = None,
    timeout_s: int | None = None,
    expires_s: float | None = None,
    headers: Any = None,
    content_type: str | None = None,
) -> list[EnqueueBatchRow]:
    """Add many tasks to a queue.

    All of them or none. The order of the batch is the order of service within a priority.
    A payload given as a JSON string is the text of the payload, kept byte for byte; given
    as any other JSON value it is stored as the server prints it (1.10 becomes 1.1).

    Args:
        queue: queue name, 1..64 characters of [A-Za-z0-9_.:-]
        tasks: JSON array of at most 1000 objects: task_name, payload, or instead of it
            payload_base64 for bytes, and any option of celers_enqueue
        priority: higher is served first, -32768..32767; default: 0
        due_at: UTC instant before which it is not served; default: now
        delay_s: seconds from now until it is due, instead of due_at, 0..315360000;
            default: 0
        max_retries: retries after the first attempt, 0..1000; default: 3
        retry: retry policy, see celers_enqueue; default: queue
        timeout_s: seconds a worker may run it, 1..31536000; default: none
        expires_s: seconds after it is due; not started by then it expires; default: never
        headers: JSON object handed to the worker with the task, at most 64 KiB; default:
            none
        content_type: media type of the payload; default: application/json

    Returns a list of rows, which may be empty.

    Raises:
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        UuidInvalid: not a UUID
        PriorityOutOfRange: a priority must be -32768..32767
        DueOutOfRange: a delay must be 0..315360000 s; give due_at or delay_s, not both
        RetriesOutOfRange: max_retries and max_crashes must be 0..1000
        RetryPolicyInvalid: see celers_enqueue for the keys of a retry policy
        TimeoutOutOfRange: a timeout must be 1..31536000 s
        ExpiryOutOfRange: expires_s must be above 0 and at most 315360000 s
        HeadersInvalid: headers must be a JSON object of at most 64 KiB
        ContentTypeInvalid: a content type is 1..100 characters
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        TaskNameInvalid: a task name is 1..255 characters
        PayloadInvalid: the payload is not what its content type says
        PayloadTooLarge: a payload has at most 16 MiB
        TaskIdReused: another task already has this id
        ItemsInvalid: items must be a JSON array of objects, at most 1000
    """
    return default_client().call_enqueue_batch(
        queue,
        tasks,
        priority=priority,
        due_at=due_at,
        delay_s=delay_s,
        max_retries=max_retries,
        retry=retry,
        timeout_s=timeout_s,
        expires_s=expires_s,
        headers=headers,
        content_type=content_type,
    )


def call_extend(receipt: UUID | str, seconds: int) -> ExtendRow:
    """Prolong the lease of a claim.

    One row is written however many tasks the claim holds. A lease is never shortened.

    Args:
        receipt: receipt of the claim
        seconds: seconds from now, 1..86400

    Returns one row.

    Raises:
        UuidInvalid: not a UUID
        LeaseOutOfRange: a lease must be 1..86400 s
        LeaseLost: the lease is not yours any more
        ItemsInvalid: items must be a JSON array of objects, at most 1000
    """
    return default_client().call_extend(receipt, seconds)


def call_reject(
    task_id: UUID | str,
    receipt: UUID | str,
    error: str,
    *,
    retry: bool | None = None,
    delay_s: float | None = None,
    release: bool | None = None,
    dead_letter: bool | None = None,
    cancel: bool | None = None,
) -> RejectRow:
    """End an attempt that failed.

    The server decides what follows: another attempt after a backoff, a dead letter when
    the retries are used up or retry is false, state cancelled when the option or
    celers_cancel asks for it; the reason that celers_cancel was given stands before the
    error. Backoff, n = the errors before this one: fixed base_s; linear base_s * (n + 1);
    exponential base_s * multiplier^n; exponential_jitter the same less a random part of
    up to a quarter; none above max_s but fixed.

    Args:
        task_id: id of the task
        receipt: receipt of the claim
        error: what went wrong; kept whole
        retry: false = permanent: no retry; default: true
        delay_s: seconds until the next attempt, instead of the policy's; default: policy
        release: true = give it back without counting an error; default: false
        dead_letter: false = state failed instead of a dead letter; default: true
        cancel: true = state cancelled: no retry, no dead letter; not with release or
            delay_s; default: false

    Returns one row.

    Raises:
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        ItemsInvalid: items must be a JSON array of objects, at most 1000
        OptionsContradictory: these options contradict each other
        DueOutOfRange: a delay must be 0..315360000 s; give due_at or delay_s, not both
        UuidInvalid: not a UUID
        LeaseLost: the lease is not yours any more
        TaskNotFound: no such task
    """
    return default_client().call_reject(
        task_id,
        receipt,
        error,
        retry=retry,
        delay_s=delay_s,
        release=release,
        dead_letter=dead_letter,
        cancel=cancel,
    )


def call_reject_batch(items: Iterable[Mapping[str, Any]]) -> list[RejectBatchRow]:
    """End many attempts that failed.

    Args:
        items: JSON array of at most 1000 objects: task_id, receipt, error and any option
            of celers_reject

    Returns a list of rows, which may be empty.

    Raises:
        ItemsInvalid: items must be a JSON array of objects, at most 1000
        OptionsContradictory: these options contradict each other
        DueOutOfRange: a delay must be 0..315360000 s; give due_at or delay_s, not both
    """
    return default_client().call_reject_batch(items)


def call_step(
    worker_id: str | None,
    acks: Iterable[Mapping[str, Any]] | None,
    rejects: Iterable[Mapping[str, Any]] | None,
    *,
    queues: str | None = None,
    limit: int | None = None,
    ack_claims: Any = None,
    extend: Any = None,
    extend_s: int | None = None,
    request_id: UUID | str | None = None,
    lease_s: int | None = None,
    task_names: Any = None,
) -> list[StepRow]:
    """Acknowledge, reject, extend and claim in one round trip and one commit.

    What a worker's loop calls: the ends of finished tasks, heartbeats, and the next
    tasks. All of it happens or nothing; the same request_id within the lease gives the
    same tasks again.

    Args:
        worker_id: name of the worker, 1..255 characters, NULL = sql:<connection id>
        acks: as celers_ack_batch, NULL = none
        rejects: as celers_reject_batch, NULL = none
        queues: queue name, or several separated by commas, in order of preference;
            default: default
        limit: most tasks to claim, 0..1000; default: 1
        ack_claims: object: receipt to how many tasks you have left of that claim. All of
            them are completed, without results; a claim that holds another number (some
            were lost) is left alone, and said to be incomplete; default: none
        extend: array of receipts whose leases are prolonged; default: none
        extend_s: seconds from now for extend, 1..86400 = as claimed
        request_id: the same one within the lease gives the same tasks again; default: a
            new UUIDv7
        lease_s: seconds the tasks are yours, 1..86400; default: 60
        task_names: array of task names to take; default: any

    Returns a list of rows, which may be empty.

    Raises:
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        UuidInvalid: not a UUID
        LimitOutOfRange: a limit must be 0..1000
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        WorkerIdInvalid: a worker id is 1..255 characters
        LeaseOutOfRange: a lease must be 1..86400 s
        RequestBusy: the same request is being answered just now: call again
        ItemsInvalid: items must be a JSON array of objects, at most 1000
        ResultInvalid: a result must be JSON text of at most 16 MiB
        OptionsContradictory: these options contradict each other
        DueOutOfRange: a delay must be 0..315360000 s; give due_at or delay_s, not both
    """
    return default_client().call_step(
        worker_id,
        acks,
        rejects,
        queues=queues,
        limit=limit,
        ack_claims=ack_claims,
        extend=extend,
        extend_s=extend_s,
        request_id=request_id,
        lease_s=lease_s,
        task_names=task_names,
    )


def call_get_queue_config(queue: str) -> GetQueueConfigRow:
    """Show the settings that hold for a queue.

    Args:
        queue: name of the queue, which need not exist; * = the defaults

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
    """
    return default_client().call_get_queue_config(queue)


def call_is_paused(queue: str) -> IsPausedRow:
    """Tell whether the tasks of a queue are handed out.

    Inside a transaction of the caller the answer may be as old as its snapshot.

    Args:
        queue: queue name, 1..64 characters of [A-Za-z0-9_.:-]

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
    """
    return default_client().call_is_paused(queue)


def call_list_queues() -> list[ListQueuesRow]:
    """List the queues that have tasks or settings.

    Counts walk an index of what waits, runs or is dead: a queue with a million ready
    tasks takes some tenths of a second.

    Returns a list of rows, which may be empty.
    """
    return default_client().call_list_queues()


def call_pause(queue: str) -> PauseRow:
    """Stop handing out tasks of a queue.

    Claims pass it over from now on. What runs may go on and be acknowledged, enqueues are
    taken, and maintenance goes on. A queue that has never been used can be paused too.

    Args:
        queue: queue name, 1..64 characters of [A-Za-z0-9_.:-]

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
    """
    return default_client().call_pause(queue)


def call_purge_queue(
    queue: str, limit: int | None = None, *, state: str | None = None
) -> PurgeQueueRow:
    """Delete the tasks of a queue that wait, with all that belongs to them.

    The last in the order of claims first. What runs is not touched, nor is what a claim
    or another call holds just now. Call it again while it answers with p_limit.

    Args:
        queue: name of the queue
        limit: tasks at a time, 1..1000, NULL = 1000
        state: only those that are due: ready; only those that are not: scheduled;
            default: both

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        LimitOutOfRange: a limit must be 0..1000
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
    """
    return default_client().call_purge_queue(queue, limit, state=state)


def call_resume(queue: str) -> ResumeRow:
    """Hand out the tasks of a paused queue again.

    A queue that is not paused stays as it is.

    Args:
        queue: queue name, 1..64 characters of [A-Za-z0-9_.:-]

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
    """
    return default_client().call_resume(queue)


def call_set_queue_config(
    queue: str,
    *,
    max_retries: int | None = None,
    max_crashes: int | None = None,
    retry: Any = None,
    lease_s: int | None = None,
    retention_s: int | None = None,
    dlq_retention_s: int | None = None,
    aging_threshold_s: int | None = None,
    aging_boost: int | None = None,
    aging_max_priority: int | None = None,
) -> GetQueueConfigRow:
    """Change settings of a queue, or the defaults of all queues.

    Only the given keys change; null (in Python pyclient.NULL) takes a setting back to its
    default. A change holds from the next time the setting is looked at, also for tasks
    that stand already, unless they brought their own.

    Args:
        queue: name of the queue; * = the defaults, for queues without their own
        max_retries: retries after the first attempt, 0..1000; default: 3
        max_crashes: leases lost before it is a dead letter, 0..1000; default: 3
        retry: retry policy, see celers_enqueue; it is replaced as a whole
        lease_s: seconds a claim lasts, 1..86400; default: 60
        retention_s: seconds finished tasks are kept, 0..315360000, 0: ever; default:
            604800
        dlq_retention_s: seconds dead letters are kept, 3600..315360000, 0: ever; default:
            0
        aging_threshold_s: seconds of waiting per boost, 0..31536000, 0: no ageing;
            default: 0
        aging_boost: what each of them adds to the priority, 1..1000; default: 1
        aging_max_priority: ageing ends here, -32768..1000; default: 1000

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        RetriesOutOfRange: max_retries and max_crashes must be 0..1000
        RetryPolicyInvalid: see celers_enqueue for the keys of a retry policy
        LeaseOutOfRange: a lease must be 1..86400 s
        RetentionOutOfRange: a retention must be 1..315360000 s, that of dead letters 3600
            s or more
        AgingOutOfRange: ageing: threshold 1..31536000 s, boost 1..1000, highest priority
            <= 1000
    """
    return default_client().call_set_queue_config(
        queue,
        max_retries=max_retries,
        max_crashes=max_crashes,
        retry=retry,
        lease_s=lease_s,
        retention_s=retention_s,
        dlq_retention_s=dlq_retention_s,
        aging_threshold_s=aging_threshold_s,
        aging_boost=aging_boost,
        aging_max_priority=aging_max_priority,
    )


def call_apply_dlq_retention(
    queue: str | None = None, older_s: int | None = None, limit: int | None = None
) -> ApplyDlqRetentionRow:
    """Delete old dead letters for good.

    The maintenance duty of this name does it by itself where a queue has a
    dlq_retention_s. Call it again while it answers with p_limit.

    Args:
        queue: only this queue, NULL = all
        older_s: seconds since they died, 3600..315360000, NULL = as each queue has it
        limit: rows at a time, 1..1000, NULL = 1000

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        RetentionOutOfRange: a retention must be 1..315360000 s, that of dead letters 3600
            s or more
        LimitOutOfRange: a limit must be 0..1000
    """
    return default_client().call_apply_dlq_retention(queue, older_s, limit)


def call_list_dlq(
    queue: str | None = None,
    limit: int | None = None,
    *,
    after_id: UUID | str | None = None,
    task_name: str | None = None,
    error_contains: str | None = None,
) -> list[ListDlqRow]:
    """List dead letters, the newest tasks first.

    A page at a time: the next one begins below the last id of this one.

    Args:
        queue: name of the queue, NULL = all
        limit: most dead letters to return, 1..1000, NULL = 100
        after_id: the last id of the page before; default: none
        task_name: only tasks of this name; default: any
        error_contains: only where the error contains this text, in this case; default:
            any

    Returns a list of rows, which may be empty.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        LimitOutOfRange: a limit must be 0..1000
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        UuidInvalid: not a UUID
    """
    return default_client().call_list_dlq(
        queue, limit, after_id=after_id, task_name=task_name, error_contains=error_contains
    )


def call_purge_dlq(task_id: UUID | str) -> PurgeDlqRow:
    """Delete a dead letter for good, with all that belongs to it.

    Args:
        task_id: id of the task

    Returns one row.

    Raises:
        UuidInvalid: not a UUID
        TaskNotDead: the task is no dead letter
    """
    return default_client().call_purge_dlq(task_id)


def call_requeue_from_dlq(task_id: UUID | str) -> RequeueFromDlqRow:
    """Put a dead letter back into its queue.

    The same task, with its id, priority and max_retries, at the tail of the queue and due
    now. Errors and crashes count from 0 again, attempts go on counting; the attempt it
    died of becomes part of its history. A repeated call changes nothing and is answered
    alike.

    Args:
        task_id: id of the task

    Returns one row.

    Raises:
        UuidInvalid: not a UUID
        TaskNotFound: no such task
        TaskNotDead: the task is no dead letter
    """
    return default_client().call_requeue_from_dlq(task_id)


def call_get_task(task_id: UUID | str) -> GetTaskRow:
    """Show one task.

    Inside a transaction of the caller what it shows may be as old as that transaction's
    snapshot.

    Args:
        task_id: id of the task

    Returns one row.

    Raises:
        UuidInvalid: not a UUID
        TaskNotFound: no such task
    """
    return default_client().call_get_task(task_id)


def call_list_tasks(
    queue: str | None = None,
    state: str | None = None,
    limit: int | None = None,
    *,
    after_id: UUID | str | None = None,
    task_name: str | None = None,
) -> list[ListTasksRow]:
    """List tasks, the newest first.

    A page at a time: the next one begins below the last id of this one. A task that moves
    on while the list is made is shown where it is by then.

    Args:
        queue: name of the queue, NULL = all
        state: pending, processing, completed, failed, cancelled, expired or dead, NULL =
            any
        limit: most tasks to return, 1..1000, NULL = 100
        after_id: the last id of the page before; default: none
        task_name: only tasks of this name; default: any

    Returns a list of rows, which may be empty.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        StateInvalid: pending, processing, completed, failed, cancelled, expired or dead
        LimitOutOfRange: a limit must be 0..1000
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        UuidInvalid: not a UUID
    """
    return default_client().call_list_tasks(
        queue, state, limit, after_id=after_id, task_name=task_name
    )


def call_queue_size(queue: str | None = None) -> QueueSizeRow:
    """Count the tasks of a queue, or of all, that are not finished.

    Args:
        queue: name of the queue, NULL = all together

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
    """
    return default_client().call_queue_size(queue)


def call_apply_priority_aging(
    queue: str | None = None,
    age_threshold_s: int | None = None,
    priority_boost: int | None = None,
    limit: int | None = None,
) -> ApplyPriorityAgingRow:
    """Raise the priority of tasks that have waited long.

    To the priority they were enqueued with, plus the boost for each whole threshold that
    they have waited since they were due; never above aging_max_priority of their queue,
    at most 1000. So a repeated call raises nothing twice. The maintenance duty of this
    name does it by itself where a queue has an aging_threshold_s. Call it again while it
    answers with p_limit.

    Args:
        queue: only this queue, NULL = all
        age_threshold_s: seconds of waiting per boost, 1..31536000, NULL = as each queue
            has it; a queue without one is left alone
        priority_boost: what each of them adds, 1..1000, NULL = as each queue has it
        limit: rows at a time, 1..1000, NULL = 1000

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        AgingOutOfRange: ageing: threshold 1..31536000 s, boost 1..1000, highest priority
            <= 1000
        LimitOutOfRange: a limit must be 0..1000
    """
    return default_client().call_apply_priority_aging(queue, age_threshold_s, priority_boost, limit)


def call_archive_completed_tasks(
    queue: str | None = None, older_s: int | None = None, limit: int | None = None
) -> ArchiveCompletedTasksRow:
    """Delete finished tasks that are old enough.

    With their history and their results. The maintenance duty of this name does it by
    itself, by the retention_s of each queue. Call it again while it answers with p_limit.

    Args:
        queue: only this queue, NULL = all
        older_s: seconds since they ended, 1..315360000, NULL = as each queue has it
        limit: rows at a time, 1..1000, NULL = 1000

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        RetentionOutOfRange: a retention must be 1..315360000 s, that of dead letters 3600
            s or more
        LimitOutOfRange: a limit must be 0..1000
    """
    return default_client().call_archive_completed_tasks(queue, older_s, limit)


def call_delete_task(task_id: UUID | str) -> DeleteTaskRow:
    """Delete a task that has ended, with all that belongs to it.

    A finished one or a dead letter; what waits or runs is refused: cancel it first.

    Args:
        task_id: id of the task

    Returns one row.

    Raises:
        UuidInvalid: not a UUID
        TaskNotEnded: the task waits or runs: cancel it first
    """
    return default_client().call_delete_task(task_id)


def call_get_maintenance() -> list[GetMaintenanceRow]:
    """Show the maintenance duties: how often, how much, and how it went.

    Returns a list of rows, which may be empty.
    """
    return default_client().call_get_maintenance()


def call_promote_due(limit: int | None = None) -> PromoteDueRow:
    """Move scheduled tasks that are due to where claims find them.

    The maintenance duty of this name does it by itself. Call it again while it answers
    with p_limit.

    Args:
        limit: tasks at a time, 1..1000, NULL = 500

    Returns one row.

    Raises:
        LimitOutOfRange: a limit must be 0..1000
    """
    return default_client().call_promote_due(limit)


def call_recover_expired(limit: int | None = None) -> RecoverExpiredRow:
    """Take back the tasks of leases that ran out.

    A lost lease counts as a crash: the task is ready again at once, or a dead letter when
    it has lost more than max_crashes of its queue. The maintenance duty of this name does
    it by itself. Call it again while it answers with p_limit.

    Args:
        limit: tasks at a time, 1..1000, NULL = 500

    Returns one row.

    Raises:
        LimitOutOfRange: a limit must be 0..1000
    """
    return default_client().call_recover_expired(limit)


def call_set_maintenance(
    duty: str,
    *,
    period_ms: int | None = None,
    batch_limit: int | None = None,
    is_enabled: bool | None = None,
) -> GetMaintenanceRow:
    """Change how often a maintenance duty is done, or switch it off.

    Only the given keys change. Waits while maintenance is at work. With promote_due or
    recover_expired switched off, tasks stay where they are until somebody calls the
    routine of that name or switches the duty on again.

    Args:
        duty: name of the duty, see celers_get_maintenance
        period_ms: milliseconds between two runs, 10..86400000
        batch_limit: rows at a time, 1..1000
        is_enabled: false = switched off

    Returns one row.

    Raises:
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        PeriodOutOfRange: a period must be 10..86400000 ms
        LimitOutOfRange: a limit must be 0..1000
        DutyNotFound: no such maintenance duty
    """
    return default_client().call_set_maintenance(
        duty, period_ms=period_ms, batch_limit=batch_limit, is_enabled=is_enabled
    )


def call_tick() -> list[TickRow]:
    """Do all maintenance that is due now.

    Claims and an event do the same bit by bit. A duty that fills its batch is run again;
    all of it ends after 100 runs at the latest. Inside a transaction of the caller
    nothing is done: maintenance commits its own.

    Returns a list of rows, which may be empty.
    """
    return default_client().call_tick()


def call_get_result(task_id: UUID | str) -> GetResultRow | None:
    """Show the result of a task, if there is one.

    Inside a transaction of the caller the answer may be as old as that transaction's
    snapshot.

    Args:
        task_id: id of the task

    Returns the row, or None where there is none.

    Raises:
        UuidInvalid: not a UUID
    """
    return default_client().call_get_result(task_id)


def call_get_task_progress(task_id: UUID | str) -> GetTaskProgressRow | None:
    """Show how far a task has come, if it told.

    Inside a transaction of the caller the answer may be as old as that transaction's
    snapshot.

    Args:
        task_id: id of the task

    Returns the row, or None where there is none.

    Raises:
        UuidInvalid: not a UUID
    """
    return default_client().call_get_task_progress(task_id)


def call_store_result(
    task_id: UUID | str,
    status: str,
    result: Any = None,
    *,
    error: str | None = None,
    traceback: str | None = None,
    runtime_ms: int | None = None,
) -> StoreResultRow:
    """Keep the result of a task, in place of the one that stands.

    Acknowledgements with a result do this by themselves, and only for the holder of the
    receipt; this asks for no receipt. completed_at is set for SUCCESS, FAILURE and
    REVOKED only.

    Args:
        task_id: id of the task
        status: PENDING, STARTED, SUCCESS, FAILURE, RETRY or REVOKED
        result: JSON text of at most 16 MiB, kept byte for byte, NULL = none
        error: what went wrong; default: none
        traceback: where; default: none
        runtime_ms: milliseconds it ran, 0 or more; default: none

    Returns one row.

    Raises:
        UuidInvalid: not a UUID
        ResultStatusInvalid: PENDING, STARTED, SUCCESS, FAILURE, RETRY or REVOKED
        ResultInvalid: a result must be JSON text of at most 16 MiB
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        TaskNotFound: no such task
    """
    return default_client().call_store_result(
        task_id, status, result, error=error, traceback=traceback, runtime_ms=runtime_ms
    )


def call_update_task_progress(
    task_id: UUID | str,
    receipt: UUID | str,
    percent: float | None = None,
    *,
    step: str | None = None,
    total_steps: int | None = None,
    checkpoint: str | None = None,
) -> UpdateTaskProgressRow:
    """Tell how far a running task has come.

    Only the holder of its receipt may. What is not given stays as it is. All of it
    outlives the attempt, so that the next one finds the checkpoint, and goes when the
    task is deleted.

    Args:
        task_id: id of the task
        receipt: receipt of the claim
        percent: how much of it is done, 0..100, NULL = as it is
        step: what it is at, at most 255 characters = as it is
        total_steps: how many steps it takes, 0..2147483647 = as it is
        checkpoint: JSON text of at most 512 KiB from which the next attempt can go on,
            kept byte for byte = as it is

    Returns one row.

    Raises:
        UuidInvalid: not a UUID
        PercentOutOfRange: a percentage must be 0..100
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        CheckpointInvalid: a checkpoint must be JSON text of at most 512 KiB
        LeaseLost: the lease is not yours any more
        TaskNotFound: no such task
    """
    return default_client().call_update_task_progress(
        task_id, receipt, percent, step=step, total_steps=total_steps, checkpoint=checkpoint
    )


def call_version() -> VersionRow:
    """Tell which schema this is, and what serves it.

    Returns one row.
    """
    return default_client().call_version()


def call_get_statistics(queue: str | None = None) -> list[GetStatisticsRow]:
    """Count tasks by state, one row per queue.

    Finished tasks count as long as their queue keeps them. They are all read: with
    millions of them this takes seconds; celers_queue_size does not look at them.

    Args:
        queue: only this queue, and then exactly one row; NULL = all that have tasks

    Returns a list of rows, which may be empty.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
    """
    return default_client().call_get_statistics(queue)


def call_get_task_latency_percentiles(
    queue: str | None = None, window_s: int | None = None
) -> GetTaskLatencyPercentilesRow:
    """Show how long tasks waited and how long they ran.

    Of tasks that were started and ended within the window, dead letters apart: the newest
    10000 of each queue. Waiting counts from when the last attempt was due to when it was
    started, running from there to the end. A percentile is the nearest rank: the least
    value that the given share of all values does not exceed.

    Args:
        queue: only this queue, NULL = all together
        window_s: seconds to look back, 1..31536000, NULL = 3600

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
        WindowOutOfRange: a span of time must be 1..31536000 s
    """
    return default_client().call_get_task_latency_percentiles(queue, window_s)


def call_get_task_throughput(queue: str | None = None) -> GetTaskThroughputRow:
    """Count what has ended within the last minute and the last hour.

    Read from the tail of an index by time: what is older costs nothing. A dead letter
    that has been requeued since does not count.

    Args:
        queue: only this queue, NULL = all together

    Returns one row.

    Raises:
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
    """
    return default_client().call_get_task_throughput(queue)


def call_list_workers(stale_s: int | None = None) -> list[ListWorkersRow]:
    """List the registered workers, the last heard of first.

    Args:
        stale_s: seconds without a heartbeat after which a worker counts as offline,
            1..31536000, NULL = 60

    Returns a list of rows, which may be empty.

    Raises:
        WindowOutOfRange: a span of time must be 1..31536000 s
    """
    return default_client().call_list_workers(stale_s)


def call_register_worker(
    worker_id: str,
    *,
    queues: str | None = None,
    status: str | None = None,
    capabilities: Any = None,
    hostname: str | None = None,
    pid: int | None = None,
) -> RegisterWorkerRow:
    """Make a worker known, or tell that it has begun anew.

    Nothing depends on it: claims take any worker id. It is what celers_list_workers
    shows, until it is unregistered or was not heard of for seven days.

    Args:
        worker_id: name of the worker, 1..255 characters
        queues: queues it serves, separated by commas, at most 4000 characters; default:
            none
        status: active, idle, busy or offline; default: active
        capabilities: JSON object, at most 64 KiB; default: none
        hostname: where it runs, at most 255 characters; default: none
        pid: its process there; default: none

    Returns one row.

    Raises:
        WorkerIdInvalid: a worker id is 1..255 characters
        OptionsInvalid: options must be a JSON object of at most 1 MiB, or NULL
        UnknownOption: no such option
        OptionInvalid: the value of an option has the wrong type
        WorkerStatusInvalid: a worker is active, idle, busy or offline
        QueueNameInvalid: a queue name is 1..64 characters of [A-Za-z0-9_.:-]
    """
    return default_client().call_register_worker(
        worker_id,
        queues=queues,
        status=status,
        capabilities=capabilities,
        hostname=hostname,
        pid=pid,
    )


def call_unregister_worker(worker_id: str) -> UnregisterWorkerRow:
    """Forget a worker.

    What a worker calls as its last. Its leases are not touched: they end with its tasks,
    or run out. Maintenance forgets the workers that were not heard of for seven days.

    Args:
        worker_id: name of the worker, as registered

    Returns one row.

    Raises:
        WorkerIdInvalid: a worker id is 1..255 characters
    """
    return default_client().call_unregister_worker(worker_id)


def call_update_worker_heartbeat(
    worker_id: str, status: str | None = None
) -> UpdateWorkerHeartbeatRow:
    """Tell that a worker is alive.

    Leases are not touched: celers_extend and celers_step prolong those.

    Args:
        worker_id: name of the worker, as registered
        status: active, idle, busy or offline, NULL = as it is

    Returns one row.

    Raises:
        WorkerStatusInvalid: a worker is active, idle, busy or offline
        WorkerNotFound: no such worker is registered
    """
    return default_client().call_update_worker_heartbeat(worker_id, status)

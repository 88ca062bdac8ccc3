"""One exception class per line of the error catalogue.

Generated from db/errors.tsv by ``python -m tools.gen``: do not edit.
"""

from __future__ import annotations

from pyclient.errors import (
    CelersError,
    Conflict,
    InternalError,
    InvalidArgument,
    NotFound,
    Unavailable,
)

__all__ = [
    "BY_NUMBER",
    "Internal",
    "OptionsInvalid",
    "UnknownOption",
    "OptionInvalid",
    "LimitOutOfRange",
    "ItemsInvalid",
    "UuidInvalid",
    "OptionsContradictory",
    "QueueNameInvalid",
    "TaskNameInvalid",
    "PayloadInvalid",
    "PayloadTooLarge",
    "PriorityOutOfRange",
    "DueOutOfRange",
    "RetriesOutOfRange",
    "RetryPolicyInvalid",
    "TimeoutOutOfRange",
    "ExpiryOutOfRange",
    "HeadersInvalid",
    "ContentTypeInvalid",
    "TaskIdReused",
    "TaskNotFound",
    "WorkerIdInvalid",
    "LeaseOutOfRange",
    "LeaseLost",
    "WaitOutOfRange",
    "ResultInvalid",
    "RequestBusy",
    "RetentionOutOfRange",
    "AgingOutOfRange",
    "StateInvalid",
    "WindowOutOfRange",
    "TaskNotDead",
    "ResultStatusInvalid",
    "PercentOutOfRange",
    "CheckpointInvalid",
    "TaskNotEnded",
    "WorkerNotFound",
    "WorkerStatusInvalid",
    "DutyNotFound",
    "PeriodOutOfRange",
]


class Internal(InternalError):
    """INTERNAL: the error has no entry in the catalogue"""

    number = 50000
    name = "INTERNAL"


class OptionsInvalid(InvalidArgument):
    """OPTIONS_INVALID: options must be a JSON object of at most 1 MiB, or NULL"""

    number = 50001
    name = "OPTIONS_INVALID"


class UnknownOption(InvalidArgument):
    """UNKNOWN_OPTION: no such option"""

    number = 50002
    name = "UNKNOWN_OPTION"


class OptionInvalid(InvalidArgument):
    """OPTION_INVALID: the value of an option has the wrong type"""

    number = 50003
    name = "OPTION_INVALID"


class LimitOutOfRange(InvalidArgument):
    """LIMIT_OUT_OF_RANGE: a limit must be 0..1000"""

    number = 50004
    name = "LIMIT_OUT_OF_RANGE"


class ItemsInvalid(InvalidArgument):
    """ITEMS_INVALID: items must be a JSON array of objects, at most 1000"""

    number = 50005
    name = "ITEMS_INVALID"


class UuidInvalid(InvalidArgument):
    """UUID_INVALID: not a UUID"""

    number = 50006
    name = "UUID_INVALID"


class OptionsContradictory(InvalidArgument):
    """OPTIONS_CONTRADICTORY: these options contradict each other"""

    number = 50007
    name = "OPTIONS_CONTRADICTORY"


class QueueNameInvalid(InvalidArgument):
    """QUEUE_NAME_INVALID: a queue name is 1..64 characters of [A-Za-z0-9_.:-]"""

    number = 50101
    name = "QUEUE_NAME_INVALID"


class TaskNameInvalid(InvalidArgument):
    """TASK_NAME_INVALID: a task name is 1..255 characters"""

    number = 50102
    name = "TASK_NAME_INVALID"


class PayloadInvalid(InvalidArgument):
    """PAYLOAD_INVALID: the payload is not what its content type says"""

    number = 50103
    name = "PAYLOAD_INVALID"


class PayloadTooLarge(InvalidArgument):
    """PAYLOAD_TOO_LARGE: a payload has at most 16 MiB"""

    number = 50104
    name = "PAYLOAD_TOO_LARGE"


class PriorityOutOfRange(InvalidArgument):
    """PRIORITY_OUT_OF_RANGE: a priority must be -32768..32767"""

    number = 50105
    name = "PRIORITY_OUT_OF_RANGE"


class DueOutOfRange(InvalidArgument):
    """DUE_OUT_OF_RANGE: a delay must be 0..315360000 s; give due_at or delay_s, not both"""

    number = 50106
    name = "DUE_OUT_OF_RANGE"


class RetriesOutOfRange(InvalidArgument):
    """RETRIES_OUT_OF_RANGE: max_retries and max_crashes must be 0..1000"""

    number = 50107
    name = "RETRIES_OUT_OF_RANGE"


class RetryPolicyInvalid(InvalidArgument):
    """RETRY_POLICY_INVALID: see celers_enqueue for the keys of a retry policy"""

    number = 50108
    name = "RETRY_POLICY_INVALID"


class TimeoutOutOfRange(InvalidArgument):
    """TIMEOUT_OUT_OF_RANGE: a timeout must be 1..31536000 s"""

    number = 50109
    name = "TIMEOUT_OUT_OF_RANGE"


class ExpiryOutOfRange(InvalidArgument):
    """EXPIRY_OUT_OF_RANGE: expires_s must be above 0 and at most 315360000 s"""

    number = 50110
    name = "EXPIRY_OUT_OF_RANGE"


class HeadersInvalid(InvalidArgument):
    """HEADERS_INVALID: headers must be a JSON object of at most 64 KiB"""

    number = 50111
    name = "HEADERS_INVALID"


class ContentTypeInvalid(InvalidArgument):
    """CONTENT_TYPE_INVALID: a content type is 1..100 characters"""

    number = 50112
    name = "CONTENT_TYPE_INVALID"


class TaskIdReused(Conflict):
    """TASK_ID_REUSED: another task already has this id"""

    number = 50113
    name = "TASK_ID_REUSED"


class TaskNotFound(NotFound):
    """TASK_NOT_FOUND: no such task"""

    number = 50114
    name = "TASK_NOT_FOUND"


class WorkerIdInvalid(InvalidArgument):
    """WORKER_ID_INVALID: a worker id is 1..255 characters"""

    number = 50115
    name = "WORKER_ID_INVALID"


class LeaseOutOfRange(InvalidArgument):
    """LEASE_OUT_OF_RANGE: a lease must be 1..86400 s"""

    number = 50116
    name = "LEASE_OUT_OF_RANGE"


class LeaseLost(Conflict):
    """LEASE_LOST: the lease is not yours any more"""

    number = 50117
    name = "LEASE_LOST"


class WaitOutOfRange(InvalidArgument):
    """WAIT_OUT_OF_RANGE: wait_ms must be 0..2000"""

    number = 50118
    name = "WAIT_OUT_OF_RANGE"


class ResultInvalid(InvalidArgument):
    """RESULT_INVALID: a result must be JSON text of at most 16 MiB"""

    number = 50119
    name = "RESULT_INVALID"


class RequestBusy(Unavailable):
    """REQUEST_BUSY: the same request is being answered just now: call again"""

    number = 50120
    name = "REQUEST_BUSY"


class RetentionOutOfRange(InvalidArgument):
    """RETENTION_OUT_OF_RANGE: a retention must be 1..315360000 s, that of dead letters 3600 s or more"""

    number = 50201
    name = "RETENTION_OUT_OF_RANGE"


class AgingOutOfRange(InvalidArgument):
    """AGING_OUT_OF_RANGE: ageing: threshold 1..31536000 s, boost 1..1000, highest priority <= 1000"""

    number = 50202
    name = "AGING_OUT_OF_RANGE"


class StateInvalid(InvalidArgument):
    """STATE_INVALID: pending, processing, completed, failed, cancelled, expired or dead"""

    number = 50203
    name = "STATE_INVALID"


class WindowOutOfRange(InvalidArgument):
    """WINDOW_OUT_OF_RANGE: a span of time must be 1..31536000 s"""

    number = 50204
    name = "WINDOW_OUT_OF_RANGE"


class TaskNotDead(Conflict):
    """TASK_NOT_DEAD: the task is no dead letter"""

    number = 50301
    name = "TASK_NOT_DEAD"


class ResultStatusInvalid(InvalidArgument):
    """RESULT_STATUS_INVALID: PENDING, STARTED, SUCCESS, FAILURE, RETRY or REVOKED"""

    number = 50302
    name = "RESULT_STATUS_INVALID"


class PercentOutOfRange(InvalidArgument):
    """PERCENT_OUT_OF_RANGE: a percentage must be 0..100"""

    number = 50303
    name = "PERCENT_OUT_OF_RANGE"


class CheckpointInvalid(InvalidArgument):
    """CHECKPOINT_INVALID: a checkpoint must be JSON text of at most 512 KiB"""

    number = 50304
    name = "CHECKPOINT_INVALID"


class TaskNotEnded(Conflict):
    """TASK_NOT_ENDED: the task waits or runs: cancel it first"""

    number = 50305
    name = "TASK_NOT_ENDED"


class WorkerNotFound(NotFound):
    """WORKER_NOT_FOUND: no such worker is registered"""

    number = 50401
    name = "WORKER_NOT_FOUND"


class WorkerStatusInvalid(InvalidArgument):
    """WORKER_STATUS_INVALID: a worker is active, idle, busy or offline"""

    number = 50402
    name = "WORKER_STATUS_INVALID"


class DutyNotFound(NotFound):
    """DUTY_NOT_FOUND: no such maintenance duty"""

    number = 50403
    name = "DUTY_NOT_FOUND"


class PeriodOutOfRange(InvalidArgument):
    """PERIOD_OUT_OF_RANGE: a period must be 10..86400000 ms"""

    number = 50404
    name = "PERIOD_OUT_OF_RANGE"


#: The class of each error number that the routines raise.
BY_NUMBER: dict[int, type[CelersError]] = {
    50000: Internal,
    50001: OptionsInvalid,
    50002: UnknownOption,
    50003: OptionInvalid,
    50004: LimitOutOfRange,
    50005: ItemsInvalid,
    50006: UuidInvalid,
    50007: OptionsContradictory,
    50101: QueueNameInvalid,
    50102: TaskNameInvalid,
    50103: PayloadInvalid,
    50104: PayloadTooLarge,
    50105: PriorityOutOfRange,
    50106: DueOutOfRange,
    50107: RetriesOutOfRange,
    50108: RetryPolicyInvalid,
    50109: TimeoutOutOfRange,
    50110: ExpiryOutOfRange,
    50111: HeadersInvalid,
    50112: ContentTypeInvalid,
    50113: TaskIdReused,
    50114: TaskNotFound,
    50115: WorkerIdInvalid,
    50116: LeaseOutOfRange,
    50117: LeaseLost,
    50118: WaitOutOfRange,
    50119: ResultInvalid,
    50120: RequestBusy,
    50201: RetentionOutOfRange,
    50202: AgingOutOfRange,
    50203: StateInvalid,
    50204: WindowOutOfRange,
    50301: TaskNotDead,
    50302: ResultStatusInvalid,
    50303: PercentOutOfRange,
    50304: CheckpointInvalid,
    50305: TaskNotEnded,
    50401: WorkerNotFound,
    50402: WorkerStatusInvalid,
    50403: DutyNotFound,
    50404: PeriodOutOfRange,
}

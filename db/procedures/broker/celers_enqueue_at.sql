-- celers_enqueue_at: add one task that is due at an instant.
--
-- The same as celers_enqueue with the option due_at.
--
-- Params
--   p_queue      str      queue name, 1..64 characters of [A-Za-z0-9_.:-]
--   p_task_name  str      name the workers know the task by, 1..255 characters
--   p_payload    payload  arguments of the task: JSON text in UTF-8 unless content_type says
--                         otherwise, at most 16 MiB, kept byte for byte
--   p_due_at     datetime  UTC instant before which it is not served
--   p_options    options  JSON object, NULL = all defaults = NULL
-- Options
--   task_id       uuid      UUIDv7 brought by the client; the same id again is the same task = new
--   priority      int       higher is served first, -32768..32767 = 0
--   max_retries   int       retries after the first attempt, 0..1000 = 3
--   retry         json      {"strategy": fixed, linear, exponential or exponential_jitter,
--                           "base_s": 1, "multiplier": 2, "max_s": 300}; see celers_reject = queue
--   timeout_s     int       seconds a worker may run it, 1..31536000 = none
--   expires_s     float     seconds after it is due; not started by then it expires = never
--   headers       json      JSON object handed to the worker with the task, at most 64 KiB = none
--   content_type  str       media type of the payload, 1..100 characters; anything but
--                           application/json and text/plain is bytes = application/json
-- Returns  1 row
--   task_id      uuid      id of the task
--   created      bool      0 when an equal task with this id already stood
--   due_at       datetime  when it is or was due (UTC)
--   state        str       pending, or where a task that already stood is: processing, completed,
--                          failed, cancelled, expired, dead; unknown: younger than the snapshot of
--                          the caller's transaction
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID, PRIORITY_OUT_OF_RANGE,
--          DUE_OUT_OF_RANGE, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, TIMEOUT_OUT_OF_RANGE,
--          EXPIRY_OUT_OF_RANGE, HEADERS_INVALID, CONTENT_TYPE_INVALID, QUEUE_NAME_INVALID,
--          TASK_NAME_INVALID, PAYLOAD_INVALID, PAYLOAD_TOO_LARGE, TASK_ID_REUSED
-- Writes   celers_task, celers_ready, celers_scheduled, celers_expiry
-- Locks    none
-- Roles    producer
-- Example  CALL celers_enqueue_at('mail', 'send', '{"to": "a@b.c"}', '2036-01-01 00:00:00', NULL);
CREATE PROCEDURE celers_enqueue_at (
    IN p_queue VARCHAR(1000),
    IN p_task_name VARCHAR(1000),
    IN p_payload LONGBLOB,
    IN p_due_at VARCHAR(1000),
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'add one task that is due at an instant'
BEGIN
    SET timestamp = DEFAULT;
    CALL _celers_check_options(
        p_options,
        CONCAT(
            '["task_id", "priority", "max_retries", "retry", "timeout_s", "expires_s",',
            ' "headers", "content_type"]'
        )
    );
    IF p_due_at IS NULL THEN
        CALL _celers_raise('DUE_OUT_OF_RANGE', 'NULL');
    END IF;
    CALL celers_enqueue(
        p_queue, p_task_name, p_payload,
        JSON_SET(COALESCE(p_options, '{}'), '$.due_at', p_due_at)
    );
END;

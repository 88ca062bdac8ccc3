-- celers_enqueue: add one task to a queue.
--
-- Inside a transaction of the caller the task is part of it: it exists when the caller commits.
--
-- Params
--   p_queue      str      queue name, 1..64 characters of [A-Za-z0-9_.:-]
--   p_task_name  str      name the workers know the task by, 1..255 characters
--   p_payload    payload  arguments of the task: JSON text in UTF-8 unless content_type says
--                         otherwise, at most 16 MiB, kept byte for byte
--   p_options    options  JSON object, NULL = all defaults = NULL
-- Options
--   task_id       uuid      UUIDv7 brought by the client; the same id again is the same task = new
--   priority      int       higher is served first, -32768..32767 = 0
--   due_at        datetime  UTC instant before which it is not served = now
--   delay_s       float     seconds from now until it is due, instead of due_at, 0..315360000 = 0
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
-- Example  CALL celers_enqueue('mail', 'send', '{"to": "a@b.c"}', '{"priority": 5}');
CREATE PROCEDURE celers_enqueue (
    IN p_queue VARCHAR(1000),
    IN p_task_name VARCHAR(1000),
    IN p_payload LONGBLOB,
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'add one task to a queue'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_id BINARY(16);
    DECLARE v_created BOOLEAN;
    DECLARE v_due_at DATETIME(6);
    DECLARE v_state VARCHAR(20) DEFAULT 'pending';
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    BEGIN
        DECLARE CONTINUE HANDLER FOR 1568 SET v_joined = TRUE;
        SET v_joined = NOT @@autocommit;
        IF NOT v_joined THEN
            SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        END IF;
    END;
    IF v_joined THEN
        SAVEPOINT celers_call;
    ELSE
        START TRANSACTION READ WRITE;
    END IF;
    -- most calls bring nothing but an id; all else, wrong or right, is left to _celers_insert_task,
    -- which costs as much as an insert
    BEGIN
        DECLARE EXIT HANDLER FOR 1062, 1411, 3140, 3141, 3157 SET v_created = NULL;
        SET v_id = UUID_TO_BIN(JSON_VALUE(p_options, '$.task_id'));
        IF
            v_id IS NOT NULL AND JSON_LENGTH(p_options) = 1
            AND p_queue REGEXP '^[A-Za-z0-9_.:-]{1,64}\\z'
            AND CHAR_LENGTH(p_task_name) BETWEEN 1 AND 255
            AND LENGTH(p_payload) <= 16777216
            AND JSON_VALID(CONVERT(p_payload USING utf8mb4))
        THEN
            SET v_due_at = UTC_TIMESTAMP(6);
            INSERT INTO celers_task (
                id, queue, task_name, priority, due_at, created_at, base_priority, payload
            ) VALUES (
                v_id, p_queue, p_task_name, 0, v_due_at, v_due_at, 0,
                CONVERT(p_payload USING utf8mb4)
            );
            INSERT INTO celers_ready (
                queue, priority, due_at, id, ready_at, attempt, errors, crashes
            ) VALUES (p_queue, 0, v_due_at, v_id, v_due_at, 0, 0, 0);
            SET v_created = TRUE;
        END IF;
    END;
    IF v_created IS NULL THEN
        CALL _celers_insert_task(
            p_queue, p_task_name, p_payload, p_options, 0, UTC_TIMESTAMP(6), v_id, v_created,
            v_due_at
        );
        IF NOT v_created THEN
            CALL _celers_find_state(v_id, v_state);
            SET v_state = COALESCE(v_state, 'unknown');
        END IF;
    END IF;
    IF v_joined THEN
        RELEASE SAVEPOINT celers_call;
    ELSE
        COMMIT AND NO CHAIN NO RELEASE;
    END IF;
    SELECT
        BIN_TO_UUID(v_id) AS task_id,
        v_created AS created,
        v_due_at AS due_at,
        v_state AS state;
END;

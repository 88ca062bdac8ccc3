-- celers_enqueue_batch: add many tasks to a queue.
--
-- All of them or none. The order of the batch is the order of service within a priority. A payload
-- given as a JSON string is the text of the payload, kept byte for byte; given as any other JSON
-- value it is stored as the server prints it (1.10 becomes 1.1).
--
-- Params
--   p_queue    str      queue name, 1..64 characters of [A-Za-z0-9_.:-]
--   p_tasks    tasks    JSON array of at most 1000 objects: task_name, payload, or instead of it
--                       payload_base64 for bytes, and any option of celers_enqueue
--   p_options  options  options for all items; those of an item win = NULL
-- Options
--   priority      int       higher is served first, -32768..32767 = 0
--   due_at        datetime  UTC instant before which it is not served = now
--   delay_s       float     seconds from now until it is due, instead of due_at, 0..315360000 = 0
--   max_retries   int       retries after the first attempt, 0..1000 = 3
--   retry         json      retry policy, see celers_enqueue = queue
--   timeout_s     int       seconds a worker may run it, 1..31536000 = none
--   expires_s     float     seconds after it is due; not started by then it expires = never
--   headers       json      JSON object handed to the worker with the task, at most 64 KiB = none
--   content_type  str       media type of the payload = application/json
-- Returns  rows
--   ordinal  int   place in p_tasks, from 1
--   task_id  uuid  id of the task
--   created  bool  0 when an equal task with this id already stood
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID, PRIORITY_OUT_OF_RANGE,
--          DUE_OUT_OF_RANGE, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, TIMEOUT_OUT_OF_RANGE,
--          EXPIRY_OUT_OF_RANGE, HEADERS_INVALID, CONTENT_TYPE_INVALID, QUEUE_NAME_INVALID,
--          TASK_NAME_INVALID, PAYLOAD_INVALID, PAYLOAD_TOO_LARGE, TASK_ID_REUSED, ITEMS_INVALID
-- Writes   celers_task, celers_ready, celers_scheduled, celers_expiry
-- Locks    none
-- Roles    producer
-- Example  CALL celers_enqueue_batch('mail', '[{"task_name": "send", "payload": "{}"}]', NULL);
CREATE PROCEDURE celers_enqueue_batch (
    IN p_queue VARCHAR(1000),
    IN p_tasks LONGTEXT,
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'add many tasks to a queue'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_tasks JSON;
    DECLARE v_blank CHAR(29);
    DECLARE v_ids JSON;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_check_items(p_tasks, v_tasks);
    CALL _celers_begin(v_joined);
    CALL _celers_insert_batch(p_queue, v_tasks, p_options, v_blank);
    IF v_blank IS NULL THEN
        CALL _celers_insert_each(p_queue, v_tasks, p_options, v_ids);
    END IF;
    CALL _celers_commit(v_joined);
    IF v_blank IS NULL THEN
        SELECT
            given.ordinal,
            given.task_id,
            given.created
        FROM JSON_TABLE(v_ids, '$[*]' COLUMNS (
            ordinal FOR ORDINALITY,
            task_id CHAR(36) PATH '$[0]',
            created TINYINT PATH '$[1]'
        )) AS given;
    ELSE
        SELECT
            item.ordinal,
            BIN_TO_UUID(COALESCE(
                UUID_TO_BIN(item.task_id),
                UNHEX(INSERT(v_blank, 14, 0, LPAD(HEX(item.ordinal), 3, '0')))
            )) AS task_id,
            1 AS created
        FROM JSON_TABLE(v_tasks, '$[*]' COLUMNS (
            ordinal FOR ORDINALITY,
            task_id CHAR(36) PATH '$.task_id'
        )) AS item;
    END IF;
END;

-- celers_store_result: keep the result of a task, in place of the one that stands.
--
-- Acknowledgements with a result do this by themselves, and only for the holder of the receipt;
-- this asks for no receipt. completed_at is set for SUCCESS, FAILURE and REVOKED only.
--
-- Params
--   p_task_id  uuid     id of the task
--   p_status   str      PENDING, STARTED, SUCCESS, FAILURE, RETRY or REVOKED
--   p_result   json     JSON text of at most 16 MiB, kept byte for byte, NULL = none = NULL
--   p_options  options  JSON object, NULL = all defaults = NULL
-- Options
--   error       str  what went wrong = none
--   traceback   str  where = none
--   runtime_ms  int  milliseconds it ran, 0 or more = none
-- Returns  1 row
--   task_id       uuid       id of the task
--   status        str        as stored
--   completed_at  datetime?  when it ended (UTC)
-- Errors   UUID_INVALID, RESULT_STATUS_INVALID, RESULT_INVALID, OPTIONS_INVALID, UNKNOWN_OPTION,
--          OPTION_INVALID, TASK_NOT_FOUND
-- Writes   celers_result
-- Locks    celers_result, celers_task
-- Roles    worker
-- Example  CALL celers_store_result('{{task_id}}', 'SUCCESS', '{"sent": 1}', '{"runtime_ms": 12}');
CREATE PROCEDURE celers_store_result (
    IN p_task_id VARCHAR(1000),
    IN p_status VARCHAR(1000),
    IN p_result LONGTEXT,
    IN p_options LONGTEXT
)
MODIFIES SQL DATA
COMMENT 'keep the result of a task, in place of the one that stands'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_id BINARY(16);
    DECLARE v_error LONGTEXT;
    DECLARE v_traceback LONGTEXT;
    DECLARE v_runtime_ms BIGINT;
    DECLARE v_completed_at DATETIME(6);
    DECLARE v_is_known BOOLEAN DEFAULT FALSE;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        CALL _celers_rollback(v_joined);
        RESIGNAL;
    END;

    SET timestamp = DEFAULT;
    CALL _celers_parse_uuid(p_task_id, v_id);
    CALL _celers_check_result(p_status, p_result);
    CALL _celers_check_options(p_options, '["error", "traceback", "runtime_ms"]');
    CALL _celers_result_options(p_options, v_error, v_traceback, v_runtime_ms);
    IF p_status IN ('SUCCESS', 'FAILURE', 'REVOKED') THEN
        SET v_completed_at = UTC_TIMESTAMP(6);
    END IF;
    CALL _celers_begin(v_joined);
    INSERT INTO celers_result (
        id, status, result, error, traceback, runtime_ms, created_at, completed_at
    ) VALUES (
        v_id, p_status, p_result, v_error, v_traceback, v_runtime_ms, UTC_TIMESTAMP(6),
        v_completed_at
    ) ON DUPLICATE KEY UPDATE
        status = p_status,
        result = p_result,
        error = v_error,
        traceback = v_traceback,
        runtime_ms = v_runtime_ms,
        completed_at = v_completed_at;
    -- locked, so that no session deletes the task meanwhile
    SELECT TRUE INTO v_is_known FROM celers_task WHERE id = v_id FOR SHARE;
    IF NOT v_is_known THEN
        CALL _celers_raise('TASK_NOT_FOUND', BIN_TO_UUID(v_id));
    END IF;
    CALL _celers_commit(v_joined);
    SELECT
        BIN_TO_UUID(v_id) AS task_id,
        p_status AS status,
        v_completed_at AS completed_at;
END;

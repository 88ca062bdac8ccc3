-- _celers_task_options: read and check the options of a task to be enqueued.
--
-- Params
--   p_options       str       options of celers_enqueue
--   p_id            bytes     OUT: id brought by the client, or NULL
--   p_priority      int       OUT
--   p_due_at        datetime  OUT: NULL = now
--   p_delay_s       float     OUT: seconds from now, instead of p_due_at
--   p_max_retries   int       OUT: NULL = default of the queue
--   p_timeout_s     int       OUT
--   p_expires_s     float     OUT: seconds after it is due
--   p_content_type  str       OUT: NULL = JSON
--   p_headers       str       OUT
--   p_retry         json      OUT: NULL = default of the queue
-- Writes   none
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID, PRIORITY_OUT_OF_RANGE,
--          DUE_OUT_OF_RANGE, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, TIMEOUT_OUT_OF_RANGE,
--          EXPIRY_OUT_OF_RANGE, HEADERS_INVALID, CONTENT_TYPE_INVALID
CREATE PROCEDURE _celers_task_options (
    IN p_options LONGTEXT,
    OUT p_id BINARY(16),
    OUT p_priority BIGINT,
    OUT p_due_at DATETIME(6),
    OUT p_delay_s DOUBLE,
    OUT p_max_retries BIGINT,
    OUT p_timeout_s BIGINT,
    OUT p_expires_s DOUBLE,
    OUT p_content_type VARCHAR(1000),
    OUT p_headers LONGTEXT,
    OUT p_retry JSON
)
READS SQL DATA
COMMENT 'read and check the options of a task to be enqueued'
BEGIN
    DECLARE v_id VARCHAR(1000);
    DECLARE v_due_at VARCHAR(1000);
    DECLARE v_reason TEXT;
    DECLARE EXIT HANDLER FOR 3156, 1264, 1406, 3666, 3669
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_reason = MESSAGE_TEXT;
        CALL _celers_raise('OPTION_INVALID', REGEXP_SUBSTR(v_reason, 'column [a-z_]+'));
    END;

    CALL _celers_check_options(
        p_options,
        CONCAT(
            '["task_id", "priority", "due_at", "delay_s", "max_retries", "retry", "timeout_s",',
            ' "expires_s", "headers", "content_type"]'
        )
    );
    SELECT
        o.task_id,
        COALESCE(o.priority, 0),
        o.due_at,
        o.delay_s,
        o.max_retries,
        o.timeout_s,
        o.expires_s,
        o.content_type,
        o.headers,
        o.retry
    INTO
        v_id, p_priority, v_due_at, p_delay_s, p_max_retries, p_timeout_s, p_expires_s,
        p_content_type, p_headers, p_retry
    FROM JSON_TABLE(p_options, '$' COLUMNS (
        task_id VARCHAR(1000) PATH '$.task_id' ERROR ON ERROR,
        priority BIGINT PATH '$.priority' ERROR ON ERROR,
        due_at VARCHAR(1000) PATH '$.due_at' ERROR ON ERROR,
        delay_s DOUBLE PATH '$.delay_s' ERROR ON ERROR,
        max_retries BIGINT PATH '$.max_retries' ERROR ON ERROR,
        timeout_s BIGINT PATH '$.timeout_s' ERROR ON ERROR,
        expires_s DOUBLE PATH '$.expires_s' ERROR ON ERROR,
        content_type VARCHAR(1000) PATH '$.content_type' ERROR ON ERROR,
        headers JSON PATH '$.headers' ERROR ON ERROR,
        retry JSON PATH '$.retry' ERROR ON ERROR
    )) AS o;

    IF v_id IS NOT NULL THEN
        CALL _celers_parse_uuid(v_id, p_id);
    END IF;
    IF v_due_at IS NOT NULL THEN
        CALL _celers_parse_instant(v_due_at, p_due_at);
    END IF;
    CALL _celers_check_task_options(
        p_priority, v_due_at, p_delay_s, p_max_retries, p_timeout_s, p_expires_s, p_content_type,
        p_headers, p_retry
    );
END;

-- _celers_task_options: read and check the options of a task but for its id.
--
-- Params
--   p_options       str       options of celers_enqueue
--   p_now           datetime
--   p_priority      int       OUT
--   p_due_at        datetime  OUT
--   p_max_retries   int       OUT: NULL = default of the queue
--   p_timeout_s     int       OUT
--   p_expires_at    datetime  OUT: NULL = never
--   p_content_type  str       OUT: NULL = JSON
--   p_headers       str       OUT
--   p_retry         json      OUT: NULL = default of the queue
-- Writes   none
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, PRIORITY_OUT_OF_RANGE,
--          DUE_OUT_OF_RANGE, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, TIMEOUT_OUT_OF_RANGE,
--          EXPIRY_OUT_OF_RANGE, HEADERS_INVALID, CONTENT_TYPE_INVALID
CREATE PROCEDURE _celers_task_options (
    IN p_options JSON,
    IN p_now DATETIME(6),
    OUT p_priority BIGINT,
    OUT p_due_at DATETIME(6),
    OUT p_max_retries BIGINT,
    OUT p_timeout_s BIGINT,
    OUT p_expires_at DATETIME(6),
    OUT p_content_type VARCHAR(1000),
    OUT p_headers LONGTEXT,
    OUT p_retry JSON
)
READS SQL DATA
COMMENT 'read and check the options of a task but for its id'
BEGIN
    DECLARE v_due_at VARCHAR(1000);
    DECLARE v_delay_s DOUBLE;
    DECLARE v_expires_s DOUBLE;
    DECLARE v_reason TEXT;
    DECLARE EXIT HANDLER FOR 3155, 3156, 1264, 1406, 3666, 3669
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
        p_priority, v_due_at, v_delay_s, p_max_retries, p_timeout_s, v_expires_s, p_content_type,
        p_headers, p_retry
    FROM JSON_TABLE(p_options, '$' COLUMNS (
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
    CALL _celers_check_task_options(
        p_priority, v_due_at, v_delay_s, p_max_retries, p_timeout_s, v_expires_s, p_content_type,
        p_headers, p_retry
    );
    IF v_due_at IS NOT NULL THEN
        CALL _celers_parse_instant(v_due_at, p_due_at);
    END IF;
    SET p_due_at = COALESCE(
        GREATEST(p_due_at, p_now), p_now + INTERVAL ROUND(v_delay_s * 1000000) MICROSECOND, p_now
    );
    -- room for the intervals that are added to it
    IF p_due_at > '9000-01-01' THEN
        CALL _celers_raise('DUE_OUT_OF_RANGE', v_due_at);
    END IF;
    SET p_expires_at = p_due_at + INTERVAL ROUND(v_expires_s * 1000000) MICROSECOND;
END;

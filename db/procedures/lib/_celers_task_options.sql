-- _celers_task_options: read and check the options of a task to be enqueued.
--
-- Params
--   p_options       str       options of celers_enqueue
--   p_now           datetime
--   p_id            bytes     OUT: id brought by the client, or NULL
--   p_priority      int       OUT
--   p_due_at        datetime  OUT
--   p_max_retries   int       OUT: NULL = default of the queue
--   p_timeout_s     int       OUT
--   p_expires_at    datetime  OUT: NULL = never
--   p_content_type  str       OUT: NULL = JSON
--   p_headers       str       OUT
--   p_retry         json      OUT: NULL = default of the queue
-- Writes   none
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, UUID_INVALID, PRIORITY_OUT_OF_RANGE,
--          DUE_OUT_OF_RANGE, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, TIMEOUT_OUT_OF_RANGE,
--          EXPIRY_OUT_OF_RANGE, HEADERS_INVALID, CONTENT_TYPE_INVALID
CREATE PROCEDURE _celers_task_options (
    IN p_options LONGTEXT,
    IN p_now DATETIME(6),
    OUT p_id BINARY(16),
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
COMMENT 'read and check the options of a task to be enqueued'
BEGIN
    DECLARE v_options JSON;
    DECLARE v_id VARCHAR(1000);
    DECLARE EXIT HANDLER FOR 3140, 3141, 3157 CALL _celers_raise('OPTIONS_INVALID', NULL);

    SET v_options = p_options;
    SET v_id = JSON_UNQUOTE(JSON_EXTRACT(v_options, '$.task_id'));
    SET p_priority = 0;
    SET p_due_at = p_now;
    IF IS_UUID(v_id) THEN
        SET p_id = UUID_TO_BIN(v_id);
    ELSEIF v_id IS NOT NULL AND v_id <> 'null' THEN
        CALL _celers_raise('UUID_INVALID', LEFT(v_id, 40));
    END IF;
    -- most calls bring nothing but the id: the rest costs as much as an insert
    IF p_id IS NULL OR JSON_LENGTH(v_options) > 1 THEN
        CALL _celers_rare_options(
            p_options, p_now, p_priority, p_due_at, p_max_retries, p_timeout_s, p_expires_at,
            p_content_type, p_headers, p_retry
        );
    END IF;
END;

-- _celers_batch_options: read and check the options of a whole batch, if they are plain.
--
-- Plain is what says the same of every item: not the media type, which decides what a payload is.
-- What is not JSON is not plain either; the caller's other way calls it by its name.
--
-- Params
--   p_options      str
--   p_now          datetime
--   p_is_plain     bool      OUT: 0 = nothing is read
--   p_priority     int       OUT
--   p_due_at       datetime  OUT
--   p_max_retries  int       OUT: NULL = default of the queue
--   p_timeout_s    int       OUT
--   p_expires_at   datetime  OUT: NULL = never
--   p_headers      json      OUT
--   p_retry        json      OUT: NULL = default of the queue
-- Writes   none
-- Errors   OPTIONS_INVALID, UNKNOWN_OPTION, OPTION_INVALID, PRIORITY_OUT_OF_RANGE,
--          DUE_OUT_OF_RANGE, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID, TIMEOUT_OUT_OF_RANGE,
--          EXPIRY_OUT_OF_RANGE, HEADERS_INVALID, CONTENT_TYPE_INVALID
CREATE PROCEDURE _celers_batch_options (
    IN p_options LONGTEXT,
    IN p_now DATETIME(6),
    OUT p_is_plain BOOLEAN,
    OUT p_priority BIGINT,
    OUT p_due_at DATETIME(6),
    OUT p_max_retries BIGINT,
    OUT p_timeout_s BIGINT,
    OUT p_expires_at DATETIME(6),
    OUT p_headers JSON,
    OUT p_retry JSON
)
READS SQL DATA
COMMENT 'read and check the options of a whole batch, if they are plain'
BEGIN
    DECLARE v_content_type VARCHAR(1000);

    SET p_is_plain = TRUE;
    SET p_priority = 0;
    SET p_due_at = p_now;
    IF p_options IS NOT NULL THEN
        SET p_is_plain = JSON_VALID(p_options);
        IF p_is_plain THEN
            SET p_is_plain = NOT JSON_CONTAINS_PATH(
                p_options, 'one', '$.task_id', '$.content_type'
            );
        END IF;
        IF p_is_plain THEN
            CALL _celers_task_options(
                p_options, p_now, p_priority, p_due_at, p_max_retries, p_timeout_s, p_expires_at,
                v_content_type, p_headers, p_retry
            );
        END IF;
    END IF;
END;

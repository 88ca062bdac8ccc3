-- _celers_check_task_options: refuse option values out of range.
--
-- Params
--   p_priority      int
--   p_due_at        str
--   p_delay_s       float
--   p_max_retries   int
--   p_timeout_s     int
--   p_expires_s     float
--   p_content_type  str
--   p_headers       json
--   p_retry         json
-- Writes   none
-- Errors   PRIORITY_OUT_OF_RANGE, DUE_OUT_OF_RANGE, RETRIES_OUT_OF_RANGE, RETRY_POLICY_INVALID,
--          TIMEOUT_OUT_OF_RANGE, EXPIRY_OUT_OF_RANGE, HEADERS_INVALID, CONTENT_TYPE_INVALID
CREATE PROCEDURE _celers_check_task_options (
    IN p_priority BIGINT,
    IN p_due_at VARCHAR(1000),
    IN p_delay_s DOUBLE,
    IN p_max_retries BIGINT,
    IN p_timeout_s BIGINT,
    IN p_expires_s DOUBLE,
    IN p_content_type VARCHAR(1000),
    IN p_headers LONGTEXT,
    IN p_retry JSON
)
READS SQL DATA
COMMENT 'refuse option values out of range'
BEGIN
    DECLARE v_type VARCHAR(20);

    IF p_priority NOT BETWEEN -32768 AND 32767 THEN
        CALL _celers_raise('PRIORITY_OUT_OF_RANGE', p_priority);
    END IF;
    IF (
        p_delay_s NOT BETWEEN 0 AND 315360000
        OR (p_delay_s IS NOT NULL AND p_due_at IS NOT NULL)
    ) THEN
        CALL _celers_raise('DUE_OUT_OF_RANGE', p_delay_s);
    END IF;
    IF p_max_retries NOT BETWEEN 0 AND 1000 THEN
        CALL _celers_raise('RETRIES_OUT_OF_RANGE', p_max_retries);
    END IF;
    IF p_timeout_s NOT BETWEEN 1 AND 31536000 THEN
        CALL _celers_raise('TIMEOUT_OUT_OF_RANGE', p_timeout_s);
    END IF;
    IF p_expires_s <= 0 OR p_expires_s > 315360000 THEN
        CALL _celers_raise('EXPIRY_OUT_OF_RANGE', p_expires_s);
    END IF;
    IF CHAR_LENGTH(p_content_type) NOT BETWEEN 1 AND 100 THEN
        CALL _celers_raise('CONTENT_TYPE_INVALID', LEFT(p_content_type, 40));
    END IF;
    IF p_headers IS NOT NULL THEN
        SET v_type = JSON_TYPE(p_headers);
        IF LENGTH(p_headers) > 65536 OR v_type <> 'OBJECT' THEN
            CALL _celers_raise('HEADERS_INVALID', NULL);
        END IF;
    END IF;
    IF p_retry IS NOT NULL THEN
        CALL _celers_check_retry(p_retry);
    END IF;
END;

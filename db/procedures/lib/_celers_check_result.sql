-- _celers_check_result: refuse a bad status or result of a task.
--
-- Params
--   p_status  str  INOUT: becomes upper case
--   p_result  str  NULL passes
-- Writes   none
-- Errors   RESULT_STATUS_INVALID, RESULT_INVALID
CREATE PROCEDURE _celers_check_result (
    INOUT p_status VARCHAR(1000),
    IN p_result LONGTEXT
)
READS SQL DATA
COMMENT 'refuse a bad status or result of a task'
BEGIN
    -- deeper than 100 levels
    DECLARE EXIT HANDLER FOR 3157 CALL _celers_raise('RESULT_INVALID', 'too deep');

    SET p_status = UPPER(p_status);
    IF COALESCE(
        p_status NOT IN ('PENDING', 'STARTED', 'SUCCESS', 'FAILURE', 'RETRY', 'REVOKED'), TRUE
    ) THEN
        CALL _celers_raise('RESULT_STATUS_INVALID', LEFT(p_status, 40));
    END IF;
    IF LENGTH(p_result) > 16777216 OR NOT JSON_VALID(p_result) THEN
        CALL _celers_raise('RESULT_INVALID', CONCAT(LENGTH(p_result), ' bytes'));
    END IF;
END;

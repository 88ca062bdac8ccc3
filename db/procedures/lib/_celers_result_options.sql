-- _celers_result_options: read and check what comes with a result.
--
-- Params
--   p_options     str
--   p_error       str  OUT
--   p_traceback   str  OUT
--   p_runtime_ms  int  OUT
-- Writes   none
-- Errors   OPTION_INVALID
CREATE PROCEDURE _celers_result_options (
    IN p_options LONGTEXT,
    OUT p_error LONGTEXT,
    OUT p_traceback LONGTEXT,
    OUT p_runtime_ms BIGINT
)
READS SQL DATA
COMMENT 'read and check what comes with a result'
BEGIN
    DECLARE EXIT HANDLER FOR 3155, 3156, 1264, 1406, 3666, 3669
        CALL _celers_raise('OPTION_INVALID', 'error, traceback, runtime_ms');

    SELECT
        o.error,
        o.traceback,
        o.runtime_ms
    INTO p_error, p_traceback, p_runtime_ms
    FROM JSON_TABLE(COALESCE(p_options, '{}'), '$' COLUMNS (
        error LONGTEXT PATH '$.error' ERROR ON ERROR,
        traceback LONGTEXT PATH '$.traceback' ERROR ON ERROR,
        runtime_ms BIGINT PATH '$.runtime_ms' ERROR ON ERROR
    )) AS o;
    IF p_runtime_ms < 0 THEN
        CALL _celers_raise('OPTION_INVALID', 'runtime_ms');
    END IF;
END;

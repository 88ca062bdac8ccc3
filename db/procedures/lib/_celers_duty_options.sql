-- _celers_duty_options: read and check the settings of a maintenance duty.
--
-- Params
--   p_options      str
--   p_period_ms    int   OUT: NULL = not given
--   p_limit        int   OUT: NULL = not given
--   p_is_enabled   bool  OUT: NULL = not given
-- Writes   none
-- Errors   OPTION_INVALID, PERIOD_OUT_OF_RANGE, LIMIT_OUT_OF_RANGE
CREATE PROCEDURE _celers_duty_options (
    IN p_options LONGTEXT,
    OUT p_period_ms BIGINT,
    OUT p_limit BIGINT,
    OUT p_is_enabled BOOLEAN
)
READS SQL DATA
COMMENT 'read and check the settings of a maintenance duty'
BEGIN
    DECLARE EXIT HANDLER FOR 3155, 3156, 1264, 1406, 3666, 3669
        CALL _celers_raise('OPTION_INVALID', 'period_ms, batch_limit, is_enabled');

    SELECT
        o.period_ms,
        o.batch_limit,
        o.is_enabled
    INTO p_period_ms, p_limit, p_is_enabled
    FROM JSON_TABLE(COALESCE(p_options, '{}'), '$' COLUMNS (
        period_ms BIGINT PATH '$.period_ms' ERROR ON ERROR,
        batch_limit BIGINT PATH '$.batch_limit' ERROR ON ERROR,
        is_enabled BOOLEAN PATH '$.is_enabled' ERROR ON ERROR
    )) AS o;
    IF p_period_ms NOT BETWEEN 10 AND 86400000 THEN
        CALL _celers_raise('PERIOD_OUT_OF_RANGE', p_period_ms);
    END IF;
    IF p_limit NOT BETWEEN 1 AND 1000 THEN
        CALL _celers_raise('LIMIT_OUT_OF_RANGE', p_limit);
    END IF;
END;

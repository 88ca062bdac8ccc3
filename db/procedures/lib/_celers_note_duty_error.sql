-- _celers_note_duty_error: write down why a duty failed, and put it off by its period.
--
-- Params
--   p_duty   str
--   p_error  str
-- Writes   celers_maintenance
-- Errors   none
CREATE PROCEDURE _celers_note_duty_error (
    IN p_duty VARCHAR(64),
    IN p_error TEXT
)
MODIFIES SQL DATA
COMMENT 'write down why a duty failed, and put it off by its period'
BEGIN
    UPDATE celers_maintenance
    SET
        next_at = UTC_TIMESTAMP(6) + INTERVAL period_ms * 1000 MICROSECOND,
        last_error = LEFT(p_error, 512),
        last_error_at = UTC_TIMESTAMP(6)
    WHERE duty = p_duty;
END;

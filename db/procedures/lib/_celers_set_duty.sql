-- _celers_set_duty: change the settings of a maintenance duty.
--
-- Locks the guard, so that no duty runs meanwhile; and claims learn from it when the next is due.
--
-- Params
--   p_duty        str
--   p_period_ms   int   NULL = as it is, like the others
--   p_limit       int
--   p_is_enabled  bool
-- Writes   celers_upkeep, celers_maintenance
-- Errors   DUTY_NOT_FOUND
CREATE PROCEDURE _celers_set_duty (
    IN p_duty VARCHAR(1000),
    IN p_period_ms INT,
    IN p_limit INT,
    IN p_is_enabled BOOLEAN
)
MODIFIES SQL DATA
COMMENT 'change the settings of a maintenance duty'
BEGIN
    DECLARE v_next_at DATETIME(6);
    DECLARE v_is_known BOOLEAN DEFAULT FALSE;

    SELECT next_at INTO v_next_at
    FROM celers_upkeep
    WHERE guard = 1
    FOR UPDATE;
    SELECT TRUE INTO v_is_known
    FROM celers_maintenance
    WHERE duty = p_duty
    FOR UPDATE;
    IF NOT v_is_known THEN
        CALL _celers_raise('DUTY_NOT_FOUND', LEFT(p_duty, 40));
    END IF;
    UPDATE celers_maintenance
    SET
        next_at = LEAST(
            next_at, UTC_TIMESTAMP(6) + INTERVAL COALESCE(p_period_ms, period_ms) * 1000 MICROSECOND
        ),
        period_ms = COALESCE(p_period_ms, period_ms),
        batch_limit = COALESCE(p_limit, batch_limit),
        is_enabled = COALESCE(p_is_enabled, is_enabled)
    WHERE duty = p_duty;
    SELECT LEAST(v_next_at, next_at) INTO v_next_at
    FROM celers_maintenance
    WHERE duty = p_duty
    FOR UPDATE;
    UPDATE celers_upkeep SET next_at = v_next_at WHERE guard = 1;
END;

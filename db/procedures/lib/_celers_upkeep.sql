-- _celers_upkeep: do the maintenance duty that has been due longest, if there is one.
--
-- Claims call it, so that nothing depends on the event scheduler. One duty at a time bounds what
-- a claim can be slowed by. Inside a caller's transaction it does nothing.
--
-- Writes   celers_maintenance, celers_ready, celers_scheduled, celers_running, celers_claim,
--          celers_task, celers_attempt, celers_dead, celers_finished, celers_expiry, celers_mark,
--          celers_result
-- Errors   none
CREATE PROCEDURE _celers_upkeep ()
MODIFIES SQL DATA
COMMENT 'do the maintenance duty that has been due longest, if there is one'
BEGIN
    DECLARE v_duty VARCHAR(64);
    DECLARE v_count INT;

    SELECT duty INTO v_duty
    FROM celers_maintenance
    WHERE is_enabled AND next_at <= UTC_TIMESTAMP(6)
    ORDER BY next_at
    LIMIT 1;
    IF v_duty IS NOT NULL THEN
        CALL _celers_run_duty(v_duty, v_count);
    END IF;
END;

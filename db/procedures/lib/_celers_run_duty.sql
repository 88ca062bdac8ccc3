-- _celers_run_duty: do one maintenance duty, if it is due and nobody else is at it.
--
-- The duty's row is locked for the time of the work and written in the same transaction: a crash
-- leaves the duty due. A duty that filled its batch is due again at once. An error is written to
-- the row, where celers doctor and the view celers_duties show it: it must not fail a claim.
--
-- Params
--   p_duty   str  name in celers_maintenance
--   p_count  int  OUT: rows moved; NULL when it did not run
-- Writes   celers_maintenance, celers_ready, celers_scheduled, celers_running, celers_claim,
--          celers_task, celers_attempt, celers_dead, celers_finished, celers_expiry, celers_mark,
--          celers_result
-- Errors   none
CREATE PROCEDURE _celers_run_duty (
    IN p_duty VARCHAR(64),
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'do one maintenance duty, if it is due and nobody else is at it'
whole: BEGIN
    DECLARE v_started_at DATETIME(6) DEFAULT SYSDATE(6);
    DECLARE v_limit INT;
    DECLARE v_mark_at DATETIME(6);
    DECLARE v_error TEXT;
    DECLARE EXIT HANDLER FOR 1568 SET p_count = NULL;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_error = MESSAGE_TEXT;
        ROLLBACK AND NO CHAIN NO RELEASE;
        UPDATE celers_maintenance
        SET
            next_at = UTC_TIMESTAMP(6) + INTERVAL period_ms * 1000 MICROSECOND,
            last_error = LEFT(v_error, 512),
            last_error_at = UTC_TIMESTAMP(6)
        WHERE duty = p_duty;
    END;

    IF NOT @@autocommit THEN
        LEAVE whole;
    END IF;
    -- the marks must see what is not committed yet
    IF p_duty IN ('advance_marks', 'sweep_marks') THEN
        SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;
    ELSE
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    END IF;
    START TRANSACTION READ WRITE;
    SELECT batch_limit, mark_at INTO v_limit, v_mark_at
    FROM celers_maintenance
    WHERE duty = p_duty AND is_enabled AND next_at <= UTC_TIMESTAMP(6)
    FOR UPDATE SKIP LOCKED;
    IF v_limit IS NOT NULL THEN
        CALL _celers_do_duty(p_duty, v_limit, v_mark_at, p_count);
        UPDATE celers_maintenance
        SET
            next_at = UTC_TIMESTAMP(6) + INTERVAL IF(p_count >= v_limit, 0, GREATEST(
                period_ms * 1000,
                -- a sweep walks dead rows: it may cost one hundredth of the time
                IF(duty = 'sweep_marks', 100, 0)
                * TIMESTAMPDIFF(MICROSECOND, v_started_at, SYSDATE(6))
            )) MICROSECOND,
            mark_at = v_mark_at,
            last_at = UTC_TIMESTAMP(6),
            last_count = p_count,
            last_ms = TIMESTAMPDIFF(MICROSECOND, v_started_at, SYSDATE(6)) / 1000
        WHERE duty = p_duty;
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;
END;

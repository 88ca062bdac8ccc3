-- _celers_run_duty: do the maintenance duty that has been due longest.
--
-- The guard is locked for the time of the work and everything is written in one transaction: a
-- crash leaves the duty due. Nobody waits for the guard. A duty that filled its batch is due again
-- at once. An error is written to the duty's row, where the view celers_duties shows it: it must
-- not fail a claim. READ UNCOMMITTED, because the low-water marks must see what is not committed
-- yet; whatever a duty moves it has locked before. But a deadline is dropped only when its task has
-- left for good: READ COMMITTED.
--
-- A caller that does all that is due, a pass, hands the duties that found nothing to its next call.
-- They are written down with the next that did, or when nothing else is due; and once there
-- is one, others join it that are due within a quarter of their period. An idle system commits once
-- in a pass.
--
-- Params
--   p_quiet    json  INOUT: object with the milliseconds of each duty of this pass that found
--                    nothing and is not written down yet; NULL = no pass
--   p_is_last  bool  write down what it finds, for there may be no next call
--   p_duty     str   OUT: what was done; NULL = nothing due, somebody else at it, or a caller's
--                    transaction
--   p_count    int   OUT: rows moved
-- Writes   celers_upkeep, celers_maintenance, celers_ready, celers_scheduled, celers_running,
--          celers_claim, celers_task, celers_worker, celers_attempt, celers_dead, celers_finished,
--          celers_expiry, celers_mark, celers_result, celers_progress
-- Errors   none
CREATE PROCEDURE _celers_run_duty (
    INOUT p_quiet JSON,
    IN p_is_last BOOLEAN,
    OUT p_duty VARCHAR(64),
    OUT p_count INT
)
MODIFIES SQL DATA
COMMENT 'do the maintenance duty that has been due longest'
whole: BEGIN
    DECLARE v_started_at DATETIME(6) DEFAULT SYSDATE(6);
    DECLARE v_is_expiry BOOLEAN DEFAULT FALSE;
    DECLARE v_is_mine BOOLEAN DEFAULT FALSE;
    DECLARE v_is_noted BOOLEAN DEFAULT TRUE;
    DECLARE v_early DECIMAL(2, 2) DEFAULT IF(JSON_LENGTH(p_quiet) > 0, 0.25, 0);
    DECLARE v_period_ms BIGINT;
    DECLARE v_took_us BIGINT;
    DECLARE v_limit INT;
    DECLARE v_mark_at DATETIME(6);
    DECLARE v_mark_id BINARY(16);
    DECLARE v_error TEXT;
    DECLARE EXIT HANDLER FOR 1568 SET p_duty = NULL;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        GET DIAGNOSTICS CONDITION 1 v_error = MESSAGE_TEXT;
        ROLLBACK AND NO CHAIN NO RELEASE;
        CALL _celers_note_duty_error(p_duty, v_error);
    END;

    IF NOT @@autocommit THEN
        LEAVE whole;
    END IF;
    SELECT duty = 'expire_pending' INTO v_is_expiry
    FROM celers_maintenance
    WHERE
        is_enabled
        AND next_at <= UTC_TIMESTAMP(6) + INTERVAL v_early * period_ms * 1000 MICROSECOND
        AND NOT COALESCE(JSON_CONTAINS_PATH(p_quiet, 'one', CONCAT('$.', duty)), FALSE)
    ORDER BY next_at
    LIMIT 1;
    IF v_is_expiry THEN
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    ELSE
        SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED;
    END IF;
    START TRANSACTION READ WRITE;
    SELECT TRUE INTO v_is_mine
    FROM celers_upkeep
    WHERE guard = 1
    FOR UPDATE SKIP LOCKED;
    IF v_is_mine THEN
        SELECT
            duty,
            period_ms,
            batch_limit,
            mark_at,
            mark_id
        INTO p_duty, v_period_ms, v_limit, v_mark_at, v_mark_id
        FROM celers_maintenance
        WHERE
            is_enabled
            AND next_at <= UTC_TIMESTAMP(6) + INTERVAL v_early * period_ms * 1000 MICROSECOND
            -- another session may have done meanwhile what was due first
            AND (duty = 'expire_pending') = v_is_expiry
            AND NOT COALESCE(JSON_CONTAINS_PATH(p_quiet, 'one', CONCAT('$.', duty)), FALSE)
        ORDER BY next_at
        LIMIT 1;
        IF p_duty IS NOT NULL THEN
            CALL _celers_do_duty(p_duty, v_limit, v_mark_at, v_mark_id, p_count);
            SET v_took_us = TIMESTAMPDIFF(MICROSECOND, v_started_at, SYSDATE(6));
            IF p_count = 0 AND NOT p_is_last AND v_took_us <= 10 * v_period_ms THEN
                SET p_quiet = JSON_SET(p_quiet, CONCAT('$.', p_duty), v_took_us / 1000);
                SET v_is_noted = FALSE;
            ELSE
                CALL _celers_note_duty(p_duty, p_count, v_mark_at, v_mark_id, v_took_us);
            END IF;
            SET p_count = COALESCE(p_count, 0);
        END IF;
        IF v_is_noted THEN
            IF JSON_LENGTH(p_quiet) > 0 THEN
                CALL _celers_note_quiet(p_quiet);
            END IF;
            CALL _celers_note_next();
        END IF;
    END IF;
    COMMIT AND NO CHAIN NO RELEASE;
END;

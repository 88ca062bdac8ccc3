-- _celers_event_upkeep: do all maintenance that is due, for the event scheduler.
--
-- At most 100 runs: what is left is done a second later.
--
-- Writes   celers_upkeep, celers_maintenance, celers_ready, celers_scheduled, celers_running,
--          celers_claim, celers_task, celers_worker, celers_attempt, celers_dead, celers_finished,
--          celers_expiry, celers_mark, celers_result, celers_progress
-- Errors   none
CREATE PROCEDURE _celers_event_upkeep ()
MODIFIES SQL DATA
COMMENT 'do all maintenance that is due, for the event scheduler'
BEGIN
    DECLARE v_quiet JSON DEFAULT JSON_OBJECT();
    DECLARE v_duty VARCHAR(64);
    DECLARE v_count INT;
    DECLARE v_runs INT DEFAULT 0;

    REPEAT
        CALL _celers_run_duty(v_quiet, FALSE, v_duty, v_count);
        SET v_runs = v_runs + 1;
    UNTIL v_duty IS NULL OR v_runs >= 100 END REPEAT;
END;

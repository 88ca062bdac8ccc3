-- celers_tick: do all maintenance that is due now.
--
-- Claims and an event do the same bit by bit. A duty that fills its batch is run again; all of it
-- ends after 100 runs at the latest. Inside a transaction of the caller nothing is done:
-- maintenance commits its own.
--
-- Params
-- Returns  rows
--   duty       str  name of the duty
--   outcome    str  done; failed, see celers_get_maintenance; not_due, also when another session
--                   was at it; disabled; in_transaction: nothing was done
--   runs       int  how often it ran
--   row_count  int  rows it moved
-- Errors   none
-- Writes   celers_upkeep, celers_maintenance, celers_ready, celers_scheduled, celers_running,
--          celers_claim, celers_task, celers_worker, celers_attempt, celers_dead, celers_finished,
--          celers_expiry, celers_mark, celers_result, celers_progress
-- Roles    worker
-- Example  CALL celers_tick();
CREATE PROCEDURE celers_tick ()
MODIFIES SQL DATA
COMMENT 'do all maintenance that is due now'
BEGIN
    DECLARE v_joined BOOLEAN;
    DECLARE v_quiet JSON DEFAULT JSON_OBJECT();
    DECLARE v_duty VARCHAR(64);
    DECLARE v_count INT;
    DECLARE v_done JSON DEFAULT JSON_ARRAY();

    SET timestamp = DEFAULT;
    CALL _celers_begin(v_joined);
    CALL _celers_commit(v_joined);
    IF NOT v_joined THEN
        REPEAT
            CALL _celers_run_duty(v_quiet, FALSE, v_duty, v_count);
            SET v_done = JSON_ARRAY_APPEND(v_done, '$', JSON_ARRAY(v_duty, v_count));
        UNTIL v_duty IS NULL OR JSON_LENGTH(v_done) >= 100 END REPEAT;
    END IF;
    SELECT
        m.duty,
        CASE
            WHEN v_joined THEN 'in_transaction'
            WHEN NOT m.is_enabled THEN 'disabled'
            WHEN COUNT(did.duty) = 0 THEN 'not_due'
            WHEN COUNT(did.duty) > COUNT(did.row_count) THEN 'failed'
            ELSE 'done'
        END AS outcome,
        COUNT(did.duty) AS runs,
        CAST(COALESCE(SUM(did.row_count), 0) AS SIGNED) AS row_count
    FROM celers_maintenance AS m
    LEFT JOIN JSON_TABLE(v_done, '$[*]' COLUMNS (
        duty VARCHAR(64) PATH '$[0]',
        row_count BIGINT PATH '$[1]'
    )) AS did ON did.duty = m.duty
    GROUP BY m.duty, m.is_enabled
    ORDER BY m.duty;
END;

-- _celers_reject_items: end attempts that failed.
--
-- Params
--   p_items  json  array of {"task_id", "receipt", "error", …}, see _celers_judge
-- Writes   celers_attempt, celers_dead, celers_finished, celers_scheduled, celers_ready,
--          celers_task, celers_running
-- Errors   ITEMS_INVALID, DUE_OUT_OF_RANGE
CREATE PROCEDURE _celers_reject_items (
    IN p_items JSON
)
MODIFIES SQL DATA
COMMENT 'end attempts that failed'
BEGIN
    DECLARE v_verdicts JSON;

    CALL _celers_judge(p_items, v_verdicts);
    IF EXISTS (
        SELECT 1
        FROM JSON_TABLE(v_verdicts, '$[*]' COLUMNS (delay_us DOUBLE PATH '$.delay_us')) AS v
        WHERE v.delay_us NOT BETWEEN 0 AND 315360000000000
    ) THEN
        CALL _celers_raise('DUE_OUT_OF_RANGE', 'delay_s');
    END IF;
    IF v_verdicts IS NOT NULL THEN
        CALL _celers_end_attempts(v_verdicts, UTC_TIMESTAMP(6));
    END IF;
END;

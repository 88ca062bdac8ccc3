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

    IF EXISTS (
        SELECT 1
        FROM JSON_TABLE(p_items, '$[*]' COLUMNS (
            item JSON PATH '$',
            task_id INT EXISTS PATH '$.task_id',
            receipt INT EXISTS PATH '$.receipt',
            error INT EXISTS PATH '$.error',
            is_retried INT EXISTS PATH '$.retry',
            delay_s INT EXISTS PATH '$.delay_s',
            is_released INT EXISTS PATH '$.release',
            is_dead_letter INT EXISTS PATH '$.dead_letter'
        )) AS i
        WHERE
            JSON_LENGTH(i.item) > i.task_id + i.receipt + i.error + i.is_retried + i.delay_s
            + i.is_released + i.is_dead_letter
    ) THEN
        CALL _celers_raise('ITEMS_INVALID', 'a key that is not known');
    END IF;
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

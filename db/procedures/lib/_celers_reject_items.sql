-- _celers_reject_items: end attempts that failed.
--
-- Params
--   p_items  json  array of {"task_id", "receipt", "error", …}, see _celers_judge
-- Writes   celers_attempt, celers_dead, celers_finished, celers_scheduled, celers_ready,
--          celers_task, celers_running
-- Errors   ITEMS_INVALID, OPTIONS_CONTRADICTORY, DUE_OUT_OF_RANGE
CREATE PROCEDURE _celers_reject_items (
    IN p_items JSON
)
MODIFIES SQL DATA
COMMENT 'end attempts that failed'
BEGIN
    DECLARE v_verdicts JSON;
    DECLARE v_has_unknown BOOLEAN;
    DECLARE v_has_contradiction BOOLEAN;

    -- what has the wrong type is left to the judge
    SELECT
        MAX(
            JSON_LENGTH(i.item) > i.has_task_id + i.has_receipt + i.has_error + i.has_retry
            + i.has_delay + i.has_release + i.has_dead_letter + i.has_cancel
        ),
        MAX(i.is_cancelled AND (COALESCE(i.is_released, FALSE) OR i.delay_s IS NOT NULL))
    INTO v_has_unknown, v_has_contradiction
    FROM JSON_TABLE(p_items, '$[*]' COLUMNS (
        item JSON PATH '$',
        has_task_id INT EXISTS PATH '$.task_id',
        has_receipt INT EXISTS PATH '$.receipt',
        has_error INT EXISTS PATH '$.error',
        has_retry INT EXISTS PATH '$.retry',
        has_delay INT EXISTS PATH '$.delay_s',
        has_release INT EXISTS PATH '$.release',
        has_dead_letter INT EXISTS PATH '$.dead_letter',
        has_cancel INT EXISTS PATH '$.cancel',
        is_cancelled BOOLEAN PATH '$.cancel' NULL ON ERROR,
        is_released BOOLEAN PATH '$.release' NULL ON ERROR,
        delay_s DOUBLE PATH '$.delay_s' NULL ON ERROR
    )) AS i;
    IF v_has_unknown THEN
        CALL _celers_raise('ITEMS_INVALID', 'a key that is not known');
    END IF;
    IF v_has_contradiction THEN
        CALL _celers_raise('OPTIONS_CONTRADICTORY', 'cancel with release or delay_s');
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

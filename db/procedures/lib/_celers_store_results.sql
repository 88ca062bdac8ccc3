-- _celers_store_results: keep the results that came with acknowledgements.
--
-- Called before the tasks leave celers_running: only the holder of a receipt stores a result.
--
-- Params
--   p_items  json      array of {"task_id", "receipt", "result": JSON text}
--   p_now    datetime
-- Writes   celers_result
-- Errors   RESULT_INVALID
CREATE PROCEDURE _celers_store_results (
    IN p_items JSON,
    IN p_now DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'keep the results that came with acknowledgements'
BEGIN
    DECLARE EXIT HANDLER FOR 3666, 3819 CALL _celers_raise('RESULT_INVALID', NULL);

    INSERT INTO celers_result (
        id, status, result, runtime_ms, created_at, completed_at
    )
    SELECT
        u.id,
        'SUCCESS',
        -- '' is no JSON: the check refuses what is too long
        IF(LENGTH(item.result) <= 16777216, item.result, ''),
        TIMESTAMPDIFF(MICROSECOND, u.claimed_at, p_now) DIV 1000,
        p_now,
        p_now
    FROM JSON_TABLE(p_items, '$[*]' COLUMNS (
        task_id CHAR(36) PATH '$.task_id',
        receipt CHAR(36) PATH '$.receipt',
        result LONGTEXT PATH '$.result' ERROR ON ERROR
    )) AS item
    STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY)
        ON u.claim_id = UUID_TO_BIN(item.receipt) AND u.id = UUID_TO_BIN(item.task_id)
    WHERE item.result IS NOT NULL
    -- of two sessions with the same results one waits for the other
    ORDER BY u.claim_id, u.id
    ON DUPLICATE KEY UPDATE
        status = 'SUCCESS',
        result = IF(LENGTH(item.result) <= 16777216, item.result, ''),
        runtime_ms = TIMESTAMPDIFF(MICROSECOND, u.claimed_at, p_now) DIV 1000,
        error = NULL,
        traceback = NULL,
        completed_at = p_now;
END;

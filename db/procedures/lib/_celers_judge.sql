-- _celers_judge: decide what becomes of attempts that failed.
--
-- The one place that computes backoff, n = errors before this one: fixed base_s; linear
-- base_s * (n + 1), capped by max_s; exponential min(base_s * multiplier^n, max_s);
-- exponential_jitter the same less a random part of up to a quarter. max_retries errors are
-- retried, the next one is a dead letter. Locks the running rows in the order of their ids.
--
-- Params
--   p_items     json  array of {"task_id", "receipt", "error", "delay_s", "retry": false =
--                     permanent, "release": true = give back without counting, "dead_letter":
--                     false = state failed, "cancel": true = state cancelled}
--   p_verdicts  json  OUT: for _celers_end_attempts; items whose receipt holds nothing are left out
-- Writes   none
-- Errors   ITEMS_INVALID
CREATE PROCEDURE _celers_judge (
    IN p_items JSON,
    OUT p_verdicts JSON
)
READS SQL DATA
COMMENT 'decide what becomes of attempts that failed'
BEGIN
    DECLARE EXIT HANDLER FOR 1411, 3155, 3156, 3665, 3666, 1264, 1406
        CALL _celers_raise('ITEMS_INVALID', 'task_id, receipt, error, retry, delay_s');

    SELECT JSON_ARRAYAGG(JSON_OBJECT(
        'id', given.task_id,
        'receipt', given.receipt,
        'outcome', CASE
            WHEN u.cancel_requested_at IS NOT NULL OR given.is_cancelled THEN 'cancelled'
            WHEN given.is_released THEN 'released'
            WHEN
                given.is_retried
                AND u.errors < COALESCE(t.max_retries, q.max_retries, d.max_retries) THEN 'retried'
            WHEN given.is_dead_letter THEN 'dead'
            ELSE 'failed'
        END,
        'reason', IF(given.is_retried, 'exhausted', 'permanent'),
        'delay_us', ROUND(1000000 * COALESCE(given.delay_s, IF(given.is_released, 0, CASE
            WHEN policy.strategy = 'fixed' THEN policy.base_s
            WHEN policy.strategy = 'linear' THEN LEAST(policy.base_s * (u.errors + 1), policy.max_s)
            ELSE (1 - IF(policy.strategy = 'exponential', 0, 0.25) * RAND()) * LEAST(
                policy.base_s * POW(policy.multiplier, LEAST(u.errors, 100)), policy.max_s
            )
        END))),
        'error', COALESCE(
            CONCAT(u.cancel_reason, '\n', given.error), u.cancel_reason, given.error
        )
    )) INTO p_verdicts
    FROM (
        SELECT
            item.task_id,
            item.receipt,
            item.error,
            item.delay_s,
            COALESCE(item.is_retried, TRUE) AS is_retried,
            COALESCE(item.is_released, FALSE) AS is_released,
            COALESCE(item.is_dead_letter, TRUE) AS is_dead_letter,
            COALESCE(item.is_cancelled, FALSE) AS is_cancelled,
            -- the first of several rejects of the same attempt counts
            ROW_NUMBER() OVER (
                PARTITION BY UUID_TO_BIN(item.task_id), UUID_TO_BIN(item.receipt)
                ORDER BY item.ordinal
            ) AS nth
        FROM JSON_TABLE(p_items, '$[*]' COLUMNS (
            ordinal FOR ORDINALITY,
            task_id VARCHAR(36) PATH '$.task_id' ERROR ON ERROR ERROR ON EMPTY,
            receipt VARCHAR(36) PATH '$.receipt' ERROR ON ERROR ERROR ON EMPTY,
            error LONGTEXT PATH '$.error' ERROR ON ERROR,
            is_retried BOOLEAN PATH '$.retry' ERROR ON ERROR,
            delay_s DOUBLE PATH '$.delay_s' ERROR ON ERROR,
            is_released BOOLEAN PATH '$.release' ERROR ON ERROR,
            is_dead_letter BOOLEAN PATH '$.dead_letter' ERROR ON ERROR,
            is_cancelled BOOLEAN PATH '$.cancel' ERROR ON ERROR
        )) AS item
        ORDER BY UUID_TO_BIN(item.receipt), UUID_TO_BIN(item.task_id)
        LIMIT 1000
    ) AS given
    STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY)
        ON u.claim_id = UUID_TO_BIN(given.receipt) AND u.id = UUID_TO_BIN(given.task_id)
        AND given.nth = 1
    STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = u.id
    STRAIGHT_JOIN celers_queue AS d ON d.queue = '*'
    LEFT JOIN celers_queue AS q ON q.queue = u.queue
    STRAIGHT_JOIN JSON_TABLE(COALESCE(t.retry, q.retry, d.retry), '$' COLUMNS (
        strategy VARCHAR(20) PATH '$.strategy',
        base_s DOUBLE PATH '$.base_s' DEFAULT '1' ON EMPTY,
        multiplier DOUBLE PATH '$.multiplier' DEFAULT '2' ON EMPTY,
        max_s DOUBLE PATH '$.max_s' DEFAULT '300' ON EMPTY
    )) AS policy
    FOR UPDATE OF u
    FOR SHARE OF t;
END;

-- _celers_ack_items: end many tasks as completed, those whose receipts still hold them.
--
-- Rows are locked in the order of their ids.
--
-- Params
--   p_items  json      array of {"task_id", "receipt", "result": JSON text, optional}
--   p_now    datetime
--   p_acked  int       OUT: how many it ended now
-- Writes   celers_finished, celers_running, celers_claim, celers_result
-- Errors   ITEMS_INVALID
CREATE PROCEDURE _celers_ack_items (
    IN p_items JSON,
    IN p_now DATETIME(6),
    OUT p_acked INT
)
MODIFIES SQL DATA
COMMENT 'end many tasks as completed, those whose receipts still hold them'
BEGIN
    DECLARE EXIT HANDLER FOR 1411, 3156, 3666 CALL _celers_raise('ITEMS_INVALID', 'task_id, receipt');

    IF JSON_CONTAINS_PATH(p_items, 'one', '$[*].result') THEN
        CALL _celers_store_results(p_items, p_now);
    END IF;
    INSERT INTO celers_finished (
        id, queue, state, priority, attempt, errors, crashes, ready_at, started_at, finished_at,
        claim_id, worker_id
    )
    SELECT
        u.id,
        u.queue,
        'completed',
        u.priority,
        u.attempt,
        u.errors,
        u.crashes,
        u.ready_at,
        c.claimed_at,
        p_now,
        u.claim_id,
        c.worker_id
    FROM (
        SELECT DISTINCT
            UUID_TO_BIN(item.task_id) AS id,
            UUID_TO_BIN(item.receipt) AS receipt
        FROM JSON_TABLE(p_items, '$[*]' COLUMNS (
            task_id VARCHAR(36) PATH '$.task_id' ERROR ON ERROR ERROR ON EMPTY,
            receipt VARCHAR(36) PATH '$.receipt' ERROR ON ERROR ERROR ON EMPTY
        )) AS item
        ORDER BY id
        LIMIT 1000
    ) AS given
    STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY)
        ON u.id = given.id AND u.claim_id = given.receipt
    STRAIGHT_JOIN celers_claim AS c FORCE INDEX (PRIMARY) ON c.claim_id = u.claim_id
    FOR UPDATE OF u;
    SET p_acked = ROW_COUNT();
    IF p_acked > 0 THEN
        DELETE u
        FROM JSON_TABLE(p_items, '$[*]' COLUMNS (
            task_id CHAR(36) PATH '$.task_id',
            receipt CHAR(36) PATH '$.receipt'
        )) AS item
        STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY)
            ON u.id = UUID_TO_BIN(item.task_id)
            AND u.claim_id = UUID_TO_BIN(item.receipt);
        CALL _celers_close_claims(p_items);
    END IF;
END;

-- _celers_ack_many: end tasks as completed, set-based.
--
-- Rows are locked in the order of their keys.
--
-- Params
--   p_items  json      array of {"task_id", "receipt"}
--   p_now    datetime
--   p_acked  int       OUT: how many it ended now
-- Writes   celers_finished, celers_running
-- Errors   none
CREATE PROCEDURE _celers_ack_many (
    IN p_items JSON,
    IN p_now DATETIME(6),
    OUT p_acked INT
)
MODIFIES SQL DATA
COMMENT 'end tasks as completed, set-based'
BEGIN
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
        u.claimed_at,
        p_now,
        u.claim_id,
        u.worker_id
    FROM (
        SELECT DISTINCT
            UUID_TO_BIN(item.task_id) AS id,
            UUID_TO_BIN(item.receipt) AS receipt
        FROM JSON_TABLE(p_items, '$[*]' COLUMNS (
            task_id VARCHAR(36) PATH '$.task_id' ERROR ON ERROR ERROR ON EMPTY,
            receipt VARCHAR(36) PATH '$.receipt' ERROR ON ERROR ERROR ON EMPTY
        )) AS item
        ORDER BY receipt, id
        LIMIT 1000
    ) AS given
    STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY)
        ON u.claim_id = given.receipt AND u.id = given.id
    FOR UPDATE OF u;
    SET p_acked = ROW_COUNT();
    IF p_acked > 0 THEN
        DELETE u
        FROM JSON_TABLE(p_items, '$[*]' COLUMNS (
            task_id CHAR(36) PATH '$.task_id',
            receipt CHAR(36) PATH '$.receipt'
        )) AS item
        STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY)
            ON u.claim_id = UUID_TO_BIN(item.receipt)
            AND u.id = UUID_TO_BIN(item.task_id);
    END IF;
END;

-- _celers_readdress: write the new address of tasks that are sent back into their rows.
--
-- In the order of the ids, as whoever inserts tasks: of two one waits for the other.
--
-- Params
--   p_verdicts  json      see _celers_end_attempts
--   p_now       datetime
-- Writes   celers_task
-- Errors   none
CREATE PROCEDURE _celers_readdress (
    IN p_verdicts JSON,
    IN p_now DATETIME(6)
)
MODIFIES SQL DATA
COMMENT 'write the new address of tasks that are sent back into their rows'
BEGIN
    UPDATE (
        SELECT
            UUID_TO_BIN(given.id) AS id,
            UUID_TO_BIN(given.receipt) AS receipt,
            given.delay_us
        FROM JSON_TABLE(p_verdicts, '$[*]' COLUMNS (
            id CHAR(36) PATH '$.id',
            receipt CHAR(36) PATH '$.receipt',
            outcome VARCHAR(20) PATH '$.outcome',
            delay_us BIGINT PATH '$.delay_us'
        )) AS given
        WHERE given.outcome IN ('retried', 'crashed', 'released')
        ORDER BY id
        LIMIT 1000
    ) AS v
    STRAIGHT_JOIN celers_running AS u FORCE INDEX (PRIMARY)
        ON u.claim_id = v.receipt AND u.id = v.id
    STRAIGHT_JOIN celers_task AS t FORCE INDEX (PRIMARY) ON t.id = u.id
    SET t.due_at = p_now + INTERVAL v.delay_us MICROSECOND, t.priority = u.priority;
END;

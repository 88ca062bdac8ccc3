-- _celers_claim_many: claim the first ready tasks of a queue.
--
-- Set-based: one statement locks, copies and orders.
--
-- Params
--   p_queue     str
--   p_claim_id  bytes
--   p_limit     int    most tasks to take
--   p_taken     int    OUT
-- Writes   celers_ready, celers_running
-- Errors   none
CREATE PROCEDURE _celers_claim_many (
    IN p_queue VARCHAR(64),
    IN p_claim_id BINARY(16),
    IN p_limit INT,
    OUT p_taken INT
)
MODIFIES SQL DATA
COMMENT 'claim the first ready tasks of a queue'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);

    INSERT INTO celers_running (
        id, claim_id, queue, priority, due_at, ready_at, attempt, errors, crashes
    )
    SELECT
        r.id,
        p_claim_id,
        r.queue,
        r.priority,
        r.due_at,
        r.ready_at,
        r.attempt + 1,
        r.errors,
        r.crashes
    FROM celers_ready AS r FORCE INDEX (PRIMARY)
    WHERE r.queue = p_queue AND (r.expires_at IS NULL OR r.expires_at > v_now)
    ORDER BY r.priority DESC, r.due_at, r.id
    LIMIT p_limit
    FOR UPDATE OF r SKIP LOCKED;
    SET p_taken = ROW_COUNT();
    IF p_taken > 0 THEN
        CALL _celers_leave_ready(p_claim_id);
    END IF;
END;

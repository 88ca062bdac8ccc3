-- _celers_claim_many: claim the first ready tasks of a queue.
--
-- Set-based: one statement locks, copies and orders.
--
-- Params
--   p_queue     str
--   p_claim_id  bytes
--   p_worker_id str
--   p_lease_s   int
--   p_limit     int    most tasks to take
--   p_held      int    tasks that the claim has already
--   p_taken     int    OUT
-- Writes   celers_ready, celers_running
-- Errors   REQUEST_BUSY
CREATE PROCEDURE _celers_claim_many (
    IN p_queue TEXT,
    IN p_claim_id BINARY(16),
    IN p_worker_id VARCHAR(255),
    IN p_lease_s INT,
    IN p_limit INT,
    IN p_held INT,
    OUT p_taken INT
)
MODIFIES SQL DATA
COMMENT 'claim the first ready tasks of a queue'
BEGIN
    DECLARE v_now DATETIME(6) DEFAULT UTC_TIMESTAMP(6);

    INSERT INTO celers_running (
        claim_id, id, queue, priority, due_at, ready_at, attempt, errors, crashes, worker_id,
        claimed_at, lease_expires_at, lease_s
    )
    SELECT
        p_claim_id,
        r.id,
        r.queue,
        r.priority,
        r.due_at,
        r.ready_at,
        r.attempt + 1,
        r.errors,
        r.crashes,
        p_worker_id,
        v_now,
        v_now + INTERVAL p_lease_s SECOND,
        p_lease_s
    FROM celers_ready AS r FORCE INDEX (PRIMARY)
    WHERE r.queue = p_queue AND (r.expires_at IS NULL OR r.expires_at > v_now)
    ORDER BY r.priority DESC, r.due_at, r.id
    LIMIT p_limit
    FOR UPDATE OF r SKIP LOCKED;
    SET p_taken = ROW_COUNT();
    IF p_taken > 0 THEN
        CALL _celers_leave_ready(p_claim_id, p_queue, p_held + p_taken);
    END IF;
END;
